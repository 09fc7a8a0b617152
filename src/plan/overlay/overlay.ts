import {type Account, itemsOf, type Reading} from '../../model/account.ts'
import {KINDS} from '../../model/kinds.ts'
import {entryOf, type PlannedResource, type Properties} from '../resource.ts'
import {networkAcl, networkAclAssociation, networkAclEntry} from './acls.ts'
import {hostedZone, prefixList, prefixListEntry, recordSet, zoneAssociation} from './dns.ts'
import {endpointGroup, endpointPolicy, endpointRouteTable, endpointSubnet, vpcEndpoint} from './endpoints.ts'
import {
  egressOnlyInternetGateway,
  gatewayAttachment,
  internetGateway,
  natGateway,
  peeringAcceptance,
  peeringConnection,
} from './gateways.ts'
import {groupRule, securityGroup} from './groups.ts'
import {
  hostManagement,
  inlinePolicy,
  instanceProfile,
  managedPolicy,
  role,
  roleAttachments,
  rolePolicyAttachment,
  serviceSetting,
} from './identity.ts'
import {fleet, instance, interfaceGroup, publicAddress} from './instances.ts'
import {afterApply, type ResourceEffect} from './resource-effect.ts'
import {mainRouteTableAssociation, route, routeTable, routeTableAssociation} from './routes.ts'
import {
  transitAssociation,
  transitAttachment,
  transitGateway,
  transitPropagation,
  transitRoute,
  transitRouteTable,
} from './transit.ts'
import {dhcpOptions, dhcpOptionsAssociation, subnet, vpc, vpcCidr} from './vpc.ts'

/** Every modeled kind, ordered so that each finds what it refers to. */
export const EFFECTS: Readonly<Record<string, ResourceEffect>> = {
  'AWS::EC2::DHCPOptions': dhcpOptions,
  'AWS::EC2::VPC': vpc,
  'AWS::EC2::VPCDHCPOptionsAssociation': dhcpOptionsAssociation,
  'AWS::EC2::VPCCidrBlock': vpcCidr,
  'AWS::EC2::Subnet': subnet,
  'AWS::EC2::PrefixList': prefixList,
  'ssm-doctor::PrefixListEntry': prefixListEntry,
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::EC2::SecurityGroupIngress': groupRule('Ingress'),
  'AWS::EC2::SecurityGroupEgress': groupRule('Egress'),
  'AWS::EC2::NetworkAcl': networkAcl,
  'AWS::EC2::NetworkAclEntry': networkAclEntry,
  'AWS::EC2::SubnetNetworkAclAssociation': networkAclAssociation,
  'AWS::EC2::InternetGateway': internetGateway,
  'AWS::EC2::VPCGatewayAttachment': gatewayAttachment,
  'AWS::EC2::EgressOnlyInternetGateway': egressOnlyInternetGateway,
  'AWS::EC2::NatGateway': natGateway,
  'AWS::EC2::VPCPeeringConnection': peeringConnection,
  'ssm-doctor::PeeringAcceptance': peeringAcceptance,
  'AWS::EC2::TransitGateway': transitGateway,
  'AWS::EC2::TransitGatewayRouteTable': transitRouteTable,
  'AWS::EC2::TransitGatewayAttachment': transitAttachment,
  'AWS::EC2::TransitGatewayRouteTableAssociation': transitAssociation,
  'AWS::EC2::TransitGatewayRouteTablePropagation': transitPropagation,
  'AWS::EC2::TransitGatewayRoute': transitRoute,
  'AWS::EC2::RouteTable': routeTable,
  'ssm-doctor::MainRouteTableAssociation': mainRouteTableAssociation,
  'AWS::EC2::SubnetRouteTableAssociation': routeTableAssociation,
  'AWS::EC2::GatewayRouteTableAssociation': routeTableAssociation,
  'AWS::EC2::Route': route,
  'AWS::EC2::VPCEndpoint': vpcEndpoint,
  'ssm-doctor::EndpointSubnet': endpointSubnet,
  'ssm-doctor::EndpointSecurityGroup': endpointGroup,
  'ssm-doctor::EndpointRouteTable': endpointRouteTable,
  'ssm-doctor::EndpointPolicy': endpointPolicy,
  'AWS::Route53::HostedZone': hostedZone,
  'ssm-doctor::HostedZoneAssociation': zoneAssociation,
  'AWS::Route53::RecordSet': recordSet,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Role': role,
  'ssm-doctor::RolePolicyAttachment': rolePolicyAttachment,
  'ssm-doctor::RoleAttachments': roleAttachments,
  'AWS::IAM::Policy': inlinePolicy,
  'AWS::IAM::RolePolicy': inlinePolicy,
  'AWS::IAM::InstanceProfile': instanceProfile,
  'ssm-doctor::ServiceSetting': serviceSetting,
  'AWS::SSM::DefaultHostManagementConfiguration': hostManagement,
  'AWS::EC2::Instance': instance,
  'ssm-doctor::PublicAddress': publicAddress,
  'ssm-doctor::InterfaceGroup': interfaceGroup,
  'AWS::AutoScaling::AutoScalingGroup': fleet,
}

