import {type Account, itemsOf, type Reading} from '../../model/account.ts'
import {KINDS} from '../../model/kinds.ts'
import {entryOf} from '../../util/entry-of.ts'
import type {PlannedResource, Properties} from '../resource.ts'
import * as acls from './acls.ts'
import * as dns from './dns.ts'
import * as endpoints from './endpoints.ts'
import * as gateways from './gateways.ts'
import * as groups from './groups.ts'
import * as identity from './identity.ts'
import * as instances from './instances.ts'
import {afterApply, type ResourceEffect} from './resource-effect.ts'
import * as routes from './routes.ts'
import * as transit from './transit.ts'
import * as vpcs from './vpc.ts'

/** Every modeled kind, ordered so that each finds what it refers to. */
export const EFFECTS: Readonly<Record<string, ResourceEffect>> = {
  'AWS::EC2::DHCPOptions': vpcs.dhcpOptions,
  'AWS::EC2::VPC': vpcs.vpc,
  'AWS::EC2::VPCDHCPOptionsAssociation': vpcs.dhcpOptionsAssociation,
  'AWS::EC2::VPCCidrBlock': vpcs.vpcCidr,
  'AWS::EC2::Subnet': vpcs.subnet,
  'AWS::EC2::PrefixList': dns.prefixList,
  'ssm-doctor::PrefixListEntry': dns.prefixListEntry,
  'AWS::EC2::SecurityGroup': groups.securityGroup,
  'AWS::EC2::SecurityGroupIngress': groups.groupRule('Ingress'),
  'AWS::EC2::SecurityGroupEgress': groups.groupRule('Egress'),
  'Custom::VpcRestrictDefaultSG': groups.restrictedDefaultGroup,
  'AWS::EC2::NetworkAcl': acls.networkAcl,
  'AWS::EC2::NetworkAclEntry': acls.networkAclEntry,
  'AWS::EC2::SubnetNetworkAclAssociation': acls.networkAclAssociation,
  'AWS::EC2::InternetGateway': gateways.internetGateway,
  'AWS::EC2::VPCGatewayAttachment': gateways.gatewayAttachment,
  'AWS::EC2::EgressOnlyInternetGateway': gateways.egressOnlyInternetGateway,
  'AWS::EC2::NatGateway': gateways.natGateway,
  'AWS::EC2::VPCPeeringConnection': gateways.peeringConnection,
  'ssm-doctor::PeeringAcceptance': gateways.peeringAcceptance,
  'AWS::EC2::TransitGateway': transit.transitGateway,
  'AWS::EC2::TransitGatewayRouteTable': transit.transitRouteTable,
  'AWS::EC2::TransitGatewayAttachment': transit.transitAttachment,
  'AWS::EC2::TransitGatewayRouteTableAssociation': transit.transitAssociation,
  'AWS::EC2::TransitGatewayRouteTablePropagation': transit.transitPropagation,
  'AWS::EC2::TransitGatewayRoute': transit.transitRoute,
  'AWS::EC2::RouteTable': routes.routeTable,
  'ssm-doctor::MainRouteTableAssociation': routes.mainRouteTableAssociation,
  'AWS::EC2::SubnetRouteTableAssociation': routes.routeTableAssociation,
  'AWS::EC2::GatewayRouteTableAssociation': routes.routeTableAssociation,
  'AWS::EC2::Route': routes.route,
  'AWS::EC2::VPCEndpoint': endpoints.vpcEndpoint,
  'ssm-doctor::EndpointSubnet': endpoints.endpointSubnet,
  'ssm-doctor::EndpointSecurityGroup': endpoints.endpointGroup,
  'ssm-doctor::EndpointRouteTable': endpoints.endpointRouteTable,
  'ssm-doctor::EndpointPolicy': endpoints.endpointPolicy,
  'AWS::Route53::HostedZone': dns.hostedZone,
  'ssm-doctor::HostedZoneAssociation': dns.zoneAssociation,
  'AWS::Route53::RecordSet': dns.recordSet,
  'AWS::IAM::ManagedPolicy': identity.managedPolicy,
  'AWS::IAM::Role': identity.role,
  'ssm-doctor::RolePolicyAttachment': identity.rolePolicyAttachment,
  'ssm-doctor::RolesOfPolicy': identity.rolesOfPolicy,
  'ssm-doctor::RoleAttachments': identity.roleAttachments,
  'AWS::IAM::Policy': identity.inlinePolicy,
  'AWS::IAM::RolePolicy': identity.inlinePolicy,
  'ssm-doctor::RoleInlinePolicies': identity.roleInlinePolicies,
  'AWS::IAM::InstanceProfile': identity.instanceProfile,
  'ssm-doctor::ServiceSetting': identity.serviceSetting,
  'AWS::SSM::DefaultHostManagementConfiguration': identity.hostManagement,
  'AWS::EC2::Instance': instances.instance,
  'AWS::EC2::NetworkInterface': instances.networkInterface,
  'ssm-doctor::PublicAddress': instances.publicAddress,
  'ssm-doctor::InterfaceGroup': instances.interfaceGroup,
  'AWS::AutoScaling::AutoScalingGroup': instances.fleet,
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
  'Ipv6CidrBlock',
  'ManagedPolicyArns',
  'PermissionsBoundary',
  'Policies',
  'RouteTableIds',
  'SecurityGroupEgress',
  'SecurityGroupIngress',
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
  const effect = entryOf(EFFECTS, type)
  return effect && (action === 'delete' || (action === 'update' && effect.isPart))
    ? effect.remove(account, before, resource)
    : account
}
