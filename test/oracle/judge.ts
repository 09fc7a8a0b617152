import {type Account, type Instance, itemsOf, type Subnet} from '../../src/model/account.ts'
import {contains, edgesOf, isPublic} from './address.ts'
import {resolve} from './names.ts'
import {type Attempt, connect, type Fate, type Outcome, primaryOf} from './network.ts'

/** The possible verdicts on the connections to one destination. */
type Lot = 'open' | 'partly' | 'blocked' | 'unknown'

/** The outcome of every attempted connection. */
export interface Judgment {
  readonly resolved: 'addresses' | 'public' | 'nothing' | 'untold'
  /** The correct answers; more than one if AWS does not expose which address or device is used. */
  readonly allowed: readonly Lot[]
  /** One connection of each outcome, to show. */
  readonly examples: Readonly<Record<string, unknown>>
}

/** Public addresses that represent all of them: next to the boundaries in rules. */
const FAR_AWAY = ['52.46.128.1', '3.80.1.1', '99.82.1.1', '200.1.1.1']
const FAR_AWAY6 = ['2600:9000::1', '2a05:d018::1', '3000::1']

const within = (values: readonly number[], from: number, to: number): number[] =>
  [...new Set([from, ...values, to])].filter((value) => value >= from && value <= to)

/** Between two of these, no rule distinguishes one port from the next. */
const edgePorts = (account: Account): readonly number[] =>
  itemsOf(account.NetworkAcls)
    .flatMap(({Entries}) => itemsOf(Entries))
    .flatMap(({PortRange: {From, To} = {}}) =>
      From === undefined || To === undefined ? [] : [From - 1, From, To, To + 1],
    )

/** https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html */
const ownPorts = (account: Account, {Platform, PlatformDetails}: Instance): number[] => {
  const isWindows = Platform?.toLowerCase() === 'windows' || PlatformDetails?.startsWith('Windows') === true
  return isWindows ? within(edgePorts(account), 49152, 65535) : within(edgePorts(account), 32768, 60999)
}

/** The addresses of S3 in the Region, as in AWS's own prefix list. */
const s3Addresses = (account: Account): readonly string[] =>
  itemsOf(account.ManagedPrefixLists)
    .filter(({PrefixListName}) => /^com\.amazonaws\..*\.s3$/.test(PrefixListName ?? ''))
    .flatMap(({Entries}) => itemsOf(Entries).flatMap(({Cidr}) => (Cidr ? edgesOf(Cidr).slice(1, 3) : [])))

/** Public addresses at the boundaries in routes and rules, one for all that no route or rule distinguishes. */
function publicEdges(account: Account): readonly string[] {
  const s3 = s3Addresses(account)
  const cidrs = [...new Set(cidrsIn(account))]
  const outside = [...FAR_AWAY, ...cidrs.flatMap(edgesOf)].filter(
    (address) => isPublic(address) && !s3.includes(address),
  )
  const kinds = new Map(
    outside.map((address) => [cidrs.map((cidr) => Number(contains(cidr, address))).join(''), address]),
  )
  return [...kinds.values()]
}

const cidrsIn = (account: Account): readonly string[] => [
  ...itemsOf(account.RouteTables).flatMap(({Routes}) =>
    itemsOf(Routes).flatMap(({DestinationCidrBlock}) => DestinationCidrBlock ?? []),
  ),
  ...itemsOf(account.TransitGatewayRouteTables).flatMap(({Routes}) =>
    itemsOf(Routes).flatMap(({DestinationCidrBlock}) => DestinationCidrBlock ?? []),
  ),
  ...itemsOf(account.SecurityGroups).flatMap(({IpPermissions, IpPermissionsEgress}) =>
    [...IpPermissions, ...IpPermissionsEgress].flatMap(({IpRanges = []}) =>
      IpRanges.flatMap(({CidrIp}) => CidrIp ?? []),
    ),
  ),
  ...itemsOf(account.ManagedPrefixLists).flatMap(({Entries}) => itemsOf(Entries).flatMap(({Cidr}) => Cidr ?? [])),
  ...itemsOf(account.NetworkAcls).flatMap(({Entries}) => itemsOf(Entries).flatMap(({CidrBlock}) => CidrBlock ?? [])),
]

function destinationsOf(account: Account, subnet: Subnet, host: string, family: 4 | 6) {
  const answer = resolve(account, subnet.VpcId, host, family)
  if (answer === 'nothing' || answer === 'untold') return {resolved: answer, addresses: []}
  if (answer !== 'public') return {resolved: 'addresses' as const, addresses: answer}
  if (family === 6) return {resolved: answer, addresses: FAR_AWAY6}
  const s3 = host.includes('s3.') ? s3Addresses(account) : []
  return {resolved: answer, addresses: s3.length > 0 ? s3 : publicEdges(account)}
}

/** Every connection that the instance may try to the host, one after the other. */
export function judge(account: Account, instance: Instance, host: string, destinationPort: number): Judgment {
  const eni = primaryOf(account, instance)
  const subnet = itemsOf(account.Subnets).find(({SubnetId}) => SubnetId === eni?.SubnetId)
  if (!eni || !subnet) return {resolved: 'nothing', allowed: ['blocked'], examples: {}}
  const family = eni.PrivateIpAddresses.length > 0 ? 4 : 6
  const {resolved, addresses} = destinationsOf(account, subnet, host, family)
  const examples: Record<string, unknown> = {}
  const nats = within(edgePorts(account), 1024, 65535)
  const own = ownPorts(account, instance)
  const lots = addresses.map((destination) => {
    const tries = own.flatMap((sourcePort) =>
      choicesOf(account, instance, {destination, destinationPort, sourcePort}, nats),
    )
    for (const one of tries) examples[one.outcome] ??= one
    return new Set(tries.map(({outcome}) => outcome))
  })
  return {resolved, allowed: allowedFor(resolved, lots), examples}
}

function allowedFor(resolved: Judgment['resolved'], lots: readonly ReadonlySet<Outcome>[]): readonly Lot[] {
  if (resolved === 'untold') return ['unknown', 'blocked']
  const all = new Set(lots.flatMap((lot) => [...lot]))
  const differ = new Set(lots.map((lot) => [...lot].sort().join())).size > 1
  // Which public addresses a name has is not known, so what blocks some of them may block all or none.
  if (resolved === 'public' && differ) return ['unknown', 'partly']
  if (all.has('untold')) return all.size > 1 ? ['unknown', 'partly'] : ['unknown']
  if (!all.has('answered')) return ['blocked']
  return all.has('dropped') ? ['partly'] : ['open']
}

/** The connection once for every free choice on its path: the port of a NAT device, one of several equal routes. */
function choicesOf(
  account: Account,
  instance: Instance,
  attempt: Omit<Attempt, 'natPort' | 'pick'>,
  nats: readonly number[],
): readonly (Attempt & Fate)[] {
  const one = (natPort: number, pick: number) => {
    const whole = {...attempt, natPort, pick}
    return {...whole, ...connect(account, instance, whole)}
  }
  const first = one(nats[0]!, 0)
  const ports = first.translated || first.picked ? nats : nats.slice(0, 1)
  return ports.flatMap((port) => (first.picked ? [one(port, 0), one(port, 1)] : [one(port, 0)]))
}
