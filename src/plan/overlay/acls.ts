import {type Account, itemsOf, type NetworkAcl, type NetworkAclEntry} from '../../model/account.ts'
import {editAll, put, remove} from '../../model/effect.ts'
import {find} from '../../model/joins.ts'
import {isSameEntry} from '../../network/filters/network-acl.ts'
import {entryOf, hasUnknown, isTrue, listOf, numberOf, objectOf, type Properties, textOf, textsOf} from '../resource.ts'
import {accountIdOf, afterApply, allUnknown, partOfList, type ResourceEffect, someUnknown} from './resource-effect.ts'
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
  add: (account, properties, {id, address}) => {
    const {VpcId, Entries, SubnetIds} = properties
    const known = find(account.NetworkAcls, 'NetworkAclId', id)
    const entries = listOf(Entries).map((entry) => aclEntryOf(objectOf(entry)))
    const acl = {
      ...known,
      NetworkAclId: id,
      OwnerId: known?.OwnerId ?? accountIdOf(account),
      VpcId: textOf(VpcId) ?? known?.VpcId,
      IsDefault: known?.IsDefault ?? false,
      Associations: known?.Associations ?? [],
      Entries: hasUnknown(Entries)
        ? {unreadable: afterApply(address)}
        : Entries === undefined
          ? (known?.Entries ?? DENY_RULES)
          : [...entries, ...DENY_RULES],
    } as NetworkAcl
    const updated = put('NetworkAcls', acl)(account)
    return textsOf(SubnetIds).reduce((changed, subnet) => associated(changed, id, subnet), updated)
  },
  remove: (account, _, {id}) => {
    const deletedAcl = find(account.NetworkAcls, 'NetworkAclId', id)
    const subnets = deletedAcl?.Associations.flatMap(({SubnetId}) => SubnetId ?? []) ?? []
    const without = remove('NetworkAcls', id)(account)
    return subnets.reduce((changed, subnet) => backToDefault(changed, subnet), without)
  },
}

export const networkAclEntry = partOfList({
  kind: 'NetworkAcls',
  owner: 'NetworkAclId',
  list: 'Entries',
  itemOf: aclEntryOf,
  isSame: isSameEntry,
})

/** A subnet is associated with one network ACL; without an id, with one that is not known. */
const associated = (account: Account, aclId: string | undefined, SubnetId: string): Account =>
  editAll('NetworkAcls', (acl) => {
    const others = acl.Associations.filter((one) => one.SubnetId !== SubnetId)
    if (acl.NetworkAclId === aclId) return {...acl, Associations: [...others, {NetworkAclId: aclId, SubnetId}]}
    return others.length === acl.Associations.length ? acl : {...acl, Associations: others}
  })(account)

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
}
