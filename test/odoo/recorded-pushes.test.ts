// Every push recorded from Odoo: what each body is read as.
// Must never skip a file: a recording without a line in the table fails.

import type { Arrival, EventCopy, JsonObject } from '../../src/domain/event';
import { readPulledRow } from '../../src/odoo/shapes/pulled-row';
import { readPush, type Push } from '../../src/odoo/shapes/push';
import { recorded, recordedNames, recordedRow } from './recorded';
import { copyOf, told } from './told';

/** What came, one line an item: id, operation, model, record, time, priority. Nothing at all where Odoo sent no body. */
const EXPECTED: Record<string, readonly string[]> = {
  '01-connection-test-1-HEAD': [],
  '01-connection-test-2-POST': ['connection-test'],
  '02-instant-res.partner-create': ['48 create res.partner 11 2026-11-24T02:10:09 null'],
  '04-instant-sale.order-create': ['53 create sale.order 4 2026-11-24T02:10:10 null'],
  '06-instant-res.partner-write': [
    '56 write res.partner 11 2026-11-24T02:10:14 null changed city,parent_id,company_name',
  ],
  '07-instant-product.template-write': [
    '58 write product.template 9 2026-11-24T02:10:15 null changed list_price',
  ],
  '09-instant-mail.message-write': ['61 write mail.message 56 2026-11-24T02:10:16 null changed body'],
  '10-rule-unlink-res.partner-NO-PUSH': [],
  '11-rule-unlink-mail.message-NO-PUSH': [],
  '12-config-unlink-res.partner': ['67 unlink res.partner 13 2026-11-24T02:10:53 null'],
  '14-config-unlink-sale.order': ['76 unlink sale.order 5 2026-11-24T02:10:54 null'],
  '16-config-instant-create-res.partner': ['79 create res.partner 14 2026-11-24T02:10:55 null'],
  '17-config-instant-write-res.partner': [
    '81 write res.partner 14 2026-11-24T02:10:59 null changed city,zip',
  ],
  '18-builder-write-config-with-changed_fields': [
    '83 write res.partner 14 2026-11-24T02:11:02 medium changed city,street',
  ],
  '19-builder-unlink-config': ['88 unlink res.partner 14 2026-11-24T02:11:06 medium'],
  '20-builder-create-res.partner': ['89 create res.partner 15 2026-11-24T02:11:07 medium'],
  '23-batch': [
    '92 create mail.message 69 2026-11-24T02:11:10 high',
    '93 create product.template 11 2026-11-24T02:11:11 low',
    '94 create mail.message 70 2026-11-24T02:11:11 high',
    '95 create mail.message 71 2026-11-24T02:11:11 high',
  ],
  '25-config-test-event': ['test-event'],
  'auth/builder-api_key-custom-header': ['105 create product.category 7 2026-11-24T02:11:52 low'],
  'auth/builder-api_key-default-header': ['103 create product.category 6 2026-11-24T02:11:51 low'],
  'auth/builder-api_key-empty': ['107 create product.category 8 2026-11-24T02:11:53 low'],
  'auth/builder-basic-as-typed': ['109 create product.category 9 2026-11-24T02:11:54 low'],
  'auth/builder-basic-not-base64': ['111 create product.category 10 2026-11-24T02:11:55 low'],
  'auth/builder-bearer-empty-token': ['101 create product.category 5 2026-11-24T02:11:50 low'],
  'auth/builder-bearer': ['99 create product.category 4 2026-11-24T02:11:49 low'],
  'auth/builder-custom_headers': ['115 create product.category 12 2026-11-24T02:11:57 low'],
  'auth/builder-none': ['113 create product.category 11 2026-11-24T02:11:56 low'],
  'auth/instant-api_key-custom-header': ['104 create sale.order 9 2026-11-24T02:11:51 null'],
  'auth/instant-api_key-default-header': ['102 create sale.order 8 2026-11-24T02:11:51 null'],
  'auth/instant-api_key-empty-NO-PUSH': [],
  'auth/instant-basic-as-typed': ['108 create sale.order 11 2026-11-24T02:11:53 null'],
  'auth/instant-basic-not-base64': ['110 create sale.order 12 2026-11-24T02:11:54 null'],
  'auth/instant-bearer-empty-token': ['100 create sale.order 7 2026-11-24T02:11:50 null'],
  'auth/instant-bearer': ['98 create sale.order 6 2026-11-24T02:11:49 null'],
  'auth/instant-custom_headers': ['114 create sale.order 14 2026-11-24T02:11:56 null'],
  'auth/instant-none': ['112 create sale.order 13 2026-11-24T02:11:55 null'],
};

