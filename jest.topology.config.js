/** The topology of docker-compose.yml without Docker: `npm run test:topology`. It brings its own servers. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['<rootDir>/test/topology/**/*.test.ts'],
  testPathIgnorePatterns: [],
  globalSetup: null,
  globalTeardown: null,
  maxWorkers: 1,
};
