/** One run for all suites; long ones (long, chaos, soak, topology, upgrade, webui) have configs of their own. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/test/(long|chaos|soak|python|topology|upgrade|webui)/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: 2,
  // A native runtime keeps its process alive after the last test of a failed suite.
  forceExit: true,
  testTimeout: 30_000,
};