const pulledNames = recordedNames('events').filter((name) => name.startsWith('event-'));

const arrivalsOf = (push: Push): readonly Arrival[] => {
  if (push.kind === 'single') return [push.arrival];
  if (push.kind !== 'batch') return [];
  return push.items.flatMap((item) => (item.kind === 'test-event' ? [] : [item]));
};

const bodyOf = (name: string): unknown => recorded('push', name).request?.body ?? null;

const lines = (push: Push): readonly string[] => {
  if (push.kind === 'unknown') return [];
  const arrivals = arrivalsOf(push);
  return arrivals.length === 0 ? [push.kind] : arrivals.map((arrival) => told(copyOf(arrival)));
};

const itemsOf = (body: JsonObject): readonly JsonObject[] =>
  body['batch'] === true ? (body['events'] as readonly JsonObject[]) : [body];

test('every expectation has its recording', () => {
  expect(recordedNames('push')).toEqual(Object.keys(EXPECTED).sort());
});

test.each(recordedNames('push'))('push/%s is read as the table says', (name) => {
  const expected = EXPECTED[name];
  if (expected === undefined) throw new Error(`say in EXPECTED what push/${name} comes out as`);
  expect(lines(readPush(bodyOf(name)))).toEqual(expected);
});

test('an item is kept as it came', () => {
  for (const name of recordedNames('push')) {
    const arrivals = arrivalsOf(readPush(bodyOf(name)));
    if (arrivals.length === 0) continue;
    expect(arrivals.map((arrival) => arrival.raw)).toEqual(itemsOf(bodyOf(name) as JsonObject));
  }
});

/** One change as each channel tells it; recorded was never the same change on both. */
const asInstant = ({ event, model, record_id, timestamp, payload }: JsonObject): JsonObject => ({
  ...(payload as JsonObject),
  _webhook_metadata: { event_id: 7, event_type: event, model, record_id, timestamp } as JsonObject,
});
const asBuilder = ({ payload, ...name }: JsonObject): JsonObject => ({
  ...name,
  event_id: 7,
  data: payload ?? null,
});

const copyOfRow = (row: JsonObject): EventCopy => copyOf(readPulledRow(row)!.arrival);

describe('a push and a pull of the same change are alike in all that both tell', () => {
  test.each(pulledNames)('%s', (name) => {
    const row = recordedRow(name);
    const { model, recordId, operation, occurredAtMs, changedFields, payload } = copyOfRow(row);
    for (const body of [asInstant(row), asBuilder(row)]) {
      const pushed = copyOf(arrivalsOf(readPush(body))[0]!);
      expect(pushed).toMatchObject({ model, recordId, operation, occurredAtMs, changedFields });
      expect(pushed.payload).toEqual(payload);
    }
  });
});

// Of different records, so the values differ; the names of the fields show that neither channel adds any.
test('a recorded push has exactly the fields of a recorded pull of that model and operation', () => {
  const kind = ({ operation, model }: EventCopy): string => `${operation} ${model}`;
  const fields = ({ payload }: EventCopy): readonly string[] => Object.keys(payload ?? {}).sort();
  const pulled = new Map(
    pulledNames.map((name) => copyOfRow(recordedRow(name))).map((copy) => [kind(copy), fields(copy)]),
  );
  const pushed = recordedNames('push')
    .flatMap((name) => arrivalsOf(readPush(bodyOf(name))))
    .map(copyOf)
    .filter((copy) => pulled.has(kind(copy)));
  expect(pushed.length).toBeGreaterThanOrEqual(14);
  for (const copy of pushed) expect(fields(copy)).toEqual(pulled.get(kind(copy)));
});
