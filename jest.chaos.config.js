/** The long suites: `npm run test:chaos`. One at a time: each kills whole processes and wants both cores. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['<rootDir>/test/chaos/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
