// The oracle says both things: nothing of a sound subscriber, and what is wrong with each kind of a broken one.
import { startSimulator } from '../../src/simulator/simulator';
import {
  differences,
  expectedOf,
  outOfOrder,
  takenOf,
  wronglyLeftOut,
  type Expected,
} from './delivery-oracle';

let expected: readonly Expected[];

beforeAll(async () => {
  const odoo = await startSimulator();
  for (const operation of ['create', 'write', 'write', 'unlink'] as const)
    odoo.change({ model: 'res.partner', recordId: 7, operation, push: 'none' });
  expected = expectedOf(odoo, () => true);
  await odoo.close();
});

const bodies = () => expected.map(({ body }) => body);

test('all of it, in order, is right', () => {
  expect(differences(expected, bodies())).toEqual([]);
  expect(outOfOrder(expected, bodies())).toEqual([]);
  expect(wronglyLeftOut(expected, bodies())).toEqual([]);
});

test('what is missing, twice or changed is found', () => {
  const [first, ...others] = bodies();
  expect(differences(expected, others)).toEqual([expect.stringMatching(/^never came/)]);
  expect(differences(expected, [first!, first!, ...others])).toEqual([expect.stringMatching(/twice/)]);
  expect(differences(expected, [first!.replace('res.partner', 'res.users'), ...others])).toHaveLength(2);
});

test('a later change before an earlier one is found', () => {
  const [first, second, ...others] = bodies();
  expect(outOfOrder(expected, [second!, first!, ...others])).toHaveLength(1);
});

test('only an older write may be left out', () => {
  const without = (place: number) => bodies().filter((_, at) => at !== place);
  expect(wronglyLeftOut(expected, without(1))).toEqual([]);
  for (const place of [0, 2, 3]) expect(wronglyLeftOut(expected, without(place))).toHaveLength(1);
});

test('one webhook-id with two bodies is refused', () => {
  const webhook = { id: 'a', path: '/', headers: {}, atMs: 0, status: 200 };
  const saying = (key: string) => ({ ...webhook, body: JSON.stringify({ data: { key } }) });
  expect(takenOf([saying('1'), saying('1')])).toHaveLength(1);
  expect(() => takenOf([saying('1'), saying('2')])).toThrow('two bodies');
});
