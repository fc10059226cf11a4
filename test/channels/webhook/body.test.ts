// What a subscriber reads, and by what it knows a repetition.
import { webhookBody, webhookId, webhookType, type WebhookEvent } from '../../../src/channels/webhook/body';

const event: WebhookEvent = {
  key: 'hq/17',
  source: 'hq',
  model: 'res.partner',
  recordId: 16,
  operation: 'write',
  occurredAtMs: Date.UTC(2026, 2, 1, 8, 30, 0, 250),
  priority: 'high',
  changedFields: ['name'],
  user: { id: 2, name: 'منى' },
  payload: { name: 'شركة', tags: [1, null] },
};

test('a body has the type, the time of the change and the event', () => {
  expect(JSON.parse(webhookBody(event))).toEqual({
    type: 'odoo.res_partner.updated',
    timestamp: '2026-03-01T08:30:00.250Z',
    data: {
      key: 'hq/17',
      source: 'hq',
      model: 'res.partner',
      record_id: 16,
      operation: 'write',
      occurred_at: '2026-03-01T08:30:00.250Z',
      priority: 'high',
      changed_fields: ['name'],
      user: { id: 2, name: 'منى' },
      payload: { name: 'شركة', tags: [1, null] },
    },
  });
});

test('what an event does not have is null, not absent', () => {
  const bare = { ...event, changedFields: null, user: null, payload: null };
  expect(JSON.parse(webhookBody(bare))).toMatchObject({
    data: { changed_fields: null, user: null, payload: null },
  });
});

test.each([
  ['create', 'odoo.sale_order_line.created'],
  ['write', 'odoo.sale_order_line.updated'],
  ['unlink', 'odoo.sale_order_line.deleted'],
] as const)('%s of sale.order.line is %s', (operation, type) => {
  expect(webhookType({ model: 'sale.order.line', operation })).toBe(type);
});

test('the id names event and subscription, and holds no dot or slash', () => {
  expect(webhookId('hq/17.ab', 'sub_1')).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(webhookId('hq/17.ab', 'sub_1')).toBe(webhookId('hq/17.ab', 'sub_1'));
});

// Subscribers keep these ids: a change of the rule would deliver everything in flight under a second one.
test('the id of a known pair never changes', () => {
  expect(webhookId('17', 'sub_1')).toBe('msg_ccd9dbf537507f915d7ae480a69543d9');
});

test('no other pair has the same id', () => {
  const ids = [webhookId('1', '23'), webhookId('12', '3'), webhookId('1","2', '3'), webhookId('1', '2","3')];
  expect(new Set(ids).size).toBe(4);
});
