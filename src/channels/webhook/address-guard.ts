// Decides whether a webhook may be sent to an IP address: to the public internet, or where ops allowed it.
// Knows no names: it judges what a name resolved to, at the moment of the connection.

import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/** Null when allowed, else what kind of address it is: `loopback`, `private`, `cloud metadata` … */
export type AddressGuard = (address: string) => string | null;

/** Public by their range, yet answered by the cloud's own machine. */
const METADATA_IN_PUBLIC_SPACE = ['168.63.129.16']; // Azure

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Throws when an entry is neither a CIDR nor an address. */
export function createAddressGuard(allowCidrs: readonly string[]): AddressGuard {
  const allowed = allowCidrs.map(parseRange);
  return (text) => {
    if (!ipaddr.isValid(text)) return 'unreadable';
    const written = ipaddr.parse(text);
    const meant = embedded(written) ?? written;
    if (allowed.some((range) => within(written, range) || within(meant, range))) return null;
    return kindOf(meant);
  };
}

function kindOf(address: Address): string | null {
  if (METADATA_IN_PUBLIC_SPACE.includes(address.toString())) return 'cloud metadata';
  const range = address.range();
  if (range !== 'unicast') return range;
  // What IANA has not given out yet is somebody's experiment, not a subscriber.
  return isV6(address) && !address.match(GLOBAL_UNICAST) ? 'unassigned' : null;
}

/** The IPv4 address that a connection to this IPv6 address really goes to. */
function embedded(address: Address): ipaddr.IPv4 | null {
  if (!isV6(address)) return null;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  // An IPv6-only network reaches the IPv4 internet by these. 6to4, Teredo and local NAT64 prefixes are
  // refused as what they are: where they end is another network's decision.
  return address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : null;
}

function within(address: Address, [network, bits]: Range): boolean {
  if (isV6(address)) return isV6(network) && address.match(network, bits);
  return !isV6(network) && address.match(network, bits);
}

function isV6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6';
}

function parseRange(text: string): Range {
  const [network = ''] = text.split('/');
  // The library also reads 10/8, as 0.0.0.10/8, and 0x7f.1; who writes these into a setting means something else.
  if (ipaddr.IPv4.isValidFourPartDecimal(network) || ipaddr.IPv6.isValid(network)) {
    if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
    if (network === text) return [ipaddr.parse(text), network.includes(':') ? 128 : 32];
  }
  throw new Error(`"${text}" is no CIDR such as 10.0.0.0/8: correct JISR_WEBHOOK_ALLOW_CIDR`);
}
