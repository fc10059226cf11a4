// The parts of a check-up. Each looks for itself, within its time, so that one that is away hides no other.
import { addressProblem } from '../../channels/webhook/address-look';
import type { AddressGuard } from '../../channels/webhook/address-guard';
import { fail, ok, warn, type Finding } from '../../domain/checkups/finding';
import { sourceFindings, type OdooFacts, type SourceSettings } from '../../domain/checkups/odoo';
import { openMatterFindings } from '../../domain/checkups/store';
import { subscriptionFinding } from '../../domain/checkups/subscriptions';
import { circuitState } from '../../domain/circuit';
import { readCircuits } from '../../store/circuits';
import { readTotals } from '../../store/counters';
import type { Database } from '../../store/database';
import { innermostMessage, isOutage } from '../../store/errors';
import { idPairs } from '../../store/look';
import { readProcessingSettings } from '../../store/settings';
import { listSubscriptions, type Subscription } from '../../store/subscriptions';

/** Looked at; who has more sees the rest in the list. */
const MOST_SUBSCRIPTIONS = 200;
const AREA_WITHIN_MS = 15_000;

/** Never fails and never waits for ever: then that is what was found. */
export async function lookedAt(
  area: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => {
      const detail = `no answer within ${AREA_WITHIN_MS / 1000} s`;
      resolve([fail(area, 'reachable', detail, 'see that it is up and not overloaded, then look again')]);
    }, AREA_WITHIN_MS);
  });
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    return [brokenArea(area, error)];
  } finally {
    clearTimeout(timer);
  }
}

/** Of Temporal's failures none is the database's, however alike they look. */
function brokenArea(area: string, error: unknown): Finding {
  if (area === 'temporal' || !isOutage(error))
    return fail(area, 'look', innermostMessage(error), 'the log of the api says more');
  const hint = 'see that the database is up, and check DATABASE_URL';
  const name = area === 'store' ? 'reachable' : 'store';
  return fail(area, name, `the database does not answer (${innermostMessage(error)})`, hint);
}

/** @param look null for a source that is not pulled */
export async function lookAtSource(
  source: SourceSettings,
  look: (() => Promise<OdooFacts>) | null,
  db: Database | null,
): Promise<readonly Finding[]> {
  const [facts, pairs] = await Promise.all([
    look === null ? null : look(),
    // A store that is away is told once, by its own area.
    db === null ? null : idPairs(db, source.name).catch(() => null),
  ]);
  return sourceFindings(source, facts, pairs);
}

export async function lookAtEvents(db: Database): Promise<readonly Finding[]> {
  const [processing, totals] = await Promise.all([readProcessingSettings(db), readTotals(db)]);
  const why = processing.reason === null ? '' : `: ${processing.reason}`;
  return [
    processing.paused
      ? warn('events', 'processing', `paused${why}: what comes waits`, '`jisr processing resume`')
      : ok('events', 'processing', 'running'),
    ...openMatterFindings({
      deadLetters: totals.states.dead_letter,
      quarantined: totals.of('quarantined'),
    }),
  ];
}

export async function lookAtSubscriptions(
  db: Database,
  refuses: AddressGuard,
  canDecrypt: (one: Subscription) => boolean,
): Promise<readonly Finding[]> {
  const subscriptions = await listSubscriptions(db, { limitRows: MOST_SUBSCRIPTIONS, after: null });
  if (subscriptions.length === 0)
    return [
      warn('subscriptions', 'there', 'nobody has subscribed', '`jisr subscriptions create <name> <url>`'),
    ];
  const circuits = await readCircuits(
    db,
    subscriptions.map(({ id }) => id),
  );
  const findings: Finding[] = [];
  for (const one of subscriptions) {
    const circuit = circuits.get(one.id);
    findings.push(
      subscriptionFinding({
        name: one.name,
        status: one.status,
        statusReason: one.statusReason,
        circuit: circuitState(circuit?.openForMs ?? null),
        failures: circuit?.failures ?? 0,
        failingForMs: circuit?.failingForMs ?? 0,
        addressProblem: await addressProblem(one.url, refuses),
        secretReadable: canDecrypt(one),
      }),
    );
  }
  return findings;
}
