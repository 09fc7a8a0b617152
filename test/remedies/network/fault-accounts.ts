import {
  type Account,
  itemsOf,
  type RouteTable,
  type TransitGatewayRoute,
  type TransitGatewayVpcAttachment,
  type VpcEndpoint,
} from '../../../src/model/account.ts'
import * as a from './account.ts'

export interface NetworkFault {
  readonly name: string
  readonly account: Account
  readonly cause: string
  /** What is reachable once the cause is resolved. */
  readonly open: readonly string[]
  /** Other causes that the account has, and keeps. */
  readonly others?: readonly string[]
}

export const SSM = ['ssm', 'ssmmessages']
export const ALL = ['ssm', 'ssmmessages', 'ec2messages', 's3']

export const withEndpoints = (change: (endpoint: VpcEndpoint) => VpcEndpoint): readonly VpcEndpoint[] =>
  itemsOf(a.behindEndpoints.VpcEndpoints).map((endpoint) =>
    endpoint.VpcEndpointType === 'Interface' ? change(endpoint) : endpoint,
  )
export const without = (...services: readonly string[]) =>
  itemsOf(a.behindEndpoints.VpcEndpoints).filter(
    ({ServiceName}) => !services.some((service) => ServiceName.endsWith(`.${service}`)),
  )
export const natTables = (
  routes: Parameters<typeof a.table>[2],
  publicRoutes = [a.to('0.0.0.0/0', {GatewayId: a.IGW})],
) => [a.table(a.PRIVATE_TABLE, [a.PRIVATE_A, a.PRIVATE_B], routes), a.table(a.PUBLIC_TABLE, [a.PUBLIC_A], publicRoutes)]
export const oneGroup = (change: Parameters<typeof a.group>[1]) => [
  a.group(a.GROUP, change),
  a.group(a.ENDPOINT_GROUP, {IpPermissions: a.HTTPS_FROM_VPC}),
]
export const acls = (entries: Parameters<typeof a.acl>[2], publicEntries = a.OPEN) => [
  a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B], entries),
  a.acl(a.PUBLIC_ACL, [a.PUBLIC_A], publicEntries),
]

export const transit = (account: Account, routes: Readonly<Record<string, readonly TransitGatewayRoute[]>>) =>
  itemsOf(account.TransitGatewayRouteTables).map((one) => ({
    ...one,
    Routes: routes[one.TransitGatewayRouteTableId] ?? one.Routes,
  }))

/** The account with another route table of that id. */
export const withTable = (account: Account, table: RouteTable): Account => ({
  ...account,
  RouteTables: itemsOf(account.RouteTables).map((one) => (one.RouteTableId === table.RouteTableId ? table : one)),
})

/** Behind the hub, with the attachment of the instance's VPC changed. */
export const withAttachment = (change: Partial<TransitGatewayVpcAttachment>): Account => ({
  ...a.behindHub,
  TransitGatewayVpcAttachments: itemsOf(a.behindHub.TransitGatewayVpcAttachments).map((one) =>
    one.VpcId === a.VPC ? {...one, ...change} : one,
  ),
})
