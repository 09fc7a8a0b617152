import {profileNamed} from '../../iam/profile.ts'
import {type Account, type Instance, type InstanceNetworkInterface, itemsOf} from '../../model/account.ts'
import {edit, editAll, editEach, inOrder, put, remove, removeWhere, set} from '../../model/effect.ts'
import {groupIdsOf, primaryInterfaceOf, withGroups} from '../../model/instance.ts'
import {defaultGroupsOf, launchedInstance, launcherOf, withPublicAddress} from '../../model/launched-instance.ts'
import {allWith, find} from '../../model/lists.ts'
import {setSourceDestCheck} from '../../remedies/changes/gateways.ts'
import {setRoutesTo} from '../../remedies/changes/routes.ts'
import {freeAddress} from '../../remedies/core/endpoint-interface.ts'
import {
  hasUnknown,
  isKnown,
  isTrue,
  numberOf,
  objectOf,
  type Properties,
  plannedId,
  textOf,
  textsOf,
} from '../resource.ts'
import {removalOfTarget} from './gateways.ts'
import {
  afterApply,
  arnOf,
  changedOf,
  groupsIn,
  itemUnknown,
  type ResourceEffect,
  someUnknown,
  tagsAfter,
} from './resource-effect.ts'

/** An instance of the account after the plan, or one that the plan would launch. */
export const instance: ResourceEffect = {
  add: (account, properties, {id, address, before = {}}) => {
    const known = find(account.Instances, 'InstanceId', id)
    const subnet = textOf(properties.SubnetId)
    const isMoved = known && subnet !== undefined && subnet !== known.SubnetId
    return known && !isMoved
      ? withChanges(account, known, [before, changedOf(known, properties, before)], address)
      : withLaunch(account, properties, id, address)
  },
  remove: (account, _, {id}) => {
    const {NetworkInterfaces = []} = find(account.Instances, 'InstanceId', id) ?? {}
    const targets = [id, ...NetworkInterfaces.flatMap(({NetworkInterfaceId}) => NetworkInterfaceId ?? [])]
    return inOrder(remove('Instances', id), ...targets.map((one) => setRoutesTo(one, 'blackhole')))(account)
  },
}

function withChanges(
  account: Account,
  known: Instance,
  [before, properties]: readonly [before: Properties, after: Properties],
  address: string,
): Account {
  // Rules of endpoints can name any of its groups as their source.
  if (hasUnknown(properties.SecurityGroupIds)) return itemUnknown(account, 'Instances', known.InstanceId, address)
  const groups = properties.SecurityGroupIds === undefined ? undefined : groupsIn(properties.SecurityGroupIds)
  const updated = withForwarding(
    withUnknownProfile(withoutAssociation(account, known, properties), properties, address),
    primaryInterfaceOf(known)?.NetworkInterfaceId,
    properties,
  )
  return edit('Instances', known.InstanceId, (item) => ({
    ...withProfile(account, groups ? withGroups(item, groups) : item, properties.IamInstanceProfile, address),
    ...metadataOf(properties, item),
    ...tagsAfter(item.Tags, before.Tags, properties.Tags),
  }))(updated)
}

/** Whether an interface accepts packets that are not addressed to it, as one of a NAT instance must. */
const withForwarding = (account: Account, interfaceId: string | undefined, {SourceDestCheck}: Properties): Account =>
  interfaceId === undefined || SourceDestCheck === undefined || !isKnown(SourceDestCheck)
    ? account
    : allWith(account.Instances, interfacesOf, interfaceId).reduce(
        (model, item) => setSourceDestCheck(item, interfaceId, isTrue(SourceDestCheck)).apply(model),
        account,
      )

const interfacesOf = ({NetworkInterfaces}: Instance) => NetworkInterfaces.map((eni) => eni.NetworkInterfaceId)

/** Without a profile the instance has no association. */
const withoutAssociation = (account: Account, {InstanceId}: Instance, {IamInstanceProfile}: Properties): Account =>
  IamInstanceProfile === '' ? remove('IamInstanceProfileAssociations', InstanceId, 'InstanceId')(account) : account

