/** The Temporal Web UI in a real browser: `npm run test:webui`. It brings its own bridge; needs Chromium. */
module.exports = {
  ...require('./jest.config'),
  testMatch: ['<rootDir>/test/webui/**/*.test.ts'],
  testPathIgnorePatterns: [],
  globalSetup: null,
  globalTeardown: null,
  maxWorkers: 1,
};
