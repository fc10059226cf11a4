// Where a server of ours can be visited, once it listens.
import type { AddressInfo } from 'node:net';

/** @param host as configured. @param address as the server answers it */
export function visitableUrl(host: string, address: string | AddressInfo | null): string {
  return `http://${hostInUrl(host)}:${portOf(address)}`;
}

/** 0.0.0.0 is one to listen on only. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
