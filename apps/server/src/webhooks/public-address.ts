import ipaddr from 'ipaddr.js';

/** Addresses of clouds that look public and answer to the machine alone. */
const INSIDE = new Set(['168.63.129.16']);

/** All that is routed on the public internet; what is not in it (compatible, site-local, future ranges) is not public. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet: not private, loopback, link-local, shared, multicast, reserved, and no wrapping
 * of an IPv4 address (mapped, NAT64, 6to4, Teredo), behind which any of those may lie. IANA's special-purpose registries.
 */
export function isPublicAddress(address: string): boolean {
  if (INSIDE.has(address) || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
}
