import {isUnreadable, itemsOf, type Reading, type Readings} from '../model/account.ts'
import {profileOf} from '../network/dns/profiles.ts'
import type {Aws} from './aws.ts'
import {join} from './paginate.ts'

type Profiles = Pick<Readings, 'ProfileAssociations' | 'ProfileResourceAssociations'>

/** What Route 53 Profiles add to the VPCs. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html */
export async function readProfiles(aws: Aws, vpcIds: readonly string[] | 'everywhere'): Promise<Profiles> {
  const {readProfileAssociations, readProfileResourceAssociations} = await import('./profiles.ts')
  const ProfileAssociations = await readProfileAssociations(aws, vpcIds)
  return {
    ProfileAssociations,
    ProfileResourceAssociations: await readProfileResourceAssociations(aws, ProfileAssociations),
  }
}

/** What is read for the VPCs themselves, and what their Profiles add. */
const withShared = <T extends {readonly Id: string}>(own: Reading<T>, shared: readonly T[]): Reading<T> =>
  shared.length === 0 ? own : join([own, shared], ({Id}) => Id)

const idsOf = (profiles: Profiles, type: 'zones' | 'rules'): readonly string[] => [
  ...new Set(vpcsOf(profiles).flatMap((vpcId) => profileOf(profiles, vpcId)[type])),
]

const vpcsOf = ({ProfileAssociations}: Profiles): readonly string[] =>
  itemsOf(ProfileAssociations).map(({ResourceId}) => ResourceId)

export async function zonesFor(
  aws: Aws,
  vpcIds: readonly string[],
  hosts: readonly string[],
  profiles: Promise<Profiles>,
): Promise<Readings['HostedZones']> {
  const {readHostedZones, readZonesOfProfile} = await import('./hosted-zones.ts')
  const [own, ids] = await Promise.all([
    readHostedZones(aws, vpcIds, hosts),
    profiles.then((all) => idsOf(all, 'zones')),
  ])
  const known = new Set(itemsOf(own).map(({Id}) => Id))
  const missing = ids.filter((id) => !known.has(`/hostedzone/${id}`))
  return withShared(own, await readZonesOfProfile(aws, missing, hosts))
}

export async function rulesFor(
  aws: Aws,
  vpcIds: readonly string[],
  profiles: Promise<Profiles>,
): Promise<Readings['ResolverRules']> {
  const {readResolverRules, readRulesOfProfile} = await import('./resolver.ts')
  const [own, ids] = await Promise.all([readResolverRules(aws, vpcIds), profiles.then((all) => idsOf(all, 'rules'))])
  const known = new Set(itemsOf(own).map(({Id}) => Id))
  const missing = ids.filter((id) => !known.has(id))
  return withShared(own, await readRulesOfProfile(aws, missing))
}

export async function firewallGroupsFor(
  aws: Aws,
  vpcIds: readonly string[],
  profiles: Promise<Profiles>,
): Promise<Readings['FirewallRuleGroupAssociations']> {
  const {readFirewallRuleGroups, readFirewallRuleGroupsOfProfile} = await import('./resolver.ts')
  const [own, all] = await Promise.all([readFirewallRuleGroups(aws, vpcIds), profiles])
  const groups = vpcsOf(all).flatMap((vpcId) => {
    const profile = profileOf(all, vpcId)
    return profile.firewallGroups.map(({id, priority}) => ({
      associationId: `${profile.id} ${vpcId} ${id}`,
      groupId: id,
      vpcId,
      priority,
    }))
  })
  return isUnreadable(own) && groups.length === 0
    ? own
    : withShared(own, await readFirewallRuleGroupsOfProfile(aws, groups))
}
