import type {Account} from '../src/model/account.ts'
import {type AccountLists, accountOf, anInstance, aRole, aVpc, draftOf, netOf, put, type Seat} from './fleet-account.ts'

/** A fleet that is `size` large in one respect, as account files. */
export type Growing = (size: number) => readonly Account[]

const HUB = '111122220000'
const TGW = 'tgw-0aaaaaaaaaaaaaa01'
const HUB_ATTACHMENT = 'tgw-attach-0aaaaaaaaaaaaaa01'
const HUB_TABLE = 'tgw-rtb-0aaaaaaaaaaaaaa01'

/** An account of so many VPCs with so many instances each, every one as `spoil` leaves it. */
function vpcs(
  count: number,
  each: number,
  fault: Parameters<typeof aVpc>[3],
  spoil: (lists: AccountLists, seats: readonly Seat[]) => void = () => {},
): readonly Account[] {
  const draft = draftOf({})
  const role = aRole(draft, 0, true)
  const way = fault === 'nat-deleted' || fault === 'acl-without-replies' ? 'nat' : 'endpoints'
  const seats = Array.from({length: count}, (_, n) => aVpc(draft, n, way, fault))
  for (const seat of seats) for (let n = 0; n < each; n++) anInstance(draft, seat, role, n, fault)
  spoil(draft.lists, seats)
  return [accountOf(draft)]
}

const spokeAccount = (n: number): string => String(111122230000 + n)

/** Spokes in accounts of their own go to the internet through one hub. */
const hub: Growing = (size) => {
  const draft = draftOf({account: HUB})
  const egress = aVpc(draft, 249, 'nat')
  const attachments = Array.from({length: size}, (_, n) => `tgw-attach-${String(n).padStart(17, '0')}`)
  const spokes = attachments.map((attachment, n) => spoke(n, attachment))
  const {RouteTables = []} = draft.lists as {RouteTables?: {Routes: object[]; Associations: {SubnetId: string}[]}[]}
  for (const {Routes} of RouteTables)
    Routes.push({DestinationCidrBlock: '10.0.0.0/8', TransitGatewayId: TGW, State: 'active'})
  put(draft, 'TransitGateways', {TransitGatewayId: TGW, OwnerId: HUB, State: 'available', Options: {}})
  put(draft, 'TransitGatewayVpcAttachments', attachmentOf(HUB_ATTACHMENT, egress, HUB))
  put(draft, 'TransitGatewayVpcAttachments', ...spokes.map(({attachment}) => attachment))
  const route = (DestinationCidrBlock: string, TransitGatewayAttachmentId: string) => ({
    DestinationCidrBlock,
    State: 'active',
    Type: 'static',
    TransitGatewayAttachments: [{TransitGatewayAttachmentId, ResourceType: 'vpc'}],
  })
  put(draft, 'TransitGatewayRouteTables', {
    TransitGatewayRouteTableId: HUB_TABLE,
    TransitGatewayId: TGW,
    State: 'available',
    Associations: [HUB_ATTACHMENT, ...attachments].map((TransitGatewayAttachmentId) => ({
      TransitGatewayRouteTableId: HUB_TABLE,
      TransitGatewayAttachmentId,
      ResourceType: 'vpc',
      State: 'associated',
    })),
    Routes: [route('0.0.0.0/0', HUB_ATTACHMENT), ...attachments.map((id, n) => route(blockOf(n), id))],
  })
  return [accountOf(draft), ...spokes.map(({account}) => account)]
}

function spoke(n: number, attachment: string) {
  const draft = draftOf({account: spokeAccount(n), seed: n + 1})
  const seat = aVpc(draft, n, 'nat')
  const role = aRole(draft, 0, true)
  for (let at = 0; at < 2; at++) anInstance(draft, seat, role, at, undefined)
  draft.lists.NatGateways = []
  draft.lists.InternetGateways = []
  for (const table of draft.lists.RouteTables as {Routes: object[]}[])
    table.Routes.splice(1, 9, {DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: TGW, State: 'active'})
  return {account: narrowed(accountOf(draft), n), attachment: attachmentOf(attachment, seat, spokeAccount(n))}
}

const blockOf = (n: number): string => `10.${n >> 4}.${(n & 15) * 16}.0/20`

