// Which waiting records get a free place: by rank, fair between sources, one event per record at a time.
// Pure: candidates and busy records come in.

/** One event that waits; per source, candidates come ordered by rank, then by acceptance. */
export interface Candidate {
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly rank: number;
}

export type RecordRef = Omit<Candidate, 'rank'>;

export function recordName(record: RecordRef): string {
  return `${record.source} ${record.model}/${record.recordId}`;
}

/**
 * The records whose first waiting event may start now, at most `free`. A record stands where its most
 * urgent event stands, so what waits before that event inherits its rank.
 */
export function chooseRecords(
  candidates: readonly Candidate[],
  busy: ReadonlySet<string>,
  free: number,
): readonly Candidate[] {
  const seen = new Set(busy);
  const queues = new Map<number, Map<string, Candidate[]>>();
  for (const candidate of candidates) {
    const name = recordName(candidate);
    if (seen.has(name)) continue;
    seen.add(name);
    const bySource = entry(queues, candidate.rank, () => new Map<string, Candidate[]>());
    entry(bySource, candidate.source, (): Candidate[] => []).push(candidate);
  }
  const ranks = [...queues.keys()].sort((a, b) => a - b);
  return ranks
    .flatMap((rank) => inTurns([...(queues.get(rank)?.values() ?? [])]))
    .slice(0, Math.max(0, free));
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
