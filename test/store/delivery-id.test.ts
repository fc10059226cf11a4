// The webhook-id of a delivery.
import { deliveryId } from '../../src/store/deliveries/delivery-id';

test('the id names event and subscription, and holds no dot or slash', () => {
  expect(deliveryId('hq/17.ab', 'sub_1')).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(deliveryId('hq/17.ab', 'sub_1')).toBe(deliveryId('hq/17.ab', 'sub_1'));
});

// Subscribers keep these ids: a change of the rule would deliver everything in flight under a second one.
test('the id of a known pair never changes', () => {
  expect(deliveryId('17', 'sub_1')).toBe('msg_ccd9dbf537507f915d7ae480a69543d9');
});

test('no other pair has the same id', () => {
  const ids = [
    deliveryId('1', '23'),
    deliveryId('12', '3'),
    deliveryId('1","2', '3'),
    deliveryId('1', '2","3'),
  ];
  expect(new Set(ids).size).toBe(4);
});
