/** The previous commit beside this one: `npm run test:upgrade`. It builds the other; both run as whole processes. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['<rootDir>/test/upgrade/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
