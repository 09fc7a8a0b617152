import {formatAddress, parseCidr} from '../address.ts'

/**
 * The address of the Amazon DNS server in a VPC with this primary block.
 * https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
export function amazonDnsServerIn(cidr: string): string | undefined {
  const from = parseCidr(cidr)?.ranges[0]?.[0]
  return typeof from === 'number' ? formatAddress(from + 2) : undefined
}
