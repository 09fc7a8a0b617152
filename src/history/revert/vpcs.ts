import {isUnreadable} from '../../model/account.ts'
import {edit, editAll, editList, put, remove} from '../../model/effect.ts'
import {HOST_MANAGEMENT_SETTING, NO_ROLE} from '../../model/kinds.ts'
import {find} from '../../model/lists.ts'
import {hostedZoneId} from '../../network/dns/name.ts'
import {
  attachInternetGateway,
  createBlockPublicAccessExclusion,
  detachInternetGateway,
  natGatewayIn,
} from '../../remedies/changes/gateways.ts'
import {
  associateDhcpOptions,
  associateZone,
  disassociateZone,
  setDns64,
  setVpcAttribute,
} from '../../remedies/changes/names.ts'
import {changeHostManagement} from '../../remedies/changes/new-roles.ts'
import {activateRoutesTo} from '../../remedies/changes/routes.ts'
import {type Change, change, onModel, setting} from '../../remedies/core/change.ts'
import {ec2} from '../../remedies/core/remedy.ts'
import {lastPart} from '../../util/last-part.ts'
import type {ChangeEvent} from '../event.ts'
import {flagIn, type Parameters, partIn, partsIn, textIn} from '../parameters.ts'
import {formerly, NOTHING, type Revert, toggled} from './context.ts'
import {placeNamedBy, revertSetting} from './setting.ts'

const ATTRIBUTES = [
  ['enableDnsSupport', 'EnableDnsSupport'],
  ['enableDnsHostnames', 'EnableDnsHostnames'],
] as const

/** A call sets one attribute, which is enabled or disabled; setting it to its current value changes nothing. */
const revertAttribute: Revert = ({event, older, recorded}) => {
  const VpcId = textIn(event.request, 'vpcId')
  const [name, field] = ATTRIBUTES.find(([one]) => flagIn(event.request, one) !== undefined) ?? []
  if (VpcId === undefined || name === undefined || field === undefined) return undefined
  const now = flagIn(event.request, name)
  const known = recorded && find(recorded.VpcAttributes, 'VpcId', VpcId)?.[field].Value
  const former =
    known ?? formerly(older, ({request}) => (textIn(request, 'vpcId') === VpcId ? flagIn(request, name) : undefined))
  return toggled(now === true, former, (value) => setVpcAttribute(VpcId, field, value), `${name} was ${!now}`)
}

/** Of what a call sets for a subnet, only DNS64 decides what an instance reaches. */
const revertDns64: Revert = ({event, older}) => {
  const SubnetId = textIn(event.request, 'subnetId')
  const now = flagIn(event.request, 'enableDns64')
  if (now === undefined) return NOTHING
  if (SubnetId === undefined) return undefined
  const former = formerly(older, ({request}) =>
    textIn(request, 'subnetId') === SubnetId ? flagIn(request, 'enableDns64') : undefined,
  )
  return toggled(now, former, (value) => setDns64(SubnetId, value), `enableDns64 was ${!now}`)
}

const byVpc = placeNamedBy({vpc: 'vpcId'})

const dhcpOptions = revertSetting({
  placeIn: byVpc,
  after: {AssociateDhcpOptions: (request) => textIn(request, 'dhcpOptionsId')},
  recorded: (account, {vpc}) => find(account.Vpcs, 'VpcId', vpc)?.DhcpOptionsId,
  change: ({vpc}, [now, before], {DhcpOptions}) =>
    before !== null && (before === 'default' || find(DhcpOptions, 'DhcpOptionsId', before))
      ? associateDhcpOptions(vpc, [now ?? undefined, before])
      : undefined,
})

const gatewayAttachment =
  (isAttached: boolean): Revert =>
  ({account, event}) => {
    const [id, VpcId] = [textIn(event.request, 'internetGatewayId'), textIn(event.request, 'vpcId')]
    if (id === undefined || VpcId === undefined) return undefined
    if (isAttached) return {change: detachInternetGateway(id, VpcId)}
    return find(account.InternetGateways, 'InternetGatewayId', id) && {change: attachInternetGateway(id, VpcId)}
  }

