// After tsc: the migrations beside the code that runs them, and the workflow bundle that workers load.
const { cpSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');

const dist = join(__dirname, '..', 'dist');

async function main() {
  cpSync(join(__dirname, '..', 'src', 'store', 'migrations'), join(dist, 'store', 'migrations'), {
    recursive: true,
  });
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(dist, 'workflows', 'index.js'),
    workflowInterceptorModules: [join(dist, 'workflows', 'trace-interceptors.js')],
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(dist, 'workflow-bundle.js'), code);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
