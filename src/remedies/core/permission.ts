/** The peer of a security group rule. */
interface Peers {
  readonly cidrs?: readonly string[]
  readonly groups?: readonly string[]
  readonly prefixLists?: readonly string[]
}

/** A rule of a security group for one port, as EC2 accepts and returns it. */
export function permission(protocol: 'tcp' | 'udp', port: number, {cidrs = [], groups = [], prefixLists = []}: Peers) {
  const v4 = cidrs.filter((cidr) => !cidr.includes(':'))
  const v6 = cidrs.filter((cidr) => cidr.includes(':'))
  return {
    IpProtocol: protocol,
    FromPort: port,
    ToPort: port,
    ...(v4.length > 0 && {IpRanges: v4.map((CidrIp) => ({CidrIp}))}),
    ...(v6.length > 0 && {Ipv6Ranges: v6.map((CidrIpv6) => ({CidrIpv6}))}),
    ...(groups.length > 0 && {UserIdGroupPairs: groups.map((GroupId) => ({GroupId}))}),
    ...(prefixLists.length > 0 && {PrefixListIds: prefixLists.map((PrefixListId) => ({PrefixListId}))}),
  }
}

export type Permission = ReturnType<typeof permission>