/** Thousands of networks have no room in private space with a sixteenth bit each: every spoke has a block of its own, of /20. */
function narrowed(account: Account, n: number): Account {
  const net = netOf(n).replace('.', '\\.')
  const moved = (third: string): string => `10.${n >> 4}.${(n & 15) * 16 + Math.floor(Number(third) / 16) * 4}`
  const text = JSON.stringify(account)
    .replaceAll(`${netOf(n)}.0.0/16`, blockOf(n))
    .replace(new RegExp(`${net}\\.(\\d+)\\.0/20`, 'g'), (_, third) => `${moved(third)}.0/22`)
    .replace(new RegExp(`"${net}\\.(\\d+)\\.(\\d+)"`, 'g'), (_, third, fourth) => `"${moved(third)}.${fourth}"`)
  return JSON.parse(text)
}

const attachmentOf = (TransitGatewayAttachmentId: string, {vpcId, subnets}: Seat, VpcOwnerId: string) => ({
  TransitGatewayAttachmentId,
  TransitGatewayId: TGW,
  VpcId: vpcId,
  VpcOwnerId,
  State: 'available',
  SubnetIds: subnets.map(({SubnetId}) => SubnetId),
  Options: {},
})

/** As many nodes that were registered by hand as instances. */
const hybrid: Growing = (size) =>
  vpcs(Math.ceil(size / 400), Math.min(size, 400), undefined, ({InstanceInformationList = []}) => {
    for (let n = 0; n < size; n++)
      InstanceInformationList.push({
        InstanceId: `mi-${String(n).padStart(17, '0')}`,
        PingStatus: 'Online',
        LastPingDateTime: '2026-11-20T11:58:00.000Z',
        AgentVersion: '3.3.2746.0',
        IPAddress: `172.16.${Math.floor(n / 250)}.${n % 250}`,
        ComputerName: `host-${n}`,
      })
  })

/** 16 groups of 60 rules, each for a prefix list of 1000 entries: more than AWS's quotas let anybody have. */
const rules: Growing = (size) =>
  vpcs(1, size, undefined, (drafted, [seat]) => {
    const {SecurityGroups = [], Instances = []} = drafted
    drafted.ManagedPrefixLists = []
    const {ManagedPrefixLists} = drafted
    const lists = Array.from({length: 60}, (_, n) => `pl-${String(n).padStart(17, '0')}`)
    for (const [n, PrefixListId] of lists.entries())
      ManagedPrefixLists.push({
        PrefixListId,
        // No two blocks touch, and those of the lists alternate.
        Entries: Array.from({length: 1000}, (_, at) => ({Cidr: `${11 + (at % 90)}.${at >> 3}.${n}.${at & 254}/32`})),
      })
    const groups = Array.from({length: 16}, (_, n) => `sg-${String(n).padStart(17, '0')}`)
    for (const GroupId of groups)
      SecurityGroups.push({
        GroupId,
        VpcId: seat?.vpcId,
        IpPermissions: [],
        IpPermissionsEgress: lists.map((PrefixListId) => ({
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          PrefixListIds: [{PrefixListId}],
        })),
      })
    const Groups = groups.map((GroupId) => ({GroupId}))
    for (const instance of Instances as {SecurityGroups: unknown; NetworkInterfaces: {Groups: unknown}[]}[]) {
      instance.SecurityGroups = Groups
      for (const one of instance.NetworkInterfaces) one.Groups = Groups
    }
  })

/** By what grows, with the sizes to measure: each twice the one before. */
export const GROWING: Readonly<Record<string, {readonly make: Growing; readonly sizes: readonly number[]}>> = {
  'spokes of a hub, in accounts of their own': {make: hub, sizes: [500, 1000, 2000]},
  'hybrid nodes beside as many instances': {make: hybrid, sizes: [4000, 8000, 16_000]},
  'VPCs without their NAT gateway': {make: (size) => vpcs(size, 20, 'nat-deleted'), sizes: [500, 1000, 2000]},
  'VPCs whose network ACL denies replies': {
    make: (size) => vpcs(size, 20, 'acl-without-replies'),
    sizes: [500, 1000, 2000],
  },
  'VPCs whose groups allow nothing out': {
    make: (size) => vpcs(size, 20, 'group-without-egress'),
    sizes: [500, 1000, 2000],
  },
  'VPCs with endpoint groups that deny': {
    make: (size) => vpcs(size, 20, 'endpoint-group-shut'),
    sizes: [500, 1000, 2000],
  },
  'instances with 16 groups × 60 rules × 1,000 entries': {make: rules, sizes: [50, 100, 200]},
}
