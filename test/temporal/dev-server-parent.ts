// A process that starts a dev server and one workflow on it, and then waits to be killed.
// Never stops the server: to leave it orphaned is what it is for.

import { Client, Connection } from '@temporalio/client';
import { startDevServer } from '../../src/temporal/dev-server';

const [cliPath = '', dbFile = '', recordFile = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const server = await startDevServer({
    cliPath,
    storage: { dbFile, recordFile },
    searchAttributes: {},
    say: () => undefined,
  });
  const connection = await Connection.connect({ address: server.address });
  await new Client({ connection }).workflow.start('waits-for-ever', {
    taskQueue: 'nobody',
    workflowId: 'kept',
  });
  process.send?.({ pid: server.pid, address: server.address, uiUrl: server.uiUrl });
}

process.on('disconnect', () => process.exit());
void main();
