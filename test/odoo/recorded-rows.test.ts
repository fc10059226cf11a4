// Every pulled row recorded from Odoo on its own: what it is read as.
// Must never skip a file: a recording without a line in the table fails.

import type { JsonObject } from '../../src/domain/event';
import { readPulledRow } from '../../src/odoo/shapes/pulled-row';
import { recorded, recordedNames, recordedRow } from './recorded';
import { copyOf, told } from './told';

const WHAT_ODOO_WROTE = '01-what-odoo-did-and-which-rows-it-wrote';

const EXPECTED: Record<string, string> = {
  'event-account.move-write':
    '3191 write account.move 1 2026-11-24T02:19:44 high changed tax_country_id,is_manually_modified',
  'event-account.payment-create': '3200 create account.payment 1 2026-11-24T02:19:48 high',
  'event-hr.employee-create': '3193 create hr.employee 2 2026-11-24T02:19:44 medium',
  'event-hr.employee-write': '3199 write hr.employee 2 2026-11-24T02:19:48 medium changed job_title',
  'event-hr.expense-create': '3195 create hr.expense 1 2026-11-24T02:19:45 medium',
  'event-mail.message-create': '11 create mail.message 32 2026-11-24T02:06:51 medium',
  'event-mail.message-unlink': '43 unlink mail.message 48 2026-11-24T02:08:15 medium',
  'event-product.template-create': '18 create product.template 7 2026-11-24T02:08:06 low',
  'event-product.template-unlink': '54 unlink product.template 8 2026-11-24T02:08:15 low',
  'event-product.template-write': '30 write product.template 7 2026-11-24T02:08:11 low changed list_price',
  'event-purchase.order-create': '3192 create purchase.order 1 2026-11-24T02:19:44 high',
  'event-purchase.order-write':
    '3198 write purchase.order 1 2026-11-24T02:19:48 high changed state,date_approve',
  'event-res.partner-create-arabic-image-full': '14 create res.partner 8 2026-11-24T02:08:06 medium',
  'event-res.partner-create': '10 create res.partner 7 2026-11-24T02:06:51 medium',
  'event-res.partner-unlink': '44 unlink res.partner 10 2026-11-24T02:08:15 medium',
  'event-res.partner-write': '1 write res.partner 1 2026-11-24T02:05:40 medium changed country_id',
  'event-sale.order-create': '12 create sale.order 1 2026-11-24T02:06:51 high',
  'event-sale.order-unlink': '49 unlink sale.order 3 2026-11-24T02:08:15 high',
  'event-sale.order-write': '32 write sale.order 2 2026-11-24T02:08:11 high changed state,date_order',
};

const copyOfRow = (name: string) => copyOf(readPulledRow(recordedRow(name))!.arrival);

test('every expectation has its recording', () => {
  expect(recordedNames('events')).toEqual([WHAT_ODOO_WROTE, ...Object.keys(EXPECTED)].sort());
});

test.each(Object.keys(EXPECTED))('%s is read as the table says', (name) => {
  const row = recordedRow(name);
  expect(told(copyOfRow(name))).toBe(EXPECTED[name]);
  expect(copyOfRow(name)).toMatchObject({ payload: row['payload'], category: 'business' });
});

describe('the rows that Odoo wrote, beside the same rows as pulled', () => {
  const { steps } = recorded('events', WHAT_ODOO_WROTE) as unknown as {
    steps: { update_webhook_rows: JsonObject[] }[];
  };
  const written = new Map(steps.flatMap((step) => step.update_webhook_rows.map((row) => [row['id'], row])));
  const pulled = Object.keys(EXPECTED).filter((name) => written.has(recordedRow(name)['id']));

  test('some rows were recorded both ways', () => {
    expect(pulled.length).toBeGreaterThanOrEqual(5);
  });

  test.each(pulled)('%s is read as it was written', (name) => {
    const copy = copyOfRow(name);
    expect(written.get(Number(copy.eventId))).toEqual({
      id: Number(copy.eventId),
      model: copy.model,
      record_id: copy.recordId,
      event: copy.operation,
      priority: copy.priority,
      category: copy.category,
      user_id: copy.user?.id,
    });
  });

  test('a row without a time is unreadable, and keeps its id', () => {
    for (const [id, row] of written) {
      expect(readPulledRow(row)).toEqual({
        id,
        arrival: { kind: 'unreadable', reason: 'timestamp: no time', raw: row },
      });
    }
  });
});