/**
 * EC2 lists a deleted NAT gateway for about an hour; the model restores it during that time, and later with what the call
 * that created it shows.
 */
const revertNatDeletion: Revert = ({account, event, older}) => {
  const id = textIn(event.request, 'natGatewayId')
  if (id === undefined) return undefined
  const isListed = find(account.NatGateways, 'NatGatewayId', id) !== undefined
  const made = isListed ? undefined : formerly(older, (one) => createdNat(one, id))
  const subnet = find(account.Subnets, 'SubnetId', textIn(made, 'subnetId'))
  if (!isListed && (subnet === undefined || textIn(made, 'connectivityType') === 'private')) return undefined
  const restored = subnet
    ? put('NatGateways', natGatewayIn(subnet, id))
    : edit('NatGateways', id, ({DeleteTime: _, ...gateway}) => ({...gateway, State: 'available' as const}))
  return {change: onModel(restored, activateRoutesTo(id))}
}

function createdNat({name, response}: ChangeEvent, id: string): Parameters | undefined {
  const gateway = name === 'CreateNatGateway' ? partIn(response, 'natGateway') : undefined
  return textIn(gateway, 'natGatewayId') === id ? gateway : undefined
}

const revertNatCreation: Revert = ({event}) => {
  const id = textIn(partIn(event.response, 'natGateway'), 'natGatewayId')
  return id === undefined ? undefined : {change: onModel(remove('NatGateways', id))}
}

type Mode = 'off' | 'block-bidirectional' | 'block-ingress'
const isMode = (text: string | undefined): text is Mode =>
  text === 'off' || text === 'block-bidirectional' || text === 'block-ingress'

/** Only an earlier call shows which of the three modes was set before; an account begins with `off`. */
const revertBlockPublicAccess: Revert = ({event, older}) => {
  const now = textIn(event.request, 'internetGatewayBlockMode')
  const former = formerly(older, ({name, request}) =>
    name === 'ModifyVpcBlockPublicAccessOptions' ? textIn(request, 'internetGatewayBlockMode') : undefined,
  )
  const before = former ?? 'off'
  if (!isMode(now) || !isMode(before)) return undefined
  if (before === now) return NOTHING
  return {
    change: changeBlockMode([now, before]),
    ...(former === undefined && {assumption: 'that the mode was off before, which CloudTrail does not record'}),
  }
}

const changeBlockMode = ([from, to]: readonly [from: Mode, to: Mode]): Change => {
  const state = {BlockPublicAccessStates: {InternetGatewayBlockMode: to}}
  return setting(
    (InternetGatewayBlockMode: Mode) => ec2('ModifyVpcBlockPublicAccessOptions', {InternetGatewayBlockMode}),
    [from, to],
    [
      editAll('Vpcs', (one) => ({...one, ...state})),
      editAll('Subnets', (one) => ({...one, ...state})),
      editAll('VpcBlockPublicAccessOptions', (one) => ({...one, InternetGatewayBlockMode: to})),
    ],
  )
}

/**
 * The response has what was excluded.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcBlockPublicAccessExclusion.html
 */
