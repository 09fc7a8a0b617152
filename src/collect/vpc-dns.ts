import {isUnreadable, itemsOf, type Reading, type Readings} from '../model/account.ts'
import {profileOf} from '../network/dns/profiles.ts'
import type {Aws} from './client/aws.ts'
import {join} from './client/paginate.ts'
import {hostsOf, type Place} from './service-names.ts'

type Profiles = Pick<Readings, 'ProfileAssociations' | 'ProfileResourceAssociations'>

/** What Route 53 Profiles add to the VPCs. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html */
export async function readProfiles(aws: Aws, vpcIds: readonly string[] | 'everywhere'): Promise<Profiles> {
  const {readProfileAssociations, readProfileResourceAssociations} = await import('./readings/route53-profiles.ts')
  const ProfileAssociations = await readProfileAssociations(aws, vpcIds)
  return {
    ProfileAssociations,
    ProfileResourceAssociations: await readProfileResourceAssociations(aws, ProfileAssociations),
  }
}

/** What is read for the VPCs themselves, and what their Profiles add. */
const withShared = <T extends {readonly Id: string}>(own: Reading<T>, shared: readonly T[]): Reading<T> =>
  shared.length === 0 ? own : join([own, shared], ({Id}) => Id)

/** With what Profiles add that is not among the own; it is read by its id. */
async function withOfProfiles<T extends {readonly Id: string}>(
  own: Promise<Reading<T>>,
  profiles: Promise<Profiles>,
  type: 'zones' | 'rules',
  read: (ids: readonly string[]) => Promise<readonly T[]>,
): Promise<Reading<T>> {
  const [known, all] = await Promise.all([own, profiles])
  const knownIds = new Set(itemsOf(known).map(({Id}) => Id))
  const ids = new Set(vpcsOf(all).flatMap((vpcId) => profileOf(all, vpcId)[type]))
  const missing = [...ids].filter((id) => !knownIds.has(id) && !knownIds.has(`/hostedzone/${id}`))
  return withShared(known, await read(missing))
}

const vpcsOf = ({ProfileAssociations}: Profiles): readonly string[] =>
  itemsOf(ProfileAssociations).map(({ResourceId}) => ResourceId)

export async function zonesFor(
  aws: Aws,
  vpcIds: readonly string[],
  place: Place,
  profiles: Promise<Profiles>,
): Promise<Readings['HostedZones']> {
  const {readHostedZones, readZonesOfProfile, withRecords} = await import('./readings/hosted-zones.ts')
  const own = readHostedZones(aws, vpcIds)
  const zones = await withOfProfiles(own, profiles, 'zones', (ids) => readZonesOfProfile(aws, ids))
  return withRecords(aws, zones, hostsOf(place), place.Caller?.Account)
}

export async function rulesFor(
  aws: Aws,
  vpcIds: readonly string[],
  profiles: Promise<Profiles>,
): Promise<Readings['ResolverRules']> {
  const {readResolverRules, readRulesOfProfile} = await import('./readings/resolver.ts')
  return withOfProfiles(readResolverRules(aws, vpcIds), profiles, 'rules', (ids) => readRulesOfProfile(aws, ids))
}

export async function firewallGroupsFor(
  aws: Aws,
  vpcIds: readonly string[],
  profiles: Promise<Profiles>,
): Promise<Readings['FirewallRuleGroupAssociations']> {
  const {readFirewallRuleGroups, readFirewallRuleGroupsOfProfile} = await import('./readings/resolver.ts')
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
