import {type Account, isUnreadable} from '../../model/account.ts'
import {edit, editAll, editList, inOrder, remove, set} from '../../model/effect.ts'
import {find} from '../../model/joins.ts'
import {attachInternetGateway} from '../../remedies/changes/gateways.ts'
import {associateZone, disassociateZone} from '../../remedies/changes/names.ts'
import {activateRoutesTo} from '../../remedies/changes/routes.ts'
import {ec2, ssm} from '../../remedies/core/remedy.ts'
import {flagIn, partIn, partsIn, textIn} from '../parameters.ts'
import {formerly, NOTHING, onModel, type Revert} from './context.ts'

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
  if (former === now) return NOTHING
  const call = (Value: boolean) => ec2('ModifyVpcAttribute', {VpcId, [field]: {Value}})
  return {
    change: {
      steps: [call(!now)],
      undo: [call(now === true)],
      apply: set('VpcAttributes', VpcId, {[field]: {Value: !now}}),
    },
    ...(former === undefined && {
      assumption: `that ${name} was ${!now} before, which CloudTrail does not record`,
    }),
  }
}

const revertDhcpOptions: Revert = ({account, event, older, recorded}) => {
  const [VpcId, now] = [textIn(event.request, 'vpcId'), textIn(event.request, 'dhcpOptionsId')]
  const before =
    (recorded && find(recorded.Vpcs, 'VpcId', VpcId)?.DhcpOptionsId) ??
    formerly(older, ({name, request}) =>
      name === 'AssociateDhcpOptions' && textIn(request, 'vpcId') === VpcId
        ? textIn(request, 'dhcpOptionsId')
        : undefined,
    )
  if (VpcId === undefined || before === undefined) return undefined
  if (before !== 'default' && !find(account.DhcpOptions, 'DhcpOptionsId', before)) return undefined
  const call = (DhcpOptionsId: string) => ec2('AssociateDhcpOptions', {DhcpOptionsId, VpcId})
  return {
    change: {
      steps: [call(before)],
      undo: now === undefined ? [] : [call(now)],
      apply: set('Vpcs', VpcId, {DhcpOptionsId: before}),
    },
  }
}

const revertGatewayAttachment: Revert = ({event}) => {
  const [id, VpcId] = [textIn(event.request, 'internetGatewayId'), textIn(event.request, 'vpcId')]
  if (id === undefined || VpcId === undefined) return undefined
  const {steps, undo} = attachInternetGateway(id, VpcId)
  return {
    change: {
      steps: undo,
      undo: steps,
      apply: set('InternetGateways', id, {Attachments: []}),
    },
  }
}

const revertGatewayDetachment: Revert = ({account, event}) => {
  const [id, VpcId] = [textIn(event.request, 'internetGatewayId'), textIn(event.request, 'vpcId')]
  const isKnown = find(account.InternetGateways, 'InternetGatewayId', id) !== undefined
  return id === undefined || VpcId === undefined || !isKnown ? undefined : {change: attachInternetGateway(id, VpcId)}
}

/** EC2 lists a deleted NAT gateway for about an hour; the model restores it during that time. */
const revertNatDeletion: Revert = ({account, event}) => {
  const id = textIn(event.request, 'natGatewayId')
  if (id === undefined || !find(account.NatGateways, 'NatGatewayId', id)) return undefined
  return onModel(
    inOrder(
      edit('NatGateways', id, ({DeleteTime: _, ...gateway}) => ({...gateway, State: 'available' as const})),
      activateRoutesTo(id),
    ),
  )
}

const revertNatCreation: Revert = ({event}) => {
  const id = textIn(partIn(event.response, 'natGateway'), 'natGatewayId')
  return id === undefined ? undefined : onModel((account) => remove('NatGateways', id)(account))
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
  const call = (InternetGatewayBlockMode: Mode) => ec2('ModifyVpcBlockPublicAccessOptions', {InternetGatewayBlockMode})
  return {
    change: {steps: [call(before)], undo: [call(now)], apply: (account) => withBlockMode(account, before)},
    ...(former === undefined && {assumption: 'that the mode was off before, which CloudTrail does not record'}),
  }
}

function withBlockMode(account: Account, InternetGatewayBlockMode: Mode): Account {
  const state = {BlockPublicAccessStates: {InternetGatewayBlockMode}}
  const inVpcs = editAll('Vpcs', (one) => ({...one, ...state}))(account)
  const inSubnets = editAll('Subnets', (one) => ({...one, ...state}))(inVpcs)
  return editAll('VpcBlockPublicAccessOptions', (one) => ({...one, InternetGatewayBlockMode}))(inSubnets)
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
    change: {
      steps: [ec2('ModifyManagedPrefixList', {PrefixListId: id, ...version, ...changes})],
      undo: [],
      apply: editList('ManagedPrefixLists', id, 'Entries', (entries) => [
        ...entries.filter(({Cidr}) => !added.includes(Cidr ?? '')),
        ...removed.map((Cidr) => ({Cidr, Description: undefined})),
      ]),
    },
  }
}

const zoneId = (id: string): string => (id.startsWith('/hostedzone/') ? id : `/hostedzone/${id}`)

/** The VPC of a private hosted zone; CloudTrail writes `vPC: {vPCId}`. */
const zoneAssociation =
  (isAssociated: boolean): Revert =>
  ({account, event}) => {
    const zone = find(account.HostedZones, 'Id', zoneId(textIn(event.request, 'hostedZoneId') ?? ''))
    const vpc = partIn(event.request, 'vPC')
    const [id, region] = [textIn(vpc, 'vPCId'), textIn(vpc, 'vPCRegion')]
    if (!zone || id === undefined || region === undefined) return undefined
    return {change: isAssociated ? disassociateZone(zone, id, region) : associateZone(zone, id, region)}
  }

const isHostManagement = (id: string | undefined): boolean =>
  id?.endsWith('/ssm/managed-instance/default-ec2-instance-management-role') ?? false

/** Default host management: the role that a setting names; `$None` is Systems Manager's word for none. */
const revertSetting: Revert = ({event, older}) => {
  const SettingId = textIn(event.request, 'settingId')
  if (SettingId === undefined || !isHostManagement(SettingId)) return NOTHING
  const before = formerly(older, ({name, request}) =>
    textIn(request, 'settingId') !== SettingId
      ? undefined
      : name === 'ResetServiceSetting'
        ? '$None'
        : textIn(request, 'settingValue'),
  )
  if (before === undefined) return undefined
  return {
    change: {
      steps: [
        before === '$None'
          ? ssm('ResetServiceSetting', {SettingId})
          : ssm('UpdateServiceSetting', {SettingId, SettingValue: before}),
      ],
      undo: [],
      apply: (account) =>
        editAll('ServiceSettings', (one) => (isHostManagement(one.SettingId) ? {...one, SettingValue: before} : one))(
          account,
        ),
    },
  }
}

export const VPCS: Readonly<Record<string, Revert>> = {
  ModifyVpcAttribute: revertAttribute,
  AssociateDhcpOptions: revertDhcpOptions,
  AttachInternetGateway: revertGatewayAttachment,
  DetachInternetGateway: revertGatewayDetachment,
  DeleteNatGateway: revertNatDeletion,
  CreateNatGateway: revertNatCreation,
  ModifyVpcBlockPublicAccessOptions: revertBlockPublicAccess,
  ModifyManagedPrefixList: revertPrefixList,
  AssociateVPCWithHostedZone: zoneAssociation(true),
  DisassociateVPCFromHostedZone: zoneAssociation(false),
  UpdateServiceSetting: revertSetting,
  ResetServiceSetting: revertSetting,
}