const ORDER = Object.keys(EFFECTS)
const orderOf = ({type}: PlannedResource): number => ORDER.indexOf(type)

/** The account after these changes: deletions in reverse order, then the rest in order. */
export function applyResources(account: Account, resources: readonly PlannedResource[]): Account {
  const changed = resources.filter(({action}) => action !== 'none').toSorted((a, b) => orderOf(a) - orderOf(b))
  const cleared = changed
    .toReversed()
    .reduce((model, resource) => inCase(model, resource, removed(model, resource)), account)
  return changed.reduce((model, resource) => inCase(model, resource, added(model, resource)), cleared)
}

function added(account: Account, resource: PlannedResource): Account {
  const {action, before, after, type} = resource
  if (action === 'delete' || after === undefined) return account
  return entryOf(EFFECTS, type)?.add(account, {...emptied(before, after), ...after}, resource) ?? account
}

/** If the existence of the resource is known only after apply, only what it does not affect is known. */
function inCase(without: Account, {isConditional, address}: PlannedResource, withIt: Account): Account {
  if (!isConditional || without === withIt) return withIt
  const uncertain = KINDS.filter((kind) => without[kind] !== withIt[kind]).map((kind) => {
    const there = new Set(itemsOf(withIt[kind] as Reading<unknown>))
    const known = itemsOf(without[kind] as Reading<unknown>).filter((item) => there.has(item))
    return [kind, {unreadable: afterApply(address), known}] as const
  })
  return {...without, ...Object.fromEntries(uncertain)}
}

/** Properties that are removed when the plan no longer sets them; others keep their value. */
const REMOVED_WHEN_UNSET = [
  'IamInstanceProfile',
  'ManagedPolicyArns',
  'PermissionsBoundary',
  'Policies',
  'RouteTableIds',
]

const emptied = (before: Properties = {}, after: Properties): Properties =>
  Object.fromEntries(
    REMOVED_WHEN_UNSET.flatMap((name) =>
      before[name] !== undefined && after[name] === undefined ? [[name, Array.isArray(before[name]) ? [] : '']] : [],
    ),
  )

/** Resources are updated in place; for a part of another resource, the earlier version is removed first. */
function removed(account: Account, resource: PlannedResource): Account {
  const {action, before = {}, type} = resource
  if (action === 'delete' || (action === 'update' && PARTS.has(type)))
    return entryOf(EFFECTS, type)?.remove(account, before, resource) ?? account
  return account
}

/** Kinds that are a part of another resource. */
const PARTS: ReadonlySet<string> = new Set([
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::NetworkAclEntry',
  'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::Route',
  'AWS::EC2::TransitGatewayRoute',
  'AWS::EC2::TransitGatewayRouteTableAssociation',
  'AWS::EC2::TransitGatewayRouteTablePropagation',
  'AWS::Route53::RecordSet',
  'AWS::EC2::VPCCidrBlock',
  'ssm-doctor::PrefixListEntry',
  'ssm-doctor::PublicAddress',
  'ssm-doctor::InterfaceGroup',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::RolePolicy',
  'ssm-doctor::RolePolicyAttachment',
  'ssm-doctor::EndpointSubnet',
  'ssm-doctor::EndpointSecurityGroup',
  'ssm-doctor::EndpointRouteTable',
])
