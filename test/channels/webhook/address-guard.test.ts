// Which addresses a webhook may go to.
import { createAddressGuard } from '../../../src/channels/webhook/address-guard';

const guard = createAddressGuard([]);

test.each([
  '8.8.8.8',
  '93.184.216.34',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '2606:4700::1111',
])('%s is public', (address) => {
  expect(guard(address)).toBeNull();
});

test.each([
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['169.254.1.1', 'linkLocal'],
  ['169.254.169.254', 'linkLocal'],
  ['168.63.129.16', 'cloud metadata'],
  ['::ffff:168.63.129.16', 'cloud metadata'],
  ['100.64.0.1', 'carrierGradeNat'],
  ['100.100.100.200', 'carrierGradeNat'],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['255.255.255.255', 'broadcast'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['192.0.0.192', 'reserved'],
  ['192.0.2.1', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['198.51.100.1', 'reserved'],
  ['203.0.113.1', 'reserved'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['fe80::1', 'linkLocal'],
  ['fe80::1%eth0', 'linkLocal'],
  ['fc00::1', 'uniqueLocal'],
  ['fd00:ec2::254', 'uniqueLocal'],
  ['ff02::1', 'multicast'],
  ['2001:db8::1', 'reserved'],
  ['2001:2::1', 'benchmarking'],
  ['100::1', 'discard'],
  ['::ffff:10.0.0.1', 'private'],
  ['::ffff:a00:1', 'private'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:169.254.169.254', 'linkLocal'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b::a9fe:a9fe', 'linkLocal'],
  ['64:ff9b:1::1', 'rfc6052'],
  ['2002:a00:1::', '6to4'],
  ['2002:808:808::', '6to4'],
  ['2001:0:808:808::1', 'teredo'],
  ['fec0::1', 'deprecatedSiteLocal'],
  ['4000::1', 'unassigned'],
  ['localhost', 'unreadable'],
  ['', 'unreadable'],
])('%s is refused as %s', (address, kind) => {
  expect(guard(address)).toBe(kind);
});

test.each(['::7f00:1', '::ffff:0:7f00:1', '::a00:1'])(
  '%s, an old way to write an IPv4 address, is refused',
  (a) => {
    expect(guard(a)).not.toBeNull();
  },
);

test.each(['::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])('%s is as public as the address it holds', (address) => {
  expect(guard(address)).toBeNull();
});

test.each([
  ['10.1.2.3', '10.0.0.0/8'],
  ['::ffff:10.1.2.3', '10.0.0.0/8'],
  ['64:ff9b::10.1.2.3', '10.0.0.0/8'],
  ['64:ff9b::10.1.2.3', '64:ff9b::/96'],
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1/128'],
  ['::1', '::1'],
  ['fd00::7', 'fd00::/8'],
  ['2002:808:808::', '2002::/16'],
  ['169.254.169.254', '169.254.0.0/16'],
])('%s is allowed by %s', (address, cidr) => {
  expect(createAddressGuard(['203.0.113.0/24', cidr])(address)).toBeNull();
});

test.each([
  ['11.0.0.1', '::/0', null],
  ['10.0.0.1', '::/0', 'private'],
  ['192.168.0.1', '10.0.0.0/8', 'private'],
  ['::1', '127.0.0.0/8', 'loopback'],
])('%s is not touched by %s', (address, cidr, kind) => {
  expect(createAddressGuard([cidr])(address)).toBe(kind);
});

test.each(['10.0.0.0/33', '10/8', 'localhost', '', '10.1', '0x7f.1'])('"%s" is no CIDR', (cidr) => {
  expect(() => createAddressGuard([cidr])).toThrow('JISR_WEBHOOK_ALLOW_CIDR');
});
