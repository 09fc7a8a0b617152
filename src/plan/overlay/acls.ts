import {type Account, itemsOf, type NetworkAcl, type NetworkAclEntry} from '../../model/account.ts'
import {find, withItem, withItems, withPut} from '../../model/joins.ts'
import {entryOf, hasUnknown, isTrue, listOf, numberOf, objectOf, type Properties, textOf, textsOf} from '../resource.ts'
import {accountIdOf, afterApply, allInDoubt, type Effect, eachInDoubt, inDoubt} from './effect.ts'
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

const isSame = (one: NetworkAclEntry, other: NetworkAclEntry): boolean =>
  one.RuleNumber === other.RuleNumber && one.Egress === other.Egress

const withEntries = (
  account: Account,
  aclId: string,
  change: (entries: readonly NetworkAclEntry[]) => readonly NetworkAclEntry[],
): Account =>
  withItem(account, 'NetworkAcls', 'NetworkAclId', aclId, (acl) => ({
    ...acl,
    Entries: 'unreadable' in acl.Entries ? acl.Entries : change(acl.Entries),
  }))

const withoutEntries = (account: Account, aclId: string, address: string): Account =>
  withItem(account, 'NetworkAcls', 'NetworkAclId', aclId, (acl) => ({
    ...acl,
    Entries: {unreadable: afterApply(address)},
  }))

export const networkAcl: Effect = {
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
    const updated = withPut(account, 'NetworkAcls', 'NetworkAclId', acl)
    return textsOf(SubnetIds).reduce((changed, subnet) => associated(changed, id, subnet), updated)
  },
  remove: (account, _, {id}) => {
    const deletedAcl = find(account.NetworkAcls, 'NetworkAclId', id)
    const subnets = deletedAcl?.Associations.flatMap(({SubnetId}) => SubnetId ?? []) ?? []
    const without = withItems(account, 'NetworkAcls', (acls) => acls.filter(({NetworkAclId}) => NetworkAclId !== id))
    return subnets.reduce((changed, subnet) => backToDefault(changed, subnet), without)
  },
}

export const networkAclEntry: Effect = {
  add: (account, properties, {address}) => {
    const acl = textOf(properties.NetworkAclId)
    if (acl === undefined)
      return eachInDoubt(account, 'NetworkAcls', properties.NetworkAclId, address, (model, id) =>
        withoutEntries(model, id, address),
      )
    if (hasUnknown(properties)) return withoutEntries(account, acl, address)
    const added = aclEntryOf(properties)
    return withEntries(account, acl, (entries) => [...entries.filter((entry) => !isSame(entry, added)), added])
  },
  remove: (account, properties) => {
    const acl = textOf(properties.NetworkAclId)
    const removed = aclEntryOf(properties)
    return acl === undefined
      ? account
      : withEntries(account, acl, (entries) => entries.filter((entry) => !isSame(entry, removed)))
  },
}

const unassociated = (account: Account, subnetId: string): Account =>
  withItems(account, 'NetworkAcls', (acls) =>
    acls.map((acl) => ({...acl, Associations: acl.Associations.filter(({SubnetId}) => SubnetId !== subnetId)})),
  )

const associated = (account: Account, aclId: string, SubnetId: string): Account =>
  withItems(account, 'NetworkAcls', (acls) =>
    acls.map((acl) => {
      const others = acl.Associations.filter((one) => one.SubnetId !== SubnetId)
      if (acl.NetworkAclId === aclId) return {...acl, Associations: [...others, {NetworkAclId: aclId, SubnetId}]}
      return others.length === acl.Associations.length ? acl : {...acl, Associations: others}
    }),
  )

/** A subnet always has a network ACL: without another one the default of its VPC. */
function backToDefault(account: Account, subnetId: string): Account {
  const ownVpcId = find(account.Subnets, 'SubnetId', subnetId)?.VpcId
  const fallback = itemsOf(account.NetworkAcls).find(({VpcId, IsDefault}) => VpcId === ownVpcId && IsDefault)
  return fallback ? associated(account, fallback.NetworkAclId, subnetId) : account
}

export const networkAclAssociation: Effect = {
  add: (account, {NetworkAclId, SubnetId}, {address}) => {
    const [acl, subnet] = [textOf(NetworkAclId), textOf(SubnetId)]
    if (subnet === undefined) return allInDoubt(account, 'NetworkAcls', address)
    const known = find(account.NetworkAcls, 'NetworkAclId', acl)
    return known
      ? associated(account, known.NetworkAclId, subnet)
      : inDoubt(unassociated(account, subnet), 'NetworkAcls', address)
  },
  remove: (account, {SubnetId}) => {
    const subnet = textOf(SubnetId)
    return subnet === undefined ? account : backToDefault(account, subnet)
  },
}
