import {type Account, type Instance, isUnreadable, itemsOf} from './account.ts'
import type {Aws} from './aws.ts'
import {nothingAnswers, readCaller} from './caller.ts'
import {collectRoles, contextOf} from './collect.ts'
import * as identity from './collect-identity.ts'
import {readImageMetadataOf} from './collect-instances.ts'
import {collectNetwork} from './collect-network.ts'
import * as node from './collect-nodes.ts'
import {onceEach, together} from './read.ts'
import {usageError} from './usage-error.ts'
import * as vpc from './vpc-reads.ts'

/** What of a launch AWS has to be asked about. */
export interface Place {
  readonly subnet: string
  readonly groups: readonly string[]
  readonly role?: string | undefined
  readonly profile?: string | undefined
  readonly image?: string | undefined
}

const FAR = Promise.resolve(true)

/** The surroundings of a subnet, some groups and a role, as `collect` reads those of an instance. */
export async function collectPreflight(aws: Aws, place: Place): Promise<Account> {
  const ReadAt = new Date().toISOString()
  const caller = readCaller(aws)
  const found = vpc.readSubnets(aws, {filter: 'subnet-id', values: [place.subnet]})
  const known = Promise.all([caller, found]).then(([who, subnets]) => {
    nothingAnswers(aws, who, subnets)
    if (isUnreadable(subnets)) throw usageError(`Subnet ${place.subnet} could not be read: ${subnets.unreadable}.`)
    return {context: contextOf(aws, who, ReadAt), instance: standIn(place, itemsOf(subnets)[0]?.VpcId)}
  })
  const network = known.then(({context, instance}) => collectNetwork(aws, context, [instance]))
  const settings = node.readServiceSettings(aws)
  const roles = Promise.all([known, settings]).then(([{context, instance}, setting]) =>
    collectRoles(aws, context, [instance], setting, FAR),
  )
  const {context, around, who, named, ...kinds} = await together({
    context: known.then((all) => all.context),
    around: network,
    who: roles,
    named: place.role === undefined ? undefined : namedRole(aws, place.role),
    InstanceImageMetadata: place.image === undefined ? [] : readImageMetadataOf(aws, place.image),
    ServiceSettings: settings,
    SessionPreferences: node.readSessionPreferences(aws),
  })
  const {NatInstances, ...rest} = around
  return {
    ...context,
    Instances: NatInstances,
    InstanceStatuses: [],
    IamInstanceProfileAssociations: [],
    ConsoleOutputs: [],
    InstanceInformationList: [],
    ConnectionStatuses: [],
    InstanceAssociations: [],
    CoveredResources: [],
    AccountStatuses: [],
    ...kinds,
    ...rest,
    InstanceProfiles: who.InstanceProfiles,
    Roles: both(who.Roles, named?.roles),
    Policies: both(who.Policies, named?.policies),
    PolicySimulations: both(who.PolicySimulations, named?.simulations),
  }
}

/** No more of an instance than leads to its surroundings. */
const standIn = ({subnet, groups, profile}: Place, VpcId: string | undefined): Instance => ({
  InstanceId: 'preflight',
  State: {Name: 'running'},
  SubnetId: subnet,
  ...(VpcId !== undefined && {VpcId}),
  ...(profile !== undefined && {IamInstanceProfile: {Arn: profile, Id: undefined}}),
  SecurityGroups: groups.map((GroupId) => ({GroupId})),
  NetworkInterfaces: [{SubnetId: subnet, Groups: groups.map((GroupId) => ({GroupId}))}],
  Tags: [],
})

const namedRole = (aws: Aws, role: string) =>
  identity.readRole(
    aws,
    role,
    onceEach((arn) => identity.readPolicy(aws, arn)),
    FAR,
  )

function both<T extends {readonly Arn: string} | {readonly PolicySourceArn: string}>(
  found: readonly T[] | {readonly unreadable: string},
  named: readonly T[] = [],
) {
  if (isUnreadable(found)) return found
  return [...new Map([...found, ...named].map((item) => [JSON.stringify(item), item])).values()]
}
