// Opens the connections of webhooks, each only to an address that the guard allows.
// Must never look a name up twice: what was checked is what is connected to.

import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';

import { buildConnector } from 'undici';

import type { AddressGuard } from './address-guard';

/** The addresses of a name. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/** Thrown when a name has addresses, and none that may be called. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  constructor(
    readonly address: string,
    readonly kind: string,
  ) {
    super(`${address} is refused (${kind})`);
  }
}

export interface ConnectorOptions {
  readonly guard: AddressGuard;
  readonly lookup?: Lookup | undefined;
  /** PEM, instead of Node's own authorities. */
  readonly ca?: string | undefined;
  readonly connectTimeoutMs: number;
}

/** Node's own default of 250 ms for one address of several gives up subscribers on another continent. */
const NEXT_ADDRESS_AFTER_MS = 1_000;

export function createGuardedConnector(options: ConnectorOptions): buildConnector.connector {
  const { guard, lookup = addressesOf, ca, connectTimeoutMs } = options;
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    allowH2: false,
    // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED cannot unsay it.
    rejectUnauthorized: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    lookup: guardedLookup(guard, lookup),
    ...(ca === undefined ? {} : { ca }),
  });
  return (target, callback) => {
    // Node does not look an address up, so nobody else would check it.
    const kind = isIP(target.hostname) === 0 ? null : guard(target.hostname);
    if (kind === null) connect(target, callback);
    else callback(new AddressRefused(target.hostname, kind), null);
  };
}

const addressesOf: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map(({ address }) => address);

function guardedLookup(guard: AddressGuard, lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname)
      .then((addresses) => allowedOf(hostname, addresses, guard))
      .then(
        (allowed) => {
          const [first] = allowed;
          if (options.all === true) callback(null, [...allowed]);
          else callback(null, first.address, first.family);
        },
        (error: unknown) => {
          callback(isError(error) ? error : new Error('lookup failed', { cause: error }), []);
        },
      );
  };
}

// Not `instanceof Error`: errors of Node's own modules come from another realm in a vm context.
function isError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error;
}

interface Allowed {
  readonly address: string;
  readonly family: number;
}

function allowedOf(
  hostname: string,
  addresses: readonly string[],
  guard: AddressGuard,
): readonly [Allowed, ...Allowed[]] {
  const judged = addresses.map((address) => ({ address, family: isIP(address), kind: guard(address) }));
  const [first, ...others] = judged.filter(({ kind }) => kind === null);
  if (first !== undefined) return [first, ...others];
  const [refused] = judged;
  if (refused !== undefined) throw new AddressRefused(refused.address, refused.kind ?? 'unknown');
  throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
}
