// Who may import whom. docs/architecture.md says why.
const allow = (from, ...to) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `src/${from} may import only: ${to.join(', ') || 'nothing'}`,
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [from, ...to].map((p) => `^src/${p}`) },
});

const pure = ['domain', 'contracts', 'workflows'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true }, to: {} },
    {
      name: 'nobody-imports-a-root',
      severity: 'error',
      from: {},
      to: { path: '^src/(start|demo|worker|migrate|doctor|api/server|cli/main|simulator/main)\\.ts$' },
    },
    {
      name: 'only-roots-import-roles',
      severity: 'error',
      from: { pathNot: '^src/(roles/|demo/|(start|demo|worker|migrate|doctor|api/server)\\.ts$)' },
      to: { path: '^src/roles/' },
    },
    allow('domain'),
    allow('contracts', 'domain'),
    {
      name: 'pure-layers-have-no-packages',
      severity: 'error',
      comment: 'zod or a Node module here would end in the workflow bundle',
      from: { path: `^src/(${pure.join('|')})/` },
      to: { dependencyTypes: ['npm', 'core'], pathNot: ['node_modules/@temporalio/(workflow|common)/'] },
    },
    {
      name: 'domain-has-no-packages',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['npm', 'core'] },
    },
    allow('workflows', 'contracts', 'domain'),
    allow('odoo', 'domain'),
    allow('store', 'domain', 'logger\\.ts', 'quiet-ring\\.ts', 'system-error\\.ts'),
    allow('channels', 'domain'),
    allow('intake', 'domain', 'store'),
    allow('activities', 'contracts', 'domain', 'odoo', 'store', 'channels', 'intake', 'logger\\.ts'),
    allow('control', 'contracts', 'domain', 'logger\\.ts', 'quiet-ring\\.ts'),
    allow(
      'temporal',
      'contracts',
      'domain',
      'config',
      'data-folder',
      'logger\\.ts',
      'system-error\\.ts',
      'tracing\\.ts',
    ),
    {
      ...allow(
        'api',
        'control',
        'intake',
        'store',
        'odoo/shapes',
        'channels',
        'domain',
        'contracts',
        'config',
        'logger\\.ts',
        'metrics\\.ts',
        'tracing\\.ts',
      ),
      // server.ts is a root: it starts the role, as start.ts does.
      from: { path: '^src/api/', pathNot: '^src/api/server\\.ts$' },
    },
    allow('cli', 'domain', 'config', 'version\\.ts'),
    allow('simulator', 'domain'),
    {
      name: 'temporal-client-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(control|temporal)/'] },
      to: { path: 'node_modules/@temporalio/client/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
