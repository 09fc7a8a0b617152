import {
  DescribeImagesCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  EC2Client,
  type Image,
} from '@aws-sdk/client-ec2'
import {
  type Account,
  type Instance,
  type InstanceImageMetadata,
  isUnreadable,
  itemsOf,
  NO_HISTORY,
  type Reading,
  type Unreadable,
  whyUnreadable,
} from '../model/account.ts'
import {PREFLIGHT_INSTANCE} from '../model/instance.ts'
import {uniqueBy} from '../util/group-by.ts'
import {defined} from '../util/json.ts'
import {usageError} from '../util/usage-error.ts'
import {assertReachable, contextOf, readCaller} from './caller.ts'
import type {Aws} from './client/aws.ts'
import {pagesOf, send} from './client/calls.ts'
import {awaitAll, ifExists, readOr} from './client/paginate.ts'
import {collectNetwork} from './network.ts'
import {organizationReader} from './organization-reader.ts'
import * as node from './readings/nodes.ts'
import * as vpc from './readings/vpc.ts'
import {collectRoles, roleReader} from './roles.ts'
import {validateAccount} from './validate-account.ts'

/** What has to be read from AWS for a launch. */
export interface LaunchPlace {
  readonly subnet: string
  readonly groups: readonly string[]
  readonly role?: string | undefined
  readonly profile?: string | undefined
  readonly image?: string | undefined
}

const ALWAYS = Promise.resolve(true)

/** The network of a launch, and what account files do not contain about it. */
export interface LaunchNetwork {
  readonly account: Account
  /** Whether the image exists; undefined if none was named, or it could not be read. */
  readonly hasImage?: boolean
  /** The operating system, as AWS names it. */
  readonly platformDetails?: string
  /** Groups of other VPCs that can be used in the subnet's VPC. */
  readonly associated: readonly string[]
}

/** The network of a subnet, some groups and a role, as `collect` reads it for an instance. */
export async function collectPreflight(aws: Aws, place: LaunchPlace): Promise<LaunchNetwork> {
  const ReadAt = new Date().toISOString()
  const caller = readCaller(aws)
  const found = vpc.readSubnets(aws, {filter: 'subnet-id', values: [place.subnet]})
  const known = Promise.all([caller, found]).then(([identity, subnets]) => {
    assertReachable(aws, identity, subnets)
    if (isUnreadable(subnets)) throw usageError(`Subnet ${place.subnet} could not be read: ${subnets.unreadable}.`)
    return {context: contextOf(aws, identity, ReadAt), instance: placeholderInstance(place, itemsOf(subnets)[0]?.VpcId)}
  })
  const network = known.then(({context, instance}) => collectNetwork(aws, context, [instance]))
  const settings = node.readServiceSettings(aws)
  const roles = Promise.all([known, settings]).then(([{context, instance}, setting]) =>
    collectRoles(aws, context, [instance], setting, ALWAYS),
  )
  const namedRole = place.role === undefined ? undefined : roleReader(aws, ALWAYS)(place.role)
  const {context, around, who, named, image, associated, ...kinds} = await awaitAll({
    context: known.then((all) => all.context),
    around: network,
    who: roles,
    named: namedRole,
    Organization: Promise.all([roles, namedRole, network]).then(([who, named, {VpcEndpoints}]) =>
      organizationReader()(aws, who.Roles, who.Policies, named?.roles ?? [], named?.policies ?? [], VpcEndpoints),
    ),
    image: place.image === undefined ? [] : readImages(aws, place.image),
    associated: Promise.all([known, network]).then(([{instance}, {SecurityGroups}]) =>
      associatedWith(aws, instance.VpcId, place.groups, itemsOf(SecurityGroups)),
    ),
    ServiceSettings: settings,
    SessionPreferences: node.readSessionPreferences(aws),
  })
  const {NatInstances, ...rest} = around
  const [ami] = itemsOf(image)
  return {
    ...(place.image !== undefined && !isUnreadable(image) && {hasImage: ami !== undefined}),
    ...(ami?.PlatformDetails !== undefined && {platformDetails: ami.PlatformDetails}),
    associated,
    account: validateAccount({
      ...context,
      ...OF_NO_INSTANCE,
      ...NO_HISTORY,
      Instances: NatInstances,
      InstanceImageMetadata: isUnreadable(image) ? whyUnreadable(image) : image.map(metadataOf),
      ...kinds,
      ...rest,
      InstanceProfiles: who.InstanceProfiles,
      Roles: both(who.Roles, named?.roles),
      Policies: both(who.Policies, named?.policies),
      PolicySimulations: both(who.PolicySimulations, named?.simulations),
    }),
  }
}

