import ipaddr from 'ipaddr.js'

/**
 * Whether an IP address belongs to the public internet.
 *
 * Everything else is refused: private, loopback, link-local, multicast, carrier-grade NAT,
 * unspecified, broadcast, reserved and documentation ranges, and every IPv6 form that wraps an IPv4
 * address (mapped, NAT64, 6to4, Teredo). Of IPv6 only 2000::/3 has been given out.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast)
}

const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]
