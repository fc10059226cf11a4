// What PostgreSQL says when it breaks off a query.

import type { Fault } from '../fault-types';
import { PythonError } from '../python/values';

const TEXTS = {
  cancelled: 'canceling statement due to user request\n',
  'connection-killed':
    'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n',
} as const;

export function queryError({
  reason = 'cancelled',
}: Extract<Fault, { readonly kind: 'query-failed' }>): PythonError {
  return new PythonError('DatabaseError', TEXTS[reason]);
}
