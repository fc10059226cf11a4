// What a version of before migration 0006 may have left in its tables.
import type { Client } from 'pg';

export const PAYLOAD = {
  name: 'Zoë Ñandú 中文 \u{1F69A} "quoted" \\ / \u0001',
  deep: { list: [1, -0.5, 1e21, null, true, { inner: { empty: {}, none: [] } }], text: '' },
  lines: Array.from({ length: 200 }, (_, place) => ({ place, product: 'A product that takes some room' })),
};

export async function fillOldStore(client: Client): Promise<void> {
  const insert = async (into: string, rows: readonly (readonly unknown[])[]) => {
    for (const row of rows) {
      const values = row.map((_value, place) => `$${place + 1}`).join();
      await client.query(`insert into ${into} values (${values})`, [...row]);
    }
  };
  const event = ['main', 'pull', 'res.partner', 42, 'write', '2026-11-24T02:05:40Z', 3];
  await insert(
    'events (key, push_id, payload, status, source, channel, model, record_id, operation, occurred_at, priority)',
    [
      ['1', 'p1', JSON.stringify(PAYLOAD), 'dead_letter', ...event],
      ['2', null, null, 'processed', ...event],
      ['3', null, '"only a text"', 'pending', ...event],
    ],
  );
  await insert('event_copies (event_seq, source, channel, fingerprint, external_id, occurred_at, times)', [
    [1, 'main', 'pull', Buffer.from('f1'), '1', '2026-11-24T02:05:40Z', 3],
    [1, 'main', 'push', Buffer.from('f1'), 'p1', '2026-11-24T02:05:40Z', 1],
  ]);
  await insert('subscriptions (id, name, filter, channel, url, secret)', [
    ['s1', 'crm', '{}', 'webhook', 'http://crm.test/', 'x'],
  ]);
  await insert('deliveries (id, event_seq, subscription_id, state, attempts)', [
    ['failed', 1, 's1', 'dead', 2],
    ['never tried', 1, 's1', 'dead', 0],
    ['waits', 1, 's1', 'waiting', 1],
    ['is new', 1, 's1', 'waiting', 0],
    ['sent at last', 2, 's1', 'sent', 2],
  ]);
  await insert('delivery_attempts (delivery_id, number, duration_ms, error_class, message)', [
    ['failed', 2, 3, 'rejected', 'no'],
    ['failed', 1, 3, 'timeout', 'slow'],
    ['waits', 1, 3, 'server-error', 'broken'],
    ['sent at last', 1, 3, 'timeout', 'slow'],
    ['sent at last', 2, 3, null, 'taken'],
  ]);
  await insert('quarantine (channel, raw, digest, source, reason)', [
    ['pull', Buffer.from('{"id": 12, "model": "é"}'), Buffer.from('1'), 'main', 'r'],
    ['pull', Buffer.from('{"id": "13"}'), Buffer.from('2'), 'main', 'r'],
    ['pull', Buffer.from('{"id": 14'), Buffer.from('3'), 'main', 'r'],
    ['pull', Buffer.from([0xff, 0x00, 0xfe]), Buffer.from('4'), 'main', 'r'],
    ['pull', Buffer.from('[15]'), Buffer.from('5'), 'main', 'r'],
    ['push', Buffer.from('{"id": 16}'), Buffer.from('6'), 'main', 'r'],
    ['push', Buffer.from('not JSON'), Buffer.from('7'), 'main', 'r'],
  ]);
  await insert('counters (source, name, value)', [
    ['main', 'pulled', 11],
    ['main', 'pushed', 4],
    ['main', 'accepted', 3],
    ['main', 'duplicates', 2],
    ['main', 'acknowledged', 9],
    ['shop', 'pushed', 5],
    ['shop', 'accepted', 5],
  ]);
}