/** A profile known only after apply is not in the account: it is unread. */
const withUnknownProfile = (account: Account, {IamInstanceProfile}: Properties, address: string): Account =>
  isKnown(IamInstanceProfile)
    ? account
    : put('InstanceProfiles', {
        Arn: arnOf(account, 'instance-profile', plannedId('profile', address)),
        unreadable: afterApply(address),
      })(account)

function withProfile(account: Account, item: Instance, profile: unknown, address: string): Instance {
  if (profile === undefined) return item
  const {IamInstanceProfile: _, ...rest} = item
  const found = profileOf(account, profile, address)
  return found ? {...rest, IamInstanceProfile: found} : rest
}

const profileOf = (account: Account, profile: unknown, address: string): Instance['IamInstanceProfile'] => {
  const name = isKnown(profile) ? (textOf(profile) ?? '') : plannedId('profile', address)
  if (name === '') return undefined
  const found = profileNamed(account, name)
  return found ? {Arn: found.Arn, Id: found.InstanceProfileId} : {Arn: arnOf(account, 'instance-profile', name)}
}

function metadataOf(
  {MetadataOptions}: Properties,
  {MetadataOptions: known}: Pick<Instance, 'MetadataOptions'>,
): Partial<Instance> {
  if (MetadataOptions === undefined || hasUnknown(MetadataOptions)) return {}
  const {HttpEndpoint, HttpTokens, HttpPutResponseHopLimit} = objectOf(MetadataOptions)
  return {
    MetadataOptions: {
      ...known,
      ...(textOf(HttpEndpoint) !== undefined && {HttpEndpoint}),
      ...(textOf(HttpTokens) !== undefined && {HttpTokens}),
      ...(HttpPutResponseHopLimit !== undefined && {HttpPutResponseHopLimit: numberOf(HttpPutResponseHopLimit)}),
      State: 'applied',
    },
  } as Partial<Instance>
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html */
const METADATA = {
  HttpEndpoint: 'enabled',
  HttpTokens: 'optional',
  HttpPutResponseHopLimit: 2,
  State: 'applied',
} as const

/** The id on the model of the interface that an instance is launched with. */
export const interfaceIdOf = (instanceId: string): string => plannedId('eni', instanceId)

function withLaunch(account: Account, properties: Properties, id: string, address: string): Account {
  const {SubnetId, SecurityGroupIds, IamInstanceProfile, ImageId, AssociatePublicIpAddress, InstanceType} = properties
  const ownSubnet = find(account.Subnets, 'SubnetId', textOf(SubnetId))
  // A launch template outside the plan may set a profile and groups.
  if (!ownSubnet || hasUnknown(SecurityGroupIds) || 'LaunchTemplate' in properties)
    return itemUnknown(account, 'Instances', id, address)
  const groups = textsOf(SecurityGroupIds)
  const isPublic =
    AssociatePublicIpAddress === undefined || !isKnown(AssociatePublicIpAddress)
      ? (ownSubnet.MapPublicIpOnLaunch ?? false)
      : isTrue(AssociatePublicIpAddress)
  const launched = launchedInstance({
    id,
    interfaceId: interfaceIdOf(id),
    account: launcherOf(account, ownSubnet),
    subnet: ownSubnet,
    address: freeAddress(account, ownSubnet) ?? '',
    publicIp: isPublic ? '203.0.113.2' : undefined,
    groups: groups.length > 0 ? groups : defaultGroupsOf(account, ownSubnet.VpcId),
    profile: profileOf(account, IamInstanceProfile, address),
    image: textOf(ImageId),
    instanceType: textOf(InstanceType),
    platform: 'Linux/UNIX',
  })
  const updated = put('Instances', {
    ...launched,
    // Long enough ago that its registration is not expected any longer.
    LaunchTime: new Date(Date.parse(account.ReadAt) - 86_400_000).toISOString(),
    SourceDestCheck: true,
    MetadataOptions: METADATA,
    ...metadataOf(properties, {MetadataOptions: METADATA}),
    ...tagsAfter(launched.Tags, undefined, properties.Tags),
  })(withUnknownProfile(account, properties, address))
  return withForwarding(updated, primaryInterfaceOf(launched)?.NetworkInterfaceId, properties)
}

/**
 * Where the instances are that were launched from a template: EC2 tags them with its id.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
 */
const subnetsOfTemplate = (account: Account, id: string): readonly string[] => [
  ...new Set(
    itemsOf(account.Instances).flatMap(({Tags, SubnetId}) =>
      Tags?.some(({Key, Value}) => Key === 'aws:ec2launchtemplate:id' && Value === id) ? (SubnetId ?? []) : [],
    ),
  ),
]

/** A launch template or an Auto Scaling group: one instance represents those in each of its subnets. */
export const fleet: ResourceEffect = {
  add: (account, properties, resource) => {
    const {SubnetIds} = properties
    const inUse = !isKnown(SubnetIds) ? subnetsOfTemplate(account, resource.id) : []
    const subnets = inUse.length > 0 ? inUse : textsOf(SubnetIds)
    const isSure = inUse.length > 0 || !hasUnknown(SubnetIds)
    return subnets.reduce(
      (changed, SubnetId, at) =>
        withLaunch(
          changed,
          {...properties, SubnetId},
          `${resource.id}${at === 0 ? '' : `#${at + 1}`}`,
          resource.address,
        ),
      isSure ? account : someUnknown(account, 'Instances', resource.address),
    )
  },
  /** Its instances are terminated with it. */
  remove: (account, _, {id}) =>
    removeWhere(
      'Instances',
      ({Tags}) => !!Tags?.some(({Key, Value}) => Key === 'aws:autoscaling:groupName' && Value === id),
    )(account),
}

/** An interface that is a resource of its own: its settings are those of the instance that it is attached to. */
export const networkInterface: ResourceEffect = {
  add: (account, properties, {id, address}) => {
    const {SecurityGroupIds} = properties
    const users = allWith(account.Instances, interfacesOf, id)
    if (hasUnknown(SecurityGroupIds))
      return users.reduce((model, {InstanceId}) => itemUnknown(model, 'Instances', InstanceId, address), account)
    const Groups = groupsIn(SecurityGroupIds)
    const grouped =
      SecurityGroupIds === undefined
        ? account
        : inOrder(
            set('NetworkInterfaces', id, {Groups}),
            editEach('Instances', interfacesOf, id, (item) =>
              withGroups(
                item,
                Groups,
                item.NetworkInterfaces.find((eni) => eni.NetworkInterfaceId === id),
              ),
            ),
          )(account)
    return withForwarding(grouped, id, properties)
  },
  remove: removalOfTarget('NetworkInterfaces'),
}

/** The instance, and the interface of it that a resource names, by default the primary one. */
type InstanceChange = (item: Instance, eni: InstanceNetworkInterface, properties: Properties) => Instance

/** A resource that belongs to an interface of an instance. */
const interfacePart = (join: InstanceChange, leave: InstanceChange): ResourceEffect => {
  const effect =
    (change: InstanceChange): ResourceEffect['add'] =>
    (account, properties) => {
      const [instanceId, interfaceId] = [textOf(properties.InstanceId), textOf(properties.NetworkInterfaceId)]
      return editAll('Instances', (item) => {
        const named = item.NetworkInterfaces.find(({NetworkInterfaceId: id}) => id !== undefined && id === interfaceId)
        const eni = named ?? (item.InstanceId === instanceId ? primaryInterfaceOf(item) : undefined)
        return eni ? change(item, eni, properties) : item
      })(account)
    }
  return {add: effect(join), remove: effect(leave), isPart: true}
}

/** An Elastic IP address of an instance, or of its network interface. */
export const publicAddress = interfacePart(
  (item, eni) => withPublicAddress(item, eni, '203.0.113.3'),
  (item, eni) => withPublicAddress(item, eni),
)

/** An additional security group of a network interface. */
export const interfaceGroup = interfacePart(
  (item, eni, {SecurityGroupId}) => withGroups(item, groupsIn([...groupIdsOf(item, eni), SecurityGroupId]), eni),
  (item, eni, {SecurityGroupId}) =>
    withGroups(item, groupsIn(groupIdsOf(item, eni).filter((id) => id !== SecurityGroupId)), eni),
)
