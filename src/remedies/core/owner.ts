import type {Account, ProfileResourceAssociation, Reading} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {allWith, find} from '../../model/lists.ts'
import {lastPart} from '../../util/last-part.ts'
import type {Call, Step} from './remedy.ts'

/** The kinds whose items show their owner, by the parameter that names one; the first that is given counts. */
const OWNED = {
  GroupId: 'SecurityGroups',
  NetworkAclId: 'NetworkAcls',
  RouteTableId: 'RouteTables',
  VpcEndpointId: 'VpcEndpoints',
  NetworkInterfaceId: 'NetworkInterfaces',
  VpcId: 'Vpcs',
  SubnetId: 'Subnets',
} as const
const PARAMETERS = Object.keys(OWNED) as (keyof typeof OWNED)[]

const ownerIn = (account: Account, parameter: keyof typeof OWNED, id: string): string | undefined => {
  const item = find(account[OWNED[parameter]] as Reading<object>, parameter as never, id)
  return item && (Reflect.get(item, 'OwnerId') as string | undefined)
}

export const ownerOf = (account: Account, id: string): string | undefined =>
  PARAMETERS.map((parameter) => ownerIn(account, parameter, id)).find((owner) => owner !== undefined)

/**
 * A participant of a shared VPC cannot change what the owner of the VPC owns, but can create security groups.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
 */
const BY_PARTICIPANTS = new Set(['CreateSecurityGroup'])

/** The account that must make one of these calls because the changed resource does not belong to the caller. */
export function otherOwnerOf(account: Account, self: string | undefined, steps: readonly Step[]): string | undefined {
  if (self === undefined) return undefined
  return steps
    .map((step) => ('operation' in step ? changedOwner(account, step) : undefined))
    .find((owner) => owner !== undefined && owner !== self)
}

const gatewayOwner = ({TransitGateways}: Account, id: string | undefined): string | undefined =>
  find(TransitGateways, 'TransitGatewayId', id)?.OwnerId

const tableOwner = (account: Account, {TransitGatewayRouteTableId: id}: Call['input']): string | undefined =>
  gatewayOwner(account, find(account.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', id)?.TransitGatewayId)

const attachmentOf = ({TransitGatewayVpcAttachments}: Account, {TransitGatewayAttachmentId: id}: Call['input']) =>
  find(TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', id)

const zoneOwner = ({HostedZones}: Account, {HostedZoneId, Id = HostedZoneId}: Call['input']): string | undefined =>
  find(HostedZones, 'Id', Id)?.Owner?.OwningAccount

/** A rule group of DNS Firewall that a Route 53 Profile brings is named by its ARN. */
const ruleGroupOwner = (
  {ProfileResourceAssociations}: Account,
  {FirewallRuleGroupId: id}: Call['input'],
): string | undefined => {
  const [resource] = allWith(ProfileResourceAssociations, resourceOf, id)
  return resource && accountOf(resource.ResourceArn)
}

const resourceOf = ({ResourceArn}: ProfileResourceAssociation): readonly unknown[] => [lastPart(ResourceArn)]

const ownerOfZonesVpc = ({Vpcs}: Account, {VPC}: Call['input']): string | undefined =>
  typeof VPC === 'object' && 'VPCId' in VPC ? find(Vpcs, 'VpcId', VPC.VPCId)?.OwnerId : undefined

/**
 * What connects two accounts: the owner of the VPC has the attachment, and the owner of the transit gateway accepts and
 * routes it; the owner of a private hosted zone authorizes the owner of a VPC to associate it. An instance belongs to the
 * account of its interfaces.
 * https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
 */
const CONNECTING: Readonly<Record<string, (account: Account, input: Call['input']) => string | undefined>> = {
  AcceptVpcPeeringConnection: ({VpcPeeringConnections}, {VpcPeeringConnectionId: id}) =>
    find(VpcPeeringConnections, 'VpcPeeringConnectionId', id)?.AccepterVpcInfo?.OwnerId,
  AcceptTransitGatewayVpcAttachment: (account, input) =>
    gatewayOwner(account, attachmentOf(account, input)?.TransitGatewayId),
  ModifyTransitGatewayVpcAttachment: (account, input) => attachmentOf(account, input)?.VpcOwnerId,
  AssociateTransitGatewayRouteTable: tableOwner,
  CreateTransitGatewayRoute: tableOwner,
  ReplaceTransitGatewayRoute: tableOwner,
  CreateVPCAssociationAuthorization: zoneOwner,
  AssociateVPCWithHostedZone: ownerOfZonesVpc,
  CreateHostedZone: ownerOfZonesVpc,
  ChangeResourceRecordSets: zoneOwner,
  DeleteHostedZone: zoneOwner,
  CreateFirewallRule: ruleGroupOwner,
  UpdateFirewallRule: ruleGroupOwner,
  StartInstances: ({Instances}, {InstanceIds}) =>
    Array.isArray(InstanceIds)
      ? find(Instances, 'InstanceId', InstanceIds[0])?.NetworkInterfaces[0]?.OwnerId
      : undefined,
}

function changedOwner(account: Account, {operation, input}: Call): string | undefined {
  if (BY_PARTICIPANTS.has(operation)) return undefined
  const connecting = CONNECTING[operation]
  if (connecting) return connecting(account, input)
  const parameter = PARAMETERS.find((one) => input[one] !== undefined)
  const id = parameter && input[parameter]
  return parameter && typeof id === 'string' ? ownerIn(account, parameter, id) : undefined
}
