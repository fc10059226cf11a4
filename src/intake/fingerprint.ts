// What a copy is compared by, made once at the door.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json';
import type { Channel, EventCopy } from '../domain/event';
import { comparableId } from '../domain/event-key';
import type { IncomingCopy } from '../domain/identity';
import { ruledPriority } from '../domain/priority-rules';
import type { IntakeSource } from './accepted';

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 over model, record, operation and payload: equal for both channels' copies of one change. */
export function fingerprintOf(copy: EventCopy): string {
  return sha256(canonicalJson([copy.model, copy.recordId, copy.operation, copy.payload ?? {}]));
}

export function incomingCopy(copy: EventCopy, source: IntakeSource, channel: Channel): IncomingCopy {
  const fingerprint = fingerprintOf(copy);
  return {
    ...copy,
    channel,
    fingerprint,
    id: comparableId(copy, source.name, fingerprint, sha256),
    priority: ruledPriority(source.priorityRules, source.name, copy) ?? copy.priority,
  };
}
