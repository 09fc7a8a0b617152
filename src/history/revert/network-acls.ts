import {type Account, isUnreadable, itemsOf, type NetworkAcl, type NetworkAclEntry} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {isIcmp, isSameEntry} from '../../network/filters/network-acl.ts'
import {changeAclEntry} from '../../remedies/changes/filters.ts'
import {change} from '../../remedies/core/change.ts'
import {ec2} from '../../remedies/core/remedy.ts'
import {associateSubnet} from '../../remedies/core/subnet-association.ts'
import type {ChangeEvent} from '../event.ts'
import {flagIn, numberIn, type Parameters, partIn, textIn} from '../parameters.ts'
import {formerly, isCreatedIn, type Revert} from './context.ts'
import {none, revertSetting} from './setting.ts'

/** The entry and the ACL of a call. */
function placeIn(request: Parameters | undefined) {
  const id = textIn(request, 'networkAclId')
  const RuleNumber = numberIn(request, 'ruleNumber')
  const Egress = flagIn(request, 'egress')
  return id === undefined || RuleNumber === undefined || Egress === undefined ? undefined : {id, RuleNumber, Egress}
}

/** The entry that a call creates; `aclProtocol` is CloudTrail's name for its protocol. */
function entryIn(request: Parameters | undefined): NetworkAclEntry | undefined {
  const place = placeIn(request)
  const action = textIn(request, 'ruleAction')
  const Protocol = textIn(request, 'aclProtocol', 'protocol') ?? numberIn(request, 'aclProtocol')?.toString()
  const [CidrBlock, Ipv6CidrBlock] = [textIn(request, 'cidrBlock'), textIn(request, 'ipv6CidrBlock')]
  if (!place || Protocol === undefined || (action !== 'allow' && action !== 'deny')) return undefined
  if (CidrBlock === undefined && Ipv6CidrBlock === undefined) return undefined
  const ports = partIn(request, 'portRange')
  const [From, To] = [numberIn(ports, 'from'), numberIn(ports, 'to')]
  return {
    RuleNumber: place.RuleNumber,
    Egress: place.Egress,
    RuleAction: action,
    Protocol,
    ...(CidrBlock !== undefined && {CidrBlock}),
    ...(Ipv6CidrBlock !== undefined && {Ipv6CidrBlock}),
    ...(From !== undefined && To !== undefined && {PortRange: {From, To}}),
    ...(isIcmp({Protocol}) && icmpIn(request)),
  }
}

function icmpIn(request: Parameters | undefined): Pick<NetworkAclEntry, 'IcmpTypeCode'> {
  const icmp = partIn(request, 'icmpTypeCode')
  const [Type, Code] = [numberIn(icmp, 'type'), numberIn(icmp, 'code')]
  return Type === undefined || Code === undefined ? {} : {IcmpTypeCode: {Type, Code}}
}

const entry = revertSetting({
  placeIn,
  after: {CreateNetworkAclEntry: entryIn, ReplaceNetworkAclEntry: entryIn, DeleteNetworkAclEntry: none},
  recorded: (account, place) => {
    const {Entries} = find(account.NetworkAcls, 'NetworkAclId', place.id) ?? {}
    if (Entries === undefined || isUnreadable(Entries)) return undefined
    return Entries.find((one) => isSameEntry(place, one)) ?? null
  },
  creation: ['CreateNetworkAcl', ({id}) => id],
  change: (place, values) => changeAclEntry(place.id, place, values),
})

/** Every association with an ACL has its own id, which the response contains and the next call names. */
const revertAssociation: Revert = (context) => {
  const {account, event, older} = context
  const former = textIn(event.request, 'associationId')
  const current = textIn(event.response, 'newAssociationId')
  const now = itemsOf(account.NetworkAcls).find(
    ({NetworkAclId}) => NetworkAclId === textIn(event.request, 'networkAclId'),
  )
  const subnet = now && subnetOf(now, current)
  if (!now || !subnet || former === undefined) return undefined
  const before =
    formerly(older, ({name, request, response}) =>
      name === 'ReplaceNetworkAclAssociation' && textIn(response, 'newAssociationId') === former
        ? textIn(request, 'networkAclId')
        : undefined,
    ) ?? defaultOf(account, older, subnet)
  if (before === undefined) return undefined
  const place = {NetworkAclId: before, SubnetId: subnet}
  return {
    change: change({
      calls: current ? ec2('ReplaceNetworkAclAssociation', {AssociationId: current, NetworkAclId: before}) : [],
      undo: [],
      effects: associateSubnet('NetworkAcls', subnet, {NetworkAclAssociationId: former, ...place}),
    }),
  }
}

const subnetOf = ({Associations}: NetworkAcl, id: string | undefined): string | undefined =>
  (
    Associations.find(({NetworkAclAssociationId}) => id !== undefined && NetworkAclAssociationId === id) ??
    (Associations.length === 1 ? Associations[0] : undefined)
  )?.SubnetId

/**
 * A new subnet has the default ACL of its VPC.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
function defaultOf(account: Account, older: readonly ChangeEvent[], subnetId: string): string | undefined {
  if (!isCreatedIn(older, 'CreateSubnet', subnetId)) return undefined
  const vpc = find(account.Subnets, 'SubnetId', subnetId)?.VpcId
  return itemsOf(account.NetworkAcls).find(({VpcId, IsDefault}) => VpcId === vpc && IsDefault)?.NetworkAclId
}

export const NETWORK_ACLS: Readonly<Record<string, Revert>> = {
  CreateNetworkAclEntry: entry,
  ReplaceNetworkAclEntry: entry,
  DeleteNetworkAclEntry: entry,
  ReplaceNetworkAclAssociation: revertAssociation,
}
