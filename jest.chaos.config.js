/** Faults that last: `npm run test:chaos`. One suite at a time: each has whole processes and wants both cores. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['<rootDir>/test/chaos/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
