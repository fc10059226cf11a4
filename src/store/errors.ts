// Tells data that the database refuses from a database that does not answer.
// The first is one event's fault, the second is nobody's and passes.
import { messageOf, systemErrorCode } from '../system-error';

/** An error and what caused it, the outermost first. */
function* chainOf(error: unknown): Generator {
  for (let cause = error; typeof cause === 'object' && cause !== null;) {
    yield cause;
    cause = 'cause' in cause ? cause.cause : null;
  }
}

/** The five characters of SQLSTATE, or a Node error code such as ECONNREFUSED, from the chain of causes. */
export function errorCodeOf(error: unknown): string | null {
  for (const cause of chainOf(error)) {
    const code = systemErrorCode(cause);
    if (code !== null) return code;
  }
  return null;
}

/** Data exception, integrity violation, or a value beyond a limit: the same data fails again. */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)[0-9A-Z]{3}$/.test(errorCodeOf(error) ?? '');
}

/** Two sources gave one key in the same moment: the second try sees the first one's. */
export function isUniqueViolation(error: unknown): boolean {
  return errorCodeOf(error) === '23505';
}

/** The text of the innermost error: drizzle puts the whole statement, parameters included, around it. */
export function innermostMessage(error: unknown): string {
  return messageOf([...chainOf(error)].at(-1) ?? error);
}

// Class 40: a deadlock or a serialisation failure passes as well, and nothing was stored.
const OUTAGE_CODES = /^(08|40|53|57|58)[0-9A-Z]{3}$|^E(?!RR_)[A-Z_]+$/;
const OUTAGE_WORDS = /timeout|terminat|closed|Cannot use a pool after calling end/i;

/** The database is away, cut us off or took too long; nobody's data is to blame, and it passes. */
export function isOutage(error: unknown): boolean {
  const code = errorCodeOf(error);
  if (code !== null) return OUTAGE_CODES.test(code);
  // Both drivers throw plain errors for lost and late connections.
  const isTypeError = error instanceof Error && error.name === 'TypeError';
  return !isTypeError && OUTAGE_WORDS.test(innermostMessage(error));
}
