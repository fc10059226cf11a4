// An event as the live ways out send it: as in a list, with its place and its type, and the payload where it is asked for.
import { webhookType } from '../../channels/webhook/body';
import type { ListedEvent, StoredEvent } from '../../store/events/read';
import { presentEvent, type TemporalUi } from '../present';

export function fedEvent(event: ListedEvent | StoredEvent, ui: TemporalUi) {
  return {
    seq: event.seq,
    type: webhookType(event),
    ...presentEvent(event, ui),
    ...('payload' in event ? { payload: event.payload } : {}),
  };
}
