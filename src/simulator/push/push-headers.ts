// The headers of a push, with the credentials as Odoo's two senders put them.
// Never encodes what somebody typed: Odoo does not either.

import type { PushCredentials, PushTarget } from './push-types';

export type PushHeaders = Readonly<Record<string, string>>;

const ANYTHING = { Accept: '*/*' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
/** What Odoo's HTTP library calls itself when nobody names it. */
const PLAIN_SENDER = { 'User-Agent': 'python-requests/2.31.0' };
const BUILDER = { 'User-Agent': 'Odoo-Webhook/1.0' };

/** The first request of a connection test: no credentials. */
export const PROBE_HEADERS: PushHeaders = { ...PLAIN_SENDER, ...ANYTHING };

/** Null: Odoo fails to make the request, and nothing is sent. */
export function instantHeaders({ credentials }: PushTarget): PushHeaders | null {
  // Python's `False` in a header: as text where it is part of a longer one, an exception where it stands alone.
  if (credentials.kind === 'api-key' && credentials.key === '') return null;
  return { ...PLAIN_SENDER, ...ANYTHING, ...JSON_TYPE, ...credentialHeader(credentials, 'False') };
}

export function builderHeaders({ credentials, contentType }: PushTarget): PushHeaders {
  const type = contentType === undefined ? JSON_TYPE : { 'Content-Type': contentType };
  return { ...connectionTestHeaders(credentials), ...type };
}

export function connectionTestHeaders(credentials: PushCredentials): PushHeaders {
  return { ...BUILDER, ...ANYTHING, ...JSON_TYPE, ...credentialHeader(credentials, null) };
}

/** `ifEmpty` null: an empty credential is no header. */
function credentialHeader(credentials: PushCredentials, ifEmpty: string | null): PushHeaders {
  const filled = (typed: string): string | null => (typed === '' ? ifEmpty : typed);
  switch (credentials.kind) {
    case 'bearer':
      return header('Authorization', 'Bearer ', filled(credentials.token));
    case 'basic':
      return header('Authorization', 'Basic ', filled(credentials.text));
    case 'api-key':
      return header(credentials.header ?? 'X-API-Key', '', filled(credentials.key));
    case 'none':
      return {};
  }
}

function header(name: string, scheme: string, value: string | null): PushHeaders {
  return value === null ? {} : { [name]: `${scheme}${value}` };
}
