/** Runs for long: `npm run test:soak`. JISR_SOAK_CYCLES makes it shorter. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['**/soak/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
