// What is to be said of one Odoo, from what a look at it found. Pure.
import type { OdooFailure, OdooReply } from '../failure';
import { fail, ok, spanOf, warn, type Finding } from './finding';

export interface OdooFacts {
  /** Asks for no key. `skewMs`: how far its clock is ahead of ours; null when it does not tell. */
  readonly health: OdooReply<{ readonly pendingEvents: number | null; readonly skewMs: number | null }>;
  /** With the key: the oldest row that is not marked yet; null when there is none, or it has no readable time. */
  readonly pull: OdooReply<{ readonly oldestAgeMs: number | null }>;
}

/** One event that came by both channels. */
export interface IdPair {
  readonly pushId: string;
  readonly pullId: string;
}

export interface SourceSettings {
  readonly name: string;
  readonly pulls: boolean;
  /** Credentials for pushes are configured. */
  readonly takesPushes: boolean;
  readonly sharedEventIds: boolean;
}

const MOST_SKEW_MS = 30_000;
const LONG_OPEN_MS = 15 * 60_000;

/**
 * @param facts null for a source that only pushes
 * @param pairs the newest first; null when the store could not be asked
 */
export function sourceFindings(
  source: SourceSettings,
  facts: OdooFacts | null,
  pairs: readonly IdPair[] | null,
): readonly Finding[] {
  const area = `odoo ${source.name}`;
  return [
    ...(facts === null ? [] : odooFindings(area, facts)),
    pushFinding(area, source),
    ...(pairs === null ? [] : [idsFinding(area, source, pairs)]),
  ];
}

function odooFindings(area: string, { health, pull }: OdooFacts): readonly Finding[] {
  const reached = health.kind === 'ok' ? null : health.failure;
  if (reached !== null && !isAddonMatter(reached)) return [broken(area, 'reachable', reached)];
  return [
    ok(area, 'reachable', 'it answers'),
    reached === null ? ok(area, 'addon', 'auto_webhook is there') : broken(area, 'addon', reached),
    ...(health.kind === 'ok' ? [clockFinding(area, health.value.skewMs)] : []),
    ...(pull.kind === 'failed' && reached !== null ? [] : [keyFinding(area, pull)]),
    ...(health.kind === 'ok' && pull.kind === 'ok'
      ? [rowsFinding(area, health.value.pendingEvents, pull.value.oldestAgeMs)]
      : []),
  ];
}

/** Somebody answers there, but not as auto_webhook does. */
function isAddonMatter({ code }: OdooFailure): boolean {
  return ['odoo-addon-missing', 'odoo-wrong-shape', 'odoo-request-refused'].includes(code);
}

function clockFinding(area: string, skewMs: number | null): Finding {
  if (skewMs === null) return ok(area, 'clock', 'it does not tell its time');
  const off = `${spanOf(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`;
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return ok(area, 'clock', 'in step with ours');
  return warn(area, 'clock', `${off} of ours`, 'let both machines take their time from NTP');
}

function keyFinding(area: string, pull: OdooFacts['pull']): Finding {
  if (pull.kind === 'ok') return ok(area, 'key', 'it lets us pull');
  return broken(area, pull.failure.code === 'odoo-key-refused' ? 'key' : 'pull', pull.failure);
}

function rowsFinding(area: string, pending: number | null, oldestAgeMs: number | null): Finding {
  const rows = pending === null ? 'an unknown number of rows' : `${pending} rows`;
  if (oldestAgeMs === null) return ok(area, 'rows', `${rows} not marked yet`);
  const text = `${rows} not marked yet, the oldest for ${spanOf(oldestAgeMs)}`;
  if (oldestAgeMs <= LONG_OPEN_MS) return ok(area, 'rows', text);
  return warn(area, 'rows', text, 'see whether pulling is paused, holding or failing: `jisr sources show`');
}

function pushFinding(area: string, { pulls, takesPushes }: SourceSettings): Finding {
  if (takesPushes) return ok(area, 'pushes', 'credentials are configured');
  const hint = 'set ODOO_PUSH_API_KEY (in jisr.yaml: push_api_key), and the same key in Odoo';
  if (pulls) return warn(area, 'pushes', 'refused, as no credentials for them are configured', hint);
  const nothing = 'it is neither pulled nor may it push, so nothing comes from it';
  return fail(area, 'pushes', nothing, `${hint}; or set ODOO_URL and ODOO_API_KEY to pull`);
}

/** Each says whether both sequences gave it the same id. */
function idsFinding(area: string, { sharedEventIds }: SourceSettings, pairs: readonly IdPair[]): Finding {
  const [newest] = pairs;
  if (newest === undefined) return ok(area, 'ids', 'no event has come by push and pull yet');
  const apart = pairs.find(({ pushId, pullId }) => pushId !== pullId);
  if (apart !== undefined) {
    const text = `two sequences: push ${apart.pushId} is pull ${apart.pullId}`;
    if (!sharedEventIds) return ok(area, 'ids', text);
    const hint = 'take ODOO_SHARED_EVENT_IDS out at once: pushed ids acknowledge rows of other events';
    return fail(area, 'ids', `${text}, but they are configured to be one`, hint);
  }
  return ok(area, 'ids', `in step: push ${newest.pushId} is pull ${newest.pullId}`);
}

function broken(area: string, name: string, { code, message }: OdooFailure): Finding {
  return fail(area, name, message, `docs/runbook.md has \`${code}\``);
}
