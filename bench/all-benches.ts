// All benches, in the order in which they run and stand in docs/benchmarks.md.
import type { Bench } from './bench';
import { backlog } from './benches/backlog';
import { drain } from './benches/drain';
import { embeddedServer } from './benches/embedded-server';
import { fairness } from './benches/fairness';
import { growth } from './benches/growth';
import { history } from './benches/history';
import { idle } from './benches/idle';
import { memory } from './benches/memory';
import { pauses } from './benches/pauses';
import { pushAnswer } from './benches/push-answer';
import { pushBurst } from './benches/push-burst';
import { pushToSubscriber } from './benches/push-to-subscriber';
import { singleEvents } from './benches/single-events';

export const BENCHES: readonly Bench[] = [
  pushAnswer,
  pushBurst,
  singleEvents,
  backlog,
  drain,
  pauses,
  pushToSubscriber,
  fairness,
  growth,
  idle,
  memory,
  history,
  embeddedServer,
];
