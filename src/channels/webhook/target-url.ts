// Reads the address of a subscription.
// Judges only its form, and a literal address: whether a name may be called is known when it is resolved.
import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard';

export type TargetUrl =
  { readonly kind: 'ok'; readonly url: URL } | { readonly kind: 'invalid'; readonly problem: string };

export function readTargetUrl(text: string): TargetUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return invalid('the address of the subscription is no http or https URL: correct it');
  }
  // They would end up in lists and logs, and the signature already says who we are.
  if (url.username !== '' || url.password !== '') {
    return invalid('the address of the subscription holds a user or password: remove them');
  }
  return { kind: 'ok', url };
}

function invalid(problem: string): TargetUrl {
  return { kind: 'invalid', problem };
}

/** What is wrong with an address before anything is sent to it; null when nothing is. Ends "expected …". */
export function targetProblem(text: string, refuses: AddressGuard): string | null {
  const target = readTargetUrl(text);
  if (target.kind === 'invalid') return 'an http:// or https:// address without user and password';
  const host = target.url.hostname.replace(/^\[(.*)\]$/, '$1');
  const kind = isIP(host) === 0 ? null : refuses(host);
  if (kind === null) return null;
  return `a public address: ${host} is not (${kind}); allow its network in JISR_WEBHOOK_ALLOW_CIDR`;
}
