import {
  type Account,
  itemsOf,
  type Route,
  type TransitGatewayRouteTable,
  type TransitGatewayVpcAttachment,
} from '../../model/account.ts'
import {append, type Effect, editList, inOrder, put, remove, set} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {editRoutesOfVpc} from '../../remedies/changes/routes.ts'
import {associateTransitTable, setStaticRoute, vpcAttachment} from '../../remedies/changes/transit.ts'
import {defined} from '../../util/json.ts'
import {hasUnknown, isTrue, objectOf, plannedId, textOf, textsOf} from '../resource.ts'
import {removalOfTarget} from './gateways.ts'
import {
  afterApply,
  callersAccount,
  eachUnknown,
  itemUnknown,
  type ResourceEffect,
  removalOf,
} from './resource-effect.ts'

export const defaultTransitTableId = (address: string): string =>
  plannedId('tgw-rtb', `${address}.association_default_route_table_id`)

export const transitGateway: ResourceEffect = {
  add: (account, properties, {id, address}) => {
    const known = find(account.TransitGateways, 'TransitGatewayId', id)
    const referencing = defined({SecurityGroupReferencingSupport: textOf(properties.SecurityGroupReferencingSupport)})
    if (known)
      return put('TransitGateways', {...known, Options: {...known.Options, ...referencing}} as typeof known)(account)
    const {DefaultRouteTableAssociation = 'enable', DefaultRouteTablePropagation = 'enable'} = properties
    const table = defaultTransitTableId(address)
    const updated = put('TransitGateways', {
      TransitGatewayId: id,
      OwnerId: callersAccount(account),
      State: 'available',
      Options: {
        DefaultRouteTableAssociation: textOf(DefaultRouteTableAssociation) === 'disable' ? 'disable' : 'enable',
        DefaultRouteTablePropagation: textOf(DefaultRouteTablePropagation) === 'disable' ? 'disable' : 'enable',
        AssociationDefaultRouteTableId: table,
        PropagationDefaultRouteTableId: table,
        ...referencing,
      },
    } as NonNullable<typeof known>)(account)
    return withTable(updated, table, id, true)
  },
  remove: removalOfTarget('TransitGateways'),
}