const revertExclusion: Revert = ({event}) => {
  const exclusion = partIn(event.response, 'vpcBlockPublicAccessExclusion')
  const mode = textIn(exclusion, 'internetGatewayExclusionMode')
  const id = lastPart(textIn(exclusion, 'resourceArn') ?? '')
  if (id === '' || (mode !== 'allow-egress' && mode !== 'allow-bidirectional')) return undefined
  return {change: createBlockPublicAccessExclusion(id.startsWith('vpc-') ? {VpcId: id} : {SubnetId: id}, mode)}
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html */
const revertPrefixList: Revert = ({account, event}) => {
  const id = textIn(event.request, 'prefixListId')
  const entries = (...names: readonly string[]) =>
    names.flatMap((name) => partsIn(event.request, name)).flatMap((one) => textIn(one, 'cidr') ?? [])
  const [added, removed] = [entries('addEntry', 'addEntries'), entries('removeEntry', 'removeEntries')]
  const list = find(account.ManagedPrefixLists, 'PrefixListId', id)
  if (id === undefined || !list || isUnreadable(list.Entries)) return undefined
  const changes = {
    ...(removed.length > 0 && {AddEntries: removed.map((Cidr) => ({Cidr}))}),
    ...(added.length > 0 && {RemoveEntries: added.map((Cidr) => ({Cidr}))}),
  }
  const version = list.Version === undefined ? {} : {CurrentVersion: list.Version}
  return {
    change: change({
      calls: ec2('ModifyManagedPrefixList', {PrefixListId: id, ...version, ...changes}),
      effects: editList('ManagedPrefixLists', id, 'Entries', (entries) => [
        ...entries.filter(({Cidr}) => !added.includes(Cidr ?? '')),
        ...removed.map((Cidr) => ({Cidr, Description: undefined})),
      ]),
    }),
  }
}

/** The VPC of a private hosted zone; CloudTrail writes `vPC: {vPCId}`. */
const zoneAssociation =
  (isAssociated: boolean): Revert =>
  ({account, event}) => {
    const zone = find(account.HostedZones, 'Id', hostedZoneId(textIn(event.request, 'hostedZoneId') ?? ''))
    const vpc = partIn(event.request, 'vPC')
    const [id, region] = [textIn(vpc, 'vPCId'), textIn(vpc, 'vPCRegion')]
    if (!zone || id === undefined || region === undefined) return undefined
    return {change: isAssociated ? disassociateZone(zone, id, region) : associateZone(zone, id, region)}
  }

const isHostManagement = (id: string | undefined): boolean => id?.endsWith(HOST_MANAGEMENT_SETTING) ?? false
function hostRoleAfter({name, request, response}: ChangeEvent): string | undefined {
  if (name === 'DeregisterDefaultHostManagementConfiguration') return NO_ROLE
  if (name === 'RegisterDefaultHostManagementConfiguration')
    return (textIn(response, 'roleArn') ?? textIn(request, 'roleArn'))?.replace(/^.*?:role\//, '')
  if (!isHostManagement(textIn(request, 'settingId'))) return undefined
  return name === 'ResetServiceSetting' ? NO_ROLE : textIn(request, 'settingValue')
}

/**
 * A role is registered in place of another only if the call says so.
 * https://docs.aws.amazon.com/cli/latest/reference/ssm/register-default-host-management-configuration.html
 */
const isFirstRole = ({name, request}: ChangeEvent): boolean =>
  name === 'RegisterDefaultHostManagementConfiguration' && flagIn(request, 'overwrite') !== true

const hostManagement: Revert = ({event, older}) => {
  if (/ServiceSetting$/.test(event.name) && !isHostManagement(textIn(event.request, 'settingId'))) return NOTHING
  const before = formerly(older, hostRoleAfter) ?? (isFirstRole(event) ? NO_ROLE : undefined)
  return before === undefined ? undefined : {change: changeHostManagement([hostRoleAfter(event), before])}
}

export const VPCS: Readonly<Record<string, Revert>> = {
  ModifyVpcAttribute: revertAttribute,
  ModifySubnetAttribute: revertDns64,
  AssociateDhcpOptions: dhcpOptions,
  AttachInternetGateway: gatewayAttachment(true),
  DetachInternetGateway: gatewayAttachment(false),
  DeleteNatGateway: revertNatDeletion,
  CreateNatGateway: revertNatCreation,
  ModifyVpcBlockPublicAccessOptions: revertBlockPublicAccess,
  DeleteVpcBlockPublicAccessExclusion: revertExclusion,
  ModifyManagedPrefixList: revertPrefixList,
  AssociateVPCWithHostedZone: zoneAssociation(true),
  DisassociateVPCFromHostedZone: zoneAssociation(false),
  UpdateServiceSetting: hostManagement,
  ResetServiceSetting: hostManagement,
  RegisterDefaultHostManagementConfiguration: hostManagement,
  DeregisterDefaultHostManagementConfiguration: hostManagement,
}
