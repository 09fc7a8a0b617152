import {type Account, itemsOf, type NetworkAcl, type NetworkAclEntry} from '../../model/account.ts'
import {put, remove} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {isSameEntry} from '../../network/filters/network-acl.ts'
import {associateSubnet} from '../../remedies/core/subnet-association.ts'
import {entryOf} from '../../util/entry-of.ts'
import {hasUnknown, isTrue, numberOf, objectOf, type Properties, textOf, textsOf} from '../resource.ts'
import {
  allUnknown,
  callersAccount,
  changedOf,
  listIn,
  partOfList,
  type ResourceEffect,
  someUnknown,
} from './resource-effect.ts'
import {DENY_RULES} from './vpc.ts'

const PROTOCOLS: Readonly<Record<string, string>> = {tcp: '6', udp: '17', icmp: '1', all: '-1'}

function aclEntryOf(properties: Properties): NetworkAclEntry {
  const {From, To} = objectOf(properties.PortRange)
  const protocol = textOf(properties.Protocol) ?? '-1'
  const cidr = textOf(properties.CidrBlock)
  const v6 = textOf(properties.Ipv6CidrBlock)
  return {
    RuleNumber: numberOf(properties.RuleNumber),
    Egress: isTrue(properties.Egress),
    RuleAction: textOf(properties.RuleAction) === 'allow' ? 'allow' : 'deny',
    Protocol: entryOf(PROTOCOLS, protocol.toLowerCase()) ?? protocol,
    ...(cidr !== undefined && cidr !== '' && {CidrBlock: cidr}),
    ...(v6 !== undefined && v6 !== '' && {Ipv6CidrBlock: v6}),
    ...(protocol !== '-1' && From !== undefined && {PortRange: {From: numberOf(From), To: numberOf(To)}}),
  }
}

export const networkAcl: ResourceEffect = {
  add: (account, properties, {id, address, before = {}}) => {
    const known = find(account.NetworkAcls, 'NetworkAclId', id)
    const {VpcId, Entries, SubnetIds} = changedOf(known, properties, before)
    // Any subnet may be one of them.
    if (hasUnknown(SubnetIds)) return allUnknown(account, 'NetworkAcls', address)
    const acl = {
      ...{OwnerId: callersAccount(account), IsDefault: false, Associations: [], Entries: DENY_RULES},
      ...known,
      NetworkAclId: id,
      VpcId: textOf(VpcId) ?? known?.VpcId,
      ...listIn({Entries}, address, (entry) => [aclEntryOf(entry)], DENY_RULES),
    } as NetworkAcl
    const subnets = textsOf(SubnetIds)
    const left = SubnetIds === undefined ? [] : textsOf(before.SubnetIds).filter((subnet) => !subnets.includes(subnet))
    const updated = left.reduce(backToDefault, put('NetworkAcls', acl)(account))
    return subnets.reduce((changed, subnet) => associated(changed, id, subnet), updated)
  },
  remove: (account, _, {id}) => {
    const {Associations = []} = find(account.NetworkAcls, 'NetworkAclId', id) ?? {}
    const subnets = Associations.flatMap(({SubnetId}) => SubnetId ?? [])
    return subnets.reduce(backToDefault, remove('NetworkAcls', id)(account))
  },
}

export const networkAclEntry = partOfList({
  kind: 'NetworkAcls',
  owner: 'NetworkAclId',
  list: 'Entries',
  itemOf: aclEntryOf,
  isSame: isSameEntry,
})

/** Without an id, the subnet is associated with a network ACL that is not known. */
const associated = (account: Account, aclId: string | undefined, SubnetId: string): Account =>
  associateSubnet('NetworkAcls', SubnetId, aclId === undefined ? undefined : {NetworkAclId: aclId, SubnetId})(account)

/** A subnet always has a network ACL: without another one the default of its VPC. */
function backToDefault(account: Account, subnetId: string): Account {
  const ownVpcId = find(account.Subnets, 'SubnetId', subnetId)?.VpcId
  const fallback = itemsOf(account.NetworkAcls).find(({VpcId, IsDefault}) => VpcId === ownVpcId && IsDefault)
  return fallback ? associated(account, fallback.NetworkAclId, subnetId) : account
}

export const networkAclAssociation: ResourceEffect = {
  add: (account, {NetworkAclId, SubnetId}, {address}) => {
    const [acl, subnet] = [textOf(NetworkAclId), textOf(SubnetId)]
    if (subnet === undefined) return allUnknown(account, 'NetworkAcls', address)
    const known = find(account.NetworkAcls, 'NetworkAclId', acl)
    return known
      ? associated(account, known.NetworkAclId, subnet)
      : someUnknown(associated(account, undefined, subnet), 'NetworkAcls', address)
  },
  remove: (account, {SubnetId}) => {
    const subnet = textOf(SubnetId)
    return subnet === undefined ? account : backToDefault(account, subnet)
  },
  isPart: true,
}