/** What AWS would list only for an instance. */
const OF_NO_INSTANCE = {
  InstanceStatuses: [],
  IamInstanceProfileAssociations: [],
  ConsoleOutputs: [],
  InstanceInformationList: [],
  ConnectionStatuses: [],
  InstanceAssociations: [],
  ActivationList: [],
  CoveredResources: [],
  AccountStatuses: [],
}

const NO_SUCH_IMAGE = ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable', 'InvalidAMIID.Malformed']

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
const readImages = (aws: Aws, id: string): Promise<Reading<Image>> =>
  readOr('ec2:DescribeImages', async () => {
    const answer = await ifExists(NO_SUCH_IMAGE, () =>
      send(aws, EC2Client, new DescribeImagesCommand({ImageIds: [id]})),
    )
    return answer?.Images ?? []
  })

/** What DescribeInstanceImageMetadata would return once the instance exists. */
const metadataOf = ({ImageId, Name, OwnerId, ImageOwnerAlias}: Image): InstanceImageMetadata => ({
  InstanceId: PREFLIGHT_INSTANCE,
  ImageMetadata: defined({ImageId, Name, OwnerId, ImageOwnerAlias}),
})

/**
 * A group of another VPC can be used if it is associated.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html
 */
async function associatedWith(
  aws: Aws,
  vpcId: string | undefined,
  requested: readonly string[],
  groups: readonly {readonly GroupId: string; readonly VpcId?: string | undefined}[],
): Promise<readonly string[]> {
  const foreign = groups.filter(({GroupId, VpcId}) => requested.includes(GroupId) && VpcId !== vpcId)
  if (foreign.length === 0 || vpcId === undefined) return []
  const Filters = [
    {Name: 'group-id', Values: foreign.map(({GroupId}) => GroupId)},
    {Name: 'vpc-id', Values: [vpcId]},
  ]
  const found = await readOr('ec2:DescribeSecurityGroupVpcAssociations', () => vpcsOfGroups(aws, {Filters}))
  // If the call is denied, the groups are assumed to be usable.
  if (isUnreadable(found)) return foreign.map(({GroupId}) => GroupId)
  return found.flatMap(({GroupId, State}) => (GroupId !== undefined && State === 'associated' ? [GroupId] : []))
}

const vpcsOfGroups = pagesOf(EC2Client, DescribeSecurityGroupVpcAssociationsCommand, 'SecurityGroupVpcAssociations')

/** Only the fields of an instance that lead to its network. */
const placeholderInstance = ({subnet, groups, profile}: LaunchPlace, VpcId: string | undefined): Instance => ({
  InstanceId: PREFLIGHT_INSTANCE,
  State: {Name: 'running'},
  SubnetId: subnet,
  ...(VpcId !== undefined && {VpcId}),
  ...(profile !== undefined && {IamInstanceProfile: {Arn: profile, Id: undefined}}),
  SecurityGroups: groups.map((GroupId) => ({GroupId})),
  NetworkInterfaces: [{SubnetId: subnet, Groups: groups.map((GroupId) => ({GroupId}))}],
  Tags: [],
})

function both<T extends {readonly Arn: string} | {readonly PolicySourceArn: string}>(
  found: readonly T[] | Unreadable,
  named: readonly T[] = [],
) {
  if (isUnreadable(found)) return found
  return uniqueBy([...found, ...named], (item) => JSON.stringify(item))
}
