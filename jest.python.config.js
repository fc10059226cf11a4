/** Signatures verified in Python: `npm run test:python`. Not in the usual run: it needs python3 and PyPI. */
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/test/python'],
  testPathIgnorePatterns: [],
  globalSetup: undefined,
  globalTeardown: undefined,
};
