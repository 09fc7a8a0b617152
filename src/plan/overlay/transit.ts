import type {Account, TransitGatewayRouteTable, TransitGatewayVpcAttachment} from '../../model/account.ts'
import {find, withItem, withItems, withPut} from '../../model/joins.ts'
import {hasUnknown, isTrue, oneOf, plannedId, textOf, textsOf} from '../resource.ts'
import {accountIdOf, afterApply, type Effect, eachInDoubt, inDoubt} from './effect.ts'

const defaultTableId = (address: string): string =>
  plannedId('tgw-rtb', `${address}.association_default_route_table_id`)

export const transitGateway: Effect = {
  add: (account, properties, {id, address}) => {
    if (find(account.TransitGateways, 'TransitGatewayId', id)) return account
    const {DefaultRouteTableAssociation = 'enable', DefaultRouteTablePropagation = 'enable'} = properties
    const table = defaultTableId(address)
    const updated = withPut(account, 'TransitGateways', 'TransitGatewayId', {
      TransitGatewayId: id,
      OwnerId: accountIdOf(account),
      State: 'available',
      Options: {
        DefaultRouteTableAssociation: textOf(DefaultRouteTableAssociation) === 'disable' ? 'disable' : 'enable',
        DefaultRouteTablePropagation: textOf(DefaultRouteTablePropagation) === 'disable' ? 'disable' : 'enable',
        AssociationDefaultRouteTableId: table,
        PropagationDefaultRouteTableId: table,
      },
    })
    return withTable(updated, table, id, true)
  },
  remove: (account, _, {id}) =>
    withItems(account, 'TransitGateways', (all) => all.filter(({TransitGatewayId}) => TransitGatewayId !== id)),
}

