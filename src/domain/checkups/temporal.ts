// What is to be said of the Temporal server, and of what Jisr runs on it. Pure.
import { fail, ok, spanOf, warn, type Finding } from './finding';

export interface QueueFacts {
  /** `jisr-odoo`, and what is taken from it. */
  readonly name: string;
  readonly kind: 'workflows' | 'activities';
  /** Who asked for work lately, each once. */
  readonly pollers: readonly { readonly identity: string; readonly agoMs: number }[];
}

export interface RunFacts {
  readonly id: string;
  /** `running`, or how it ended; `missing` when the server knows none. */
  readonly status: string;
  /** Of its workflow task under way; 1 is the first. */
  readonly taskAttempt: number;
}

export type TemporalFacts =
  | { readonly kind: 'away'; readonly reason: string }
  | {
      readonly kind: 'there';
      readonly serverVersion: string;
      readonly sdkVersion: string;
      readonly namespace: string;
      readonly retentionDays: number;
      readonly missingAttributes: readonly string[];
      readonly queues: readonly QueueFacts[];
      readonly runs: readonly RunFacts[];
    };

const WANTED_RETENTION_DAYS = 30;
/** A poll lasts a minute; a worker that is gone stands in the list for five. */
const POLLS_WITHIN_MS = 90_000;
const MANY_ATTEMPTS = 3;
const A_WORKER = 'start a worker (`jisr start`, or `node dist/worker.js`), or look into its log';

export function temporalFindings(facts: TemporalFacts): readonly Finding[] {
  if (facts.kind === 'away') {
    const hint =
      'see that the server is up, and check TEMPORAL_ADDRESS; pushes are accepted meanwhile and wait';
    return [fail('temporal', 'reachable', facts.reason, hint)];
  }
  const { serverVersion, sdkVersion, namespace, retentionDays } = facts;
  return [
    ok('temporal', 'reachable', `server ${serverVersion}, SDK ${sdkVersion}`),
    retentionDays >= WANTED_RETENTION_DAYS
      ? ok('temporal', 'namespace', `${namespace}, keeps closed runs for ${retentionDays} days`)
      : warn(
          'temporal',
          'namespace',
          `${namespace} keeps closed runs for ${retentionDays} days only`,
          `temporal operator namespace update --namespace ${namespace} --retention ${WANTED_RETENTION_DAYS}d`,
        ),
    facts.missingAttributes.length === 0
      ? ok('temporal', 'search attributes', 'all are registered')
      : fail(
          'temporal',
          'search attributes',
          `missing: ${facts.missingAttributes.join(', ')}`,
          'restart Jisr, which registers them, or says the commands that do',
        ),
    ...facts.queues.map(queueFinding),
    ...facts.runs.map(runFinding),
  ];
}

function queueFinding({ name, kind, pollers }: QueueFacts): Finding {
  const what = `queue ${name}, ${kind}`;
  const live = pollers.filter(({ agoMs }) => agoMs <= POLLS_WITHIN_MS);
  if (live.length > 0)
    return ok('temporal', what, `polled by ${live.map(({ identity }) => identity).join(', ')}`);
  const last = pollers.length === 0 ? null : Math.min(...pollers.map(({ agoMs }) => agoMs));
  const since = last === null ? 'nobody polls it' : `nobody has polled it for ${spanOf(last)}`;
  return fail('temporal', what, since, A_WORKER);
}

function runFinding({ id, status, taskAttempt }: RunFacts): Finding {
  const what = `workflow ${id}`;
  if (status !== 'running')
    return fail('temporal', what, status, 'a worker or the api starts it within 15 s: see that one is up');
  if (taskAttempt >= MANY_ATTEMPTS) {
    const hint =
      "look into the worker's log, or at it in the Temporal Web UI: its code fails, or no worker takes it";
    return fail('temporal', what, `its task is tried for the ${taskAttempt}th time`, hint);
  }
  return ok('temporal', what, 'running');
}
