// What a subscriber reads, and by what it knows a repetition.
import { webhookBody, webhookType, type WebhookEvent } from '../../../src/channels/webhook/body';

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
