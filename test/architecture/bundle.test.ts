// What the workflow bundle holds: one careless import makes every worker pay for it.
import { readFileSync } from 'node:fs';

const bundle = readFileSync(process.env['JISR_TEST_BUNDLE']!, 'utf8');
const modules = [...bundle.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map((match) => match[1]!);

test('the workflow bundle holds no package but the SDK and what it brings', () => {
  const packages = modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect([...new Set(packages)].sort()).toEqual([
    '@temporalio/common',
    '@temporalio/workflow',
    'long',
    'ms',
    'nexus-rpc',
  ]);
});

test('the workflow bundle holds only workflows, contracts and domain of ours', () => {
  const folders = modules.flatMap((path) => /^\.\/src\/([^/]+)\//.exec(path)?.[1] ?? []);
  expect([...new Set(folders)].sort()).toEqual(['contracts', 'domain', 'workflows']);
});
