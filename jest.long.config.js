/** Suites that take about a minute each: `npm run test:long`. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['<rootDir>/test/long/**/*.test.ts'],
  testPathIgnorePatterns: [],
};
