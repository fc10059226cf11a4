// Whether a subscription's address could be called now, for a check-up. Sends nothing: the name is resolved, no more.
import { lookup } from 'node:dns/promises';
import type { AddressGuard } from './address-guard';
import { readTargetUrl } from './target-url';

/** Null when it can; else why not. */
export async function addressProblem(text: string, refuses: AddressGuard): Promise<string | null> {
  const target = readTargetUrl(text);
  if (target.kind === 'invalid') return target.problem;
  const host = target.url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = await resolved(host);
  if (typeof addresses === 'string') return addresses;
  for (const { address } of addresses) {
    const kind = refuses(address);
    if (kind !== null)
      return `${host} is ${address}, which is not public (${kind}) and not in JISR_WEBHOOK_ALLOW_CIDR`;
  }
  return null;
}

async function resolved(host: string) {
  try {
    return await lookup(host, { all: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    return `the name ${host} cannot be resolved (${code})`;
  }
}
