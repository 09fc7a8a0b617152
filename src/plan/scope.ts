import {type Account, type Instance, isUnreadable, itemsOf, type Kind, type Reading} from '../model/account.ts'
import {memo} from '../util/memo.ts'

/** Kinds whose unknowns can be limited to one VPC. */
const SCOPED: readonly Kind[] = ['VpcEndpoints', 'SecurityGroups', 'Subnets', 'HostedZones']

/** A reading whose unknowns are all in these VPCs. */
interface Within {
  readonly within?: readonly string[]
}

const accountsByVpc = memo((_: Account) => new Map<string, Account>())

/**
 * The account as an instance depends on it: what is known only after apply of VPCs that no traffic of the instance can
 * reach does not affect it.
 */
export function accountFor(account: Account, {VpcId = ''}: Instance): Account {
  const uncertain = SCOPED.filter((kind) => withinOf(account[kind]) !== undefined)
  if (uncertain.length === 0) return account
  const known = accountsByVpc(account)
  const found = known.get(VpcId)
  if (found) return found
  const reached = reachableFrom(account, VpcId)
  const settled = uncertain.filter((kind) => reached && !withinOf(account[kind])?.some((vpc) => reached.has(vpc)))
  const scoped =
    settled.length === 0
      ? account
      : {...account, ...Object.fromEntries(settled.map((kind) => [kind, itemsOf(account[kind] as Reading<unknown>)]))}
  known.set(VpcId, scoped)
  return scoped
}

const withinOf = (reading: object): readonly string[] | undefined => (reading as Within).within

/** The VPCs that traffic of a VPC can reach, through peering connections and transit gateways; undefined if unknown. */
function reachableFrom(account: Account, vpcId: string): ReadonlySet<string> | undefined {
  const {VpcPeeringConnections: peerings, TransitGatewayVpcAttachments: attachments} = account
  if (isUnreadable(peerings) || isUnreadable(attachments)) return undefined
  const links = [
    ...peerings.map(({RequesterVpcInfo, AccepterVpcInfo}) => [RequesterVpcInfo?.VpcId, AccepterVpcInfo?.VpcId]),
    ...attachments.map(({VpcId, TransitGatewayId}) => [VpcId, TransitGatewayId]),
  ]
  const reached = new Set([vpcId])
  for (const place of reached)
    for (const [one, other] of links) {
      if (one === place && other !== undefined) reached.add(other)
      if (other === place && one !== undefined) reached.add(one)
    }
  return reached
}

/** The VPCs of the unknowns of a kind after one more is added, in these VPCs or in any. */
export const withinBoth = (reading: Reading<unknown>, vpcIds: readonly string[] | undefined): Within => {
  const before = isUnreadable(reading) ? withinOf(reading) : []
  return before === undefined || vpcIds === undefined ? {} : {within: [...before, ...vpcIds]}
}
