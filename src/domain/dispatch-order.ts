// Which waiting records get a free place: by rank, fair between sources, a record's events one after another.
// Pure: candidates and busy records come in.
import type { Processing } from './processing';

/** One event that waits; per source, candidates come ordered by rank, then by acceptance. */
export interface Candidate {
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly rank: number;
  readonly processing: Processing;
}

export type RecordRef = Pick<Candidate, 'source' | 'model' | 'recordId'>;

export interface ChosenRecord extends Candidate {
  /** How many of its events were seen to wait. */
  readonly waiting: number;
}

/** Records that may be chosen, by how the event is processed that they were chosen for. */
export type FreePlaces = Readonly<Record<Processing, number>>;

export function recordName(record: RecordRef): string {
  return `${record.source} ${record.model}/${record.recordId}`;
}

/**
 * The records whose first waiting events may start now. A record stands where its most urgent event stands, so
 * what waits before that event inherits its rank.
 */
export function chooseRecords(
  candidates: readonly Candidate[],
  busy: ReadonlySet<string>,
  free: FreePlaces,
): readonly ChosenRecord[] {
  const records = new Map<string, { first: Candidate; waiting: number }>();
  for (const candidate of candidates) {
    const name = recordName(candidate);
    if (busy.has(name)) continue;
    const record = entry(records, name, () => ({ first: candidate, waiting: 0 }));
    record.waiting += 1;
    if (candidate.rank < record.first.rank) record.first = candidate;
  }
  const queues = new Map<number, Map<string, ChosenRecord[]>>();
  for (const { first, waiting } of records.values()) {
    const bySource = entry(queues, first.rank, () => new Map<string, ChosenRecord[]>());
    entry(bySource, first.source, (): ChosenRecord[] => []).push({ ...first, waiting });
  }
  const ranks = [...queues.keys()].sort((a, b) => a - b);
  const left = { ...free };
  return ranks
    .flatMap((rank) => inTurns([...(queues.get(rank)?.values() ?? [])]))
    .filter(({ processing }) => (left[processing] -= 1) >= 0);
}

/** One of each queue in turn, until all are empty. */
function inTurns<T>(queues: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) =>
    queues.flatMap((queue) => queue.slice(turn, turn + 1)),
  ).flat();
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
