// Changes that the simulator makes up look like those of a real Odoo.
// Never compares values with the recorded ones, only fields and their types.

import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { recordedEvent } from './recorded';
import { pull, rowsOf } from './wire-client';

let odoo: Simulator;
beforeEach(async () => {
  odoo = await startSimulator();
});
afterEach(() => odoo.close());

test.each([
  ['res.partner', 'create', 'res.partner-create-arabic-image-full'],
  ['res.partner', 'write', 'res.partner-write'],
  ['res.partner', 'unlink', 'res.partner-unlink'],
  ['sale.order', 'create', 'sale.order-create'],
  ['sale.order', 'write', 'sale.order-write'],
  ['sale.order', 'unlink', 'sale.order-unlink'],
  ['product.template', 'create', 'product.template-create'],
  ['product.template', 'write', 'product.template-write'],
  ['product.template', 'unlink', 'product.template-unlink'],
  ['mail.message', 'create', 'mail.message-create'],
  ['mail.message', 'unlink', 'mail.message-unlink'],
] as const)('a %s %s has the fields of a real one, in their order', async (model, operation, recorded) => {
  odoo.change({ model, operation });
  const [row] = rowsOf(await pull(odoo));
  const real = recordedEvent(recorded);
  expect(Object.keys(row?.payload as object)).toEqual(Object.keys(real.payload));
  expect(row).toMatchObject({ model, event: operation, priority: real.priority, category: real.category });
});

test('the same seed and the same calls make the same changes', async () => {
  const now = (): number => Date.parse('2026-11-24T02:05:40Z');
  const makes = async (seed: number): Promise<string> => {
    const one = await startSimulator({ seed, now });
    one.changeMany(100);
    const { text } = await pull(one);
    await one.close();
    return text;
  };
  expect(await makes(7)).toBe(await makes(7));
  expect(await makes(7)).not.toBe(await makes(8));
});

test('no two changes of a run are alike', () => {
  const changes = odoo.changeMany(5000);
  const faces = changes.map(
    ({ serial, model, recordId, operation }) =>
      `${model} ${recordId} ${operation} ${JSON.stringify(odoo.ledger.payloadOf(serial))}`,
  );
  expect(new Set(faces).size).toBe(5000);
});

test('the wire is ASCII, and holds Arabic', async () => {
  odoo.changeMany(50);
  const { text } = await pull(odoo);
  expect(text).toMatch(/^[\x20-\x7e]*$/);
  expect(text).toContain('\\u0645\\u0624\\u0633\\u0633\\u0629');
});

test('an event averages about 2.9 kB', async () => {
  odoo.changeMany(1000);
  const { text } = await pull(odoo, { limit: 1000 });
  expect(text.length / 1000).toBeGreaterThan(2500);
  expect(text.length / 1000).toBeLessThan(3500);
});

test('empty values go out as false', async () => {
  odoo.change({ payload: null, priority: null, category: null, user: null });
  odoo.change({ payload: {} });
  const [first, second] = rowsOf(await pull(odoo));
  expect(first).toMatchObject({
    payload: false,
    priority: false,
    category: false,
    user_id: null,
    user_name: false,
  });
  expect(second).toMatchObject({ payload: false });
  expect(odoo.ledger.payloadOf(1)).toEqual({});
});

test('a record that was deleted changes no more', () => {
  const deleted = new Set<string>();
  for (const { model, recordId, operation } of odoo.changeMany(5000)) {
    const record = `${model},${recordId}`;
    expect(deleted.has(record)).toBe(false);
    if (operation === 'unlink') deleted.add(record);
  }
  expect(deleted.size).toBeGreaterThan(0);
});