const withTable = (
  account: Account,
  TransitGatewayRouteTableId: string,
  TransitGatewayId: string | undefined,
  isDefault = false,
): Account =>
  withPut(account, 'TransitGatewayRouteTables', 'TransitGatewayRouteTableId', {
    ...find(account.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', TransitGatewayRouteTableId),
    TransitGatewayRouteTableId,
    ...(TransitGatewayId !== undefined && {TransitGatewayId}),
    State: 'available',
    DefaultAssociationRouteTable: isDefault,
    DefaultPropagationRouteTable: isDefault,
    Associations: [],
    Routes: [],
  } as TransitGatewayRouteTable)

export const transitAttachment: Effect = {
  add: (account, properties, {id, address}) => {
    const {VpcId, SubnetIds, TransitGatewayId, DefaultAssociation, DefaultPropagation} = properties
    const known = find(account.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', id)
    const [ownVpcId, gateway] = [textOf(VpcId) ?? known?.VpcId, textOf(TransitGatewayId) ?? known?.TransitGatewayId]
    if (ownVpcId === undefined || gateway === undefined || hasUnknown(SubnetIds))
      return inDoubt(withoutAttachment(account, id), 'TransitGatewayVpcAttachments', address)
    const updated = withPut(account, 'TransitGatewayVpcAttachments', 'TransitGatewayAttachmentId', {
      ...known,
      TransitGatewayAttachmentId: id,
      TransitGatewayId: gateway,
      VpcId: ownVpcId,
      VpcOwnerId: known?.VpcOwnerId ?? accountIdOf(account),
      State: known?.State ?? 'available',
      SubnetIds: SubnetIds === undefined ? (known?.SubnetIds ?? []) : textsOf(SubnetIds),
    } as TransitGatewayVpcAttachment)
    return known
      ? updated
      : withDefaults(updated, {id, vpcId: ownVpcId, gatewayId: gateway}, DefaultAssociation, DefaultPropagation)
  },
  remove: (account, _, {id}) => {
    return withItems(withoutAttachment(account, id), 'TransitGatewayRouteTables', (tables) =>
      tables.map((table) => withoutAssociation(withoutPropagation(table, id), id)),
    )
  },
}

const withoutAttachment = (account: Account, id: string): Account =>
  withItems(account, 'TransitGatewayVpcAttachments', (all) =>
    all.filter((one) => one.TransitGatewayAttachmentId !== id),
  )

/** A new attachment is associated with the default route table and propagated to it, unless disabled on either. */
function withDefaults(
  account: Account,
  {id, vpcId, gatewayId}: {readonly id: string; readonly vpcId: string; readonly gatewayId: string},
  association: unknown,
  propagation: unknown,
): Account {
  const options = find(account.TransitGateways, 'TransitGatewayId', gatewayId)?.Options
  const isOff = (value: unknown) => value !== undefined && !isTrue(value)
  const associates = options?.DefaultRouteTableAssociation === 'enable' && !isOff(association)
  const propagates = options?.DefaultRouteTablePropagation === 'enable' && !isOff(propagation)
  const associated = associates
    ? withAssociation(account, options.AssociationDefaultRouteTableId ?? '', id, vpcId)
    : account
  return propagates ? withPropagation(associated, options.PropagationDefaultRouteTableId ?? '', id, vpcId) : associated
}

const withAssociation = (account: Account, tableId: string, id: string, ResourceId: string | undefined): Account =>
  withItem(account, 'TransitGatewayRouteTables', 'TransitGatewayRouteTableId', tableId, (table) => ({
    ...table,
    Associations:
      'unreadable' in table.Associations
        ? table.Associations
        : [
            ...table.Associations,
            {
              TransitGatewayAttachmentId: id,
              ...(ResourceId !== undefined && {ResourceId}),
              ResourceType: 'vpc' as const,
              State: 'associated' as const,
            },
          ],
  }))

function withoutAssociation(table: TransitGatewayRouteTable, id: string): TransitGatewayRouteTable {
  const {Associations} = table
  if ('unreadable' in Associations) return table
  return {...table, Associations: Associations.filter((one) => one.TransitGatewayAttachmentId !== id)}
}

function withoutPropagation(table: TransitGatewayRouteTable, id: string): TransitGatewayRouteTable {
  const {Routes} = table
  if ('unreadable' in Routes) return table
  const isPropagated = ({Type, TransitGatewayAttachments}: (typeof Routes)[number]) =>
    Type === 'propagated' && TransitGatewayAttachments?.some((one) => one.TransitGatewayAttachmentId === id)
  return {...table, Routes: Routes.filter((one) => !isPropagated(one))}
}

const withPropagation = (account: Account, tableId: string, id: string, vpcId: string | undefined): Account => {
  const DestinationCidrBlock = find(account.Vpcs, 'VpcId', vpcId)?.CidrBlock
  return withItem(account, 'TransitGatewayRouteTables', 'TransitGatewayRouteTableId', tableId, (table) => ({
    ...table,
    Routes:
      'unreadable' in table.Routes || DestinationCidrBlock === undefined
        ? {unreadable: afterApply(id)}
        : [
            ...table.Routes,
            {
              DestinationCidrBlock,
              Type: 'propagated' as const,
              State: 'active' as const,
              TransitGatewayAttachments: [
                {
                  TransitGatewayAttachmentId: id,
                  ResourceType: 'vpc' as const,
                  ...(vpcId !== undefined && {ResourceId: vpcId}),
                },
              ],
            },
          ],
  }))
}

export const transitRouteTable: Effect = {
  add: (account, {TransitGatewayId}, {id}) =>
    find(account.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', id)
      ? account
      : withTable(account, id, textOf(TransitGatewayId)),
  remove: (account, _, {id}) =>
    withItems(account, 'TransitGatewayRouteTables', (tables) =>
      tables.filter((table) => table.TransitGatewayRouteTableId !== id),
    ),
}

const vpcOf = (account: Account, attachmentId: string): string | undefined =>
  find(account.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', attachmentId)?.VpcId

/** The content of the table, or of each possible one, is known only after apply. */
function withTablesInDoubt(account: Account, table: unknown, address: string): Account {
  const unreadable = {unreadable: afterApply(address)}
  const ids = typeof table === 'string' ? oneOf([table]) : table
  return eachInDoubt(account, 'TransitGatewayRouteTables', ids, address, (model, id) =>
    withItem(model, 'TransitGatewayRouteTables', 'TransitGatewayRouteTableId', id, (item) => ({
      ...item,
      Associations: unreadable,
      Routes: unreadable,
    })),
  )
}

/** One of an association, a propagation or a static route: they all name a table and an attachment. */
const tablePart = (
  change: (account: Account, table: string, attachment: string, vpcId: string | undefined) => Account,
  undo: (table: TransitGatewayRouteTable, attachment: string) => TransitGatewayRouteTable,
): Effect => ({
  add: (account, {TransitGatewayRouteTableId, TransitGatewayAttachmentId}, {address}) => {
    const [table, attachment] = [textOf(TransitGatewayRouteTableId), textOf(TransitGatewayAttachmentId)]
    if (table === undefined || attachment === undefined)
      return withTablesInDoubt(account, TransitGatewayRouteTableId, address)
    return change(account, table, attachment, vpcOf(account, attachment))
  },
  remove: (account, {TransitGatewayRouteTableId, TransitGatewayAttachmentId}) =>
    withItem(account, 'TransitGatewayRouteTables', 'TransitGatewayRouteTableId', TransitGatewayRouteTableId, (table) =>
      undo(table, textOf(TransitGatewayAttachmentId) ?? ''),
    ),
})

export const transitAssociation: Effect = tablePart(withAssociation, withoutAssociation)
export const transitPropagation: Effect = tablePart(withPropagation, withoutPropagation)

export const transitRoute: Effect = {
  add: (
    account,
    {TransitGatewayRouteTableId, DestinationCidrBlock, TransitGatewayAttachmentId, Blackhole},
    {address},
  ) => {
    const [table, cidr, attachment] = [
      textOf(TransitGatewayRouteTableId),
      textOf(DestinationCidrBlock),
      textOf(TransitGatewayAttachmentId),
    ]
    if (table === undefined || cidr === undefined || (attachment === undefined && !isTrue(Blackhole)))
      return withTablesInDoubt(account, TransitGatewayRouteTableId, address)
    const ResourceId = attachment === undefined ? undefined : vpcOf(account, attachment)
    return withItem(account, 'TransitGatewayRouteTables', 'TransitGatewayRouteTableId', table, (item) => ({
      ...item,
      Routes:
        'unreadable' in item.Routes
          ? item.Routes
          : [
              ...item.Routes.filter((route) => route.DestinationCidrBlock !== cidr || route.Type !== 'static'),
              {
                DestinationCidrBlock: cidr,
                Type: 'static' as const,
                State: isTrue(Blackhole) ? ('blackhole' as const) : ('active' as const),
                TransitGatewayAttachments:
                  attachment === undefined
                    ? []
                    : [
                        {
                          TransitGatewayAttachmentId: attachment,
                          ResourceType: 'vpc' as const,
                          ...(ResourceId !== undefined && {ResourceId}),
                        },
                      ],
              },
            ],
    }))
  },
  remove: (account, {TransitGatewayRouteTableId, DestinationCidrBlock}) =>
    withItem(
      account,
      'TransitGatewayRouteTables',
      'TransitGatewayRouteTableId',
      TransitGatewayRouteTableId,
      (item) => ({
        ...item,
        Routes:
          'unreadable' in item.Routes
            ? item.Routes
            : item.Routes.filter(
                (route) => route.DestinationCidrBlock !== DestinationCidrBlock || route.Type !== 'static',
              ),
      }),
    ),
}
