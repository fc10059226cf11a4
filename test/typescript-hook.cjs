// Lets a plain Node child of a test load our TypeScript: node -r test/typescript-hook.cjs file.ts
// Never checks types; tsc does.

const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
  });
  module._compile(code, file);
};
