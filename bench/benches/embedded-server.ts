// What the embedded Temporal server gains and loses by SQLite's `synchronous`.
import { join } from 'node:path';
import { startTestServer } from '../../test/temporal-server';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/contracts/search-attributes';
import { required } from '../../src/domain/required';
import type { DevServer } from '../../src/temporal/dev-server';
import type { SqliteSynchronous } from '../../src/temporal/dev-server-process';
import { WORKER_OPTIONS } from '../children/worker-options';
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import { actUntilKilled, lostActs } from '../parts/answered-acts';

const OPTIONS: readonly SqliteSynchronous[] = ['full', 'normal', 'off'];
const IN_FLIGHT = 100;

export const embeddedServer: Bench = {
  name: 'embedded-server',
  title: 'The embedded Temporal server',
  measures: `Empty workflows a second, 100 in flight, with each setting of SQLite's \`synchronous\` (Jisr has \`normal\`), beside
\`full\` in the same round; then with other options of the worker. Then \`kill -9\` of the server while 20 clients start
workflows and signal them, over and over on the same file: how many of the starts and signals that it had answered it does
not know afterwards. A power cut is another matter: see docs/operations.md.`,
  run: async (context) => {
    const folder = context.lab.folder();
    await eachRound(context, 'empty workflows', async (round) => {
      await measureSpeed(context, (synchronous) =>
        openServer(join(folder, `speed-${round}-${synchronous}`), synchronous),
      );
    });
    const temporal = await openServer(join(folder, 'workers'), 'normal');
    await eachRound(context, 'worker options', () => measureWorkers(context, temporal));
    await temporal.stop();
    for (const synchronous of OPTIONS) {
      const file = join(folder, `kills-${synchronous}`);
      await eachRound(context, `kills with synchronous=${synchronous}`, (round) =>
        measureLosses(context, synchronous, round, () => openServer(file, synchronous)),
      );
    }
  },
};

const openServer = (file: string, synchronous: SqliteSynchronous): Promise<DevServer> =>
  startTestServer({
    storage: { dbFile: `${file}.db`, recordFile: `${file}.json` },
    searchAttributes: SEARCH_ATTRIBUTE_TYPES,
    synchronous,
  });

async function measureSpeed(
  { lab, figures, pick }: BenchContext,
  open: (synchronous: SqliteSynchronous) => Promise<DevServer>,
): Promise<void> {
  let full = 0;
  for (const synchronous of OPTIONS) {
    const temporal = await open(synchronous);
    const workflows = await lab.emptyWorkflows({ temporal });
    await workflows.run(pick(300, 100), IN_FLIGHT);
    const { perSecond } = await workflows.run(pick(1_000, 200), IN_FLIGHT);
    await workflows.stop();
    await temporal.stop();
    if (synchronous === 'full') full = perSecond;
    figures.add(
      { group: 'Speed', what: `synchronous=${synchronous}`, unit: '1/s', yardstick: 'full', bounds: [] },
      perSecond,
      full,
    );
  }
}

/** One worker after the other, on one server. */
async function measureWorkers({ lab, figures, pick }: BenchContext, temporal: DevServer): Promise<void> {
  let asJisr = 0;
  for (const options of WORKER_OPTIONS) {
    const workflows = await lab.emptyWorkflows({ temporal }, options);
    await workflows.run(pick(200, 100), IN_FLIGHT);
    const { perSecond } = await workflows.run(pick(600, 200), IN_FLIGHT);
    await workflows.stop();
    if (options === 'as Jisr') asJisr = perSecond;
    figures.add(
      { group: 'Worker options', what: options, unit: '1/s', yardstick: 'as Jisr', bounds: [] },
      perSecond,
      asJisr,
    );
  }
}

async function measureLosses(
  { figures, pick, seed }: BenchContext,
  synchronous: SqliteSynchronous,
  round: number,
  open: () => Promise<DevServer>,
): Promise<void> {
  let answered = 0;
  let lost = 0;
  const kills = pick(5, 2);
  for (let kill = 1; kill <= kills; kill += 1) {
    const server = await open();
    // Another moment each time, the same over two runs with one seed.
    const acts = await actUntilKilled(server.address, {
      prefix: `${round}-${kill}`,
      killAfter: 100 + ((seed * 7_919 + round * 1_009 + kill * 101) % 300),
      kill: () => process.kill(required(server.pid, 'the pid of the server'), 'SIGKILL'),
    });
    const again = await open();
    answered += acts.length;
    lost += await lostActs(again.address, acts);
    await again.stop();
  }
  const group = `${kills} kills a round`;
  figures.add({ group, what: `answered, synchronous=${synchronous}`, unit: 'acts', bounds: [] }, answered);
  const must = bounds('figure', ['at most', 0]);
  figures.add({ group, what: `of these lost, synchronous=${synchronous}`, unit: 'acts', bounds: must }, lost);
}
