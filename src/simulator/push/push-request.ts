// The request that pushes changes: headers and body for each of the three shapes.
// Never sends it.

import type { Change } from '../change-types';
import { batchBody, builderBody, instantBody } from './push-bodies';
import type { PushedChange } from './push-bodies';
import { builderHeaders, instantHeaders } from './push-headers';
import type { Outgoing } from './push-sender';
import type { PushTarget } from './push-types';

/** What is sent as one request. */
export type Parcel =
  | { readonly shape: 'instant' | 'builder'; readonly changes: readonly [PushedChange] }
  | { readonly shape: 'batch'; readonly changes: readonly PushedChange[] };

export function requestFor(
  parcel: Parcel,
  target: PushTarget,
  payloadText: (change: Change) => string,
  nowMs: number,
): Outgoing {
  switch (parcel.shape) {
    case 'instant': {
      const [change] = parcel.changes;
      return post(instantHeaders(target), instantBody(change, payloadText(change)));
    }
    case 'builder': {
      const [change] = parcel.changes;
      return post(builderHeaders(target), builderBody(change, payloadText(change)));
    }
    case 'batch': {
      const bodies = parcel.changes.map((change) => builderBody(change, payloadText(change)));
      return post(builderHeaders(target), batchBody(bodies, nowMs));
    }
  }
}

function post(headers: Outgoing['headers'], body: string): Outgoing {
  return { method: 'POST', headers, body };
}
