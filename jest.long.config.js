/** Suites that take a minute or more each: `npm run test:long`. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['<rootDir>/test/long/**/*.test.ts'],
  testPathIgnorePatterns: [],
};