const withTable = (
  account: Account,
  TransitGatewayRouteTableId: string,
  TransitGatewayId: string | undefined,
  isDefault = false,
): Account =>
  put('TransitGatewayRouteTables', {
    ...find(account.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', TransitGatewayRouteTableId),
    TransitGatewayRouteTableId,
    ...(TransitGatewayId !== undefined && {TransitGatewayId}),
    State: 'available',
    DefaultAssociationRouteTable: isDefault,
    DefaultPropagationRouteTable: isDefault,
    Associations: [],
    Routes: [],
  } as TransitGatewayRouteTable)(account)

export const transitAttachment: ResourceEffect = {
  add: (account, properties, {id, address, before = {}}) => {
    const {VpcId, SubnetIds, TransitGatewayId, DefaultAssociation, DefaultPropagation} = properties
    const known = find(account.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', id)
    const [ownVpcId, gateway] = [textOf(VpcId) ?? known?.VpcId, textOf(TransitGatewayId) ?? known?.TransitGatewayId]
    if (ownVpcId === undefined || gateway === undefined || hasUnknown([SubnetIds, properties.Options]))
      return itemUnknown(account, 'TransitGatewayVpcAttachments', id, address)
    const attachment = {
      ...known,
      TransitGatewayAttachmentId: id,
      TransitGatewayId: gateway,
      VpcId: ownVpcId,
      VpcOwnerId: known?.VpcOwnerId ?? callersAccount(account),
      State: known?.State ?? 'available',
      Options: {...known?.Options, ...objectOf(properties.Options)},
      SubnetIds: SubnetIds === undefined ? (known?.SubnetIds ?? []) : textsOf(SubnetIds),
    } as TransitGatewayVpcAttachment
    const updated = put('TransitGatewayVpcAttachments', attachment)(account)
    if (!known) return withDefaults(updated, attachment, DefaultAssociation, DefaultPropagation)
    const isChanged = (name: string) => before[name] !== undefined && before[name] !== properties[name]
    const [association, propagation] = ['DefaultAssociation', 'DefaultPropagation'].map(isChanged)
    const options = find(account.TransitGateways, 'TransitGatewayId', gateway)?.Options
    const left = inOrder(
      ...(association ? [disassociate(options?.AssociationDefaultRouteTableId ?? '', id)] : []),
      ...(propagation ? [withdraw(options?.PropagationDefaultRouteTableId ?? '', id)] : []),
    )(updated)
    return withDefaults(left, attachment, association && DefaultAssociation, propagation && DefaultPropagation)
  },
  remove: (account, {VpcId, TransitGatewayId}, {id}) => {
    const tables = itemsOf(account.TransitGatewayRouteTables).map((one) => one.TransitGatewayRouteTableId)
    const known = find(account.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', id)
    const gateway = known?.TransitGatewayId ?? textOf(TransitGatewayId)
    const isTo = (route: Route) => gateway !== undefined && route.TransitGatewayId === gateway
    return inOrder(
      remove('TransitGatewayVpcAttachments', id),
      // Routes of the VPC to the transit gateway stay, as blackhole routes.
      editRoutesOfVpc(known?.VpcId ?? textOf(VpcId) ?? '', (routes) =>
        routes.map((route) => (isTo(route) ? {...route, State: 'blackhole'} : route)),
      ),
      ...tables.flatMap((table) => [disassociate(table, id), withdraw(table, id)]),
    )(account)
  },
}

/** A new attachment is associated with the default route table and propagated to it, unless disabled on either. */
function withDefaults(
  account: Account,
  attachment: TransitGatewayVpcAttachment,
  association: unknown,
  propagation: unknown,
): Account {
  const options = find(account.TransitGateways, 'TransitGatewayId', attachment.TransitGatewayId)?.Options
  const isOff = (value: unknown) => value !== undefined && !isTrue(value)
  const associates = options?.DefaultRouteTableAssociation === 'enable' && !isOff(association)
  const propagates = options?.DefaultRouteTablePropagation === 'enable' && !isOff(propagation)
  return inOrder(
    ...(associates ? [associate(options.AssociationDefaultRouteTableId ?? '', attachment)] : []),
    ...(propagates ? [propagate(options.PropagationDefaultRouteTableId ?? '', attachment)] : []),
  )(account)
}

const isOf =
  (id: string) =>
  ({TransitGatewayAttachmentId}: {readonly TransitGatewayAttachmentId?: string | undefined}): boolean =>
    TransitGatewayAttachmentId === id

type Attachment = Pick<TransitGatewayVpcAttachment, 'TransitGatewayAttachmentId' | 'VpcId'>

const associate = (tableId: string, attachment: Attachment): Effect => associateTransitTable(tableId, attachment).apply

const disassociate = (tableId: string, id: string): Effect =>
  editList('TransitGatewayRouteTables', tableId, 'Associations', (all) => all.filter((one) => !isOf(id)(one)))

const propagate =
  (tableId: string, attachment: Attachment): Effect =>
  (account) => {
    const DestinationCidrBlock = find(account.Vpcs, 'VpcId', attachment.VpcId)?.CidrBlock
    const unreadable = afterApply(attachment.TransitGatewayAttachmentId)
    return DestinationCidrBlock === undefined
      ? set('TransitGatewayRouteTables', tableId, {Routes: {unreadable}})(account)
      : append('TransitGatewayRouteTables', tableId, 'Routes', {
          DestinationCidrBlock,
          Type: 'propagated',
          State: 'active',
          TransitGatewayAttachments: [vpcAttachment(attachment)],
        })(account)
  }

const withdraw = (tableId: string, id: string): Effect =>
  editList('TransitGatewayRouteTables', tableId, 'Routes', (routes) =>
    routes.filter(
      ({Type, TransitGatewayAttachments}) => Type !== 'propagated' || !TransitGatewayAttachments?.some(isOf(id)),
    ),
  )

export const transitRouteTable: ResourceEffect = {
  add: (account, {TransitGatewayId}, {id}) =>
    find(account.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', id)
      ? account
      : withTable(account, id, textOf(TransitGatewayId)),
  remove: removalOf('TransitGatewayRouteTables'),
}

const attachmentIn = ({TransitGatewayVpcAttachments}: Account, id: string): Attachment =>
  find(TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', id) ?? {TransitGatewayAttachmentId: id}

/** The content of the table, or of each possible one, is known only after apply. */
function withUnknownTables(account: Account, table: unknown, address: string): Account {
  const unreadable = {unreadable: afterApply(address)}
  return eachUnknown(account, 'TransitGatewayRouteTables', table, address, (model, id) =>
    set('TransitGatewayRouteTables', id, {Associations: unreadable, Routes: unreadable})(model),
  )
}

/** An association or a propagation: it names a table and an attachment. */
const tablePart = (
  change: (tableId: string, attachment: Attachment) => Effect,
  undo: (tableId: string, id: string) => Effect,
): ResourceEffect => ({
  add: (account, {TransitGatewayRouteTableId, TransitGatewayAttachmentId}, {address}) => {
    const [table, attachment] = [textOf(TransitGatewayRouteTableId), textOf(TransitGatewayAttachmentId)]
    if (table === undefined || attachment === undefined)
      return withUnknownTables(account, TransitGatewayRouteTableId, address)
    return change(table, attachmentIn(account, attachment))(account)
  },
  remove: (account, {TransitGatewayRouteTableId, TransitGatewayAttachmentId}) =>
    undo(textOf(TransitGatewayRouteTableId) ?? '', textOf(TransitGatewayAttachmentId) ?? '')(account),
  isPart: true,
})

export const transitAssociation: ResourceEffect = tablePart(associate, disassociate)
export const transitPropagation: ResourceEffect = tablePart(propagate, withdraw)

export const transitRoute: ResourceEffect = {
  add: (account, properties, {address}) => {
    const {TransitGatewayRouteTableId, Blackhole} = properties
    const [table, attachment] = [textOf(TransitGatewayRouteTableId), textOf(properties.TransitGatewayAttachmentId)]
    const DestinationCidrBlock = textOf(properties.DestinationCidrBlock)
    if (table === undefined || DestinationCidrBlock === undefined || (attachment === undefined && !isTrue(Blackhole)))
      return withUnknownTables(account, TransitGatewayRouteTableId, address)
    const to = attachment === undefined || isTrue(Blackhole) ? null : attachmentIn(account, attachment)
    return setStaticRoute(table, DestinationCidrBlock, to)(account)
  },
  remove: (account, {TransitGatewayRouteTableId, DestinationCidrBlock}) =>
    setStaticRoute(textOf(TransitGatewayRouteTableId) ?? '', textOf(DestinationCidrBlock) ?? '')(account),
  isPart: true,
}
