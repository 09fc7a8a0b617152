import {createFleetCache} from '../audit/outcome-cache.ts'
import {type Account, isUnreadable, itemsOf, type Kind} from '../model/account.ts'
import {editAll, inOrder} from '../model/effect.ts'
import {find} from '../model/lists.ts'
import {hostedZoneId} from '../network/dns/name.ts'
import {outcomeOf} from './outcome.ts'
import {allUnknown} from './overlay/resource-effect.ts'
import type {PlanReport} from './plan-report.ts'
import type {IgnoredResource} from './resource.ts'

/**
 * Kinds that are called like others and change nothing that an instance depends on: what provides a service to others,
 * address planning, logs and health checks, users, and the custom resources of the CDK.
 */
const HARMLESS = new RegExp(
  [
    '^aws_vpc_(?:endpoint_(?:service|connection_notification)|ipam|network_performance)',
    '^AWS::EC2::(?:VPCEndpoint(?:Service|ConnectionNotification)|ClientVpn)',
    '^aws_ec2_client_vpn|^aws_route53_(?:health_check|query_log)|resolver_query_log',
    '^AWS::Route53::HealthCheck$|ResolverQueryLogging|^AWS::IAM::(?:User|Group)',
    '^Custom::(?:S3|LogRetention|CDKBucketDeployment|CrossRegionExport|ECRAutoDelete|AWSCDKOpenIdConnect)',
  ].join('|'),
)

/** A new one has neither a connection nor a route. Routes to one that is removed become blackhole routes. */
const HARMLESS_IF_CREATED = /^(?:aws_vpn_gateway|AWS::EC2::VPNGateway)$/

/** A new one launches instances, which are not examined. */
const LAUNCHES = new RegExp(
  [
    '^aws_(?:eks_node_group|ec2_fleet|spot_fleet_request|elastic_beanstalk_environment|emr_cluster)$',
    '^AWS::(?:EKS::Nodegroup|EC2::(?:EC2|Spot)Fleet|ElasticBeanstalk::Environment|EMR::Cluster)$',
  ].join('|'),
)

/** What a resource of a kind that is not modeled could change, by its kind in Terraform or CloudFormation. */
const COULD_CHANGE: readonly (readonly [type: RegExp, kinds: readonly Kind[]])[] = [
  [HARMLESS, []],
  [/resolver_(?:rule|endpoint)|ResolverRule|ResolverEndpoint/, ['ResolverRules']],
  [/resolver_firewall|Route53Resolver::Firewall/, ['FirewallRuleGroupAssociations']],
  [/route53profiles/i, ['ProfileAssociations', 'ProfileResourceAssociations']],
  [/block_public_access|BlockPublicAccess/, ['VpcBlockPublicAccessOptions']],
  [/transit_gateway|TransitGateway|networkmanager|NetworkManager/, ['TransitGatewayRouteTables', 'TransitGateways']],
  [/vpn|VPN|^aws_dx_|DirectConnect|carrier_gateway|CarrierGateway|RouteServer/, ['RouteTables']],
  [/networkfirewall|NetworkFirewall/, ['VpcEndpoints']],
  [/^aws_vpc_endpoint|EC2::VPCEndpoint/, ['VpcEndpoints']],
  [/^aws_(?:default_)?(?:vpc|subnet)|EC2::(?:VPC|Subnet)/, ['Vpcs', 'Subnets', 'NetworkAcls', 'RouteTables']],
  [/route_table|RouteTable/, ['RouteTables']],
  [/security_group|SecurityGroup/, ['SecurityGroups']],
  [/route53_|Route53::/, ['HostedZones']],
  [/iam_role|IAM::Role/, ['Roles']],
  [/iam_policy|IAM::.*Policy/, ['Policies']],
  [/^aws_organizations_|^AWS::Organizations::/, ['Roles']],
  [/ssm_document|SSM::Document/, ['SessionPreferences']],
  [/^aws_nat_gateway$|EC2::NatGateway$/, ['NatGateways']],
  [/network_acl/, ['NetworkAcls']],
  [/managed_prefix_list/, ['ManagedPrefixLists']],
  [/^aws_iam_instance_profile$/, ['InstanceProfiles']],
  // Modeled kinds, of which an attribute is not.
  [
    /^aws_(?:instance|spot_instance_request|launch_(?:template|configuration)|autoscaling_group|network_interface|eip(?:_association)?|ec2_instance_metadata_defaults)$|^AWS::(?:EC2::(?:Instance|LaunchTemplate|EIPAssociation)|AutoScaling::(?:AutoScalingGroup|LaunchConfiguration))$/,
    ['Instances'],
  ],
  [/^aws_ec2_instance_state$|^aws_ram_|^AWS::RAM::/, ['Instances']],
  [/^Custom::|CloudFormation::CustomResource$/, ['RouteTables', 'SecurityGroups', 'Roles']],
]

/** Kinds that contain other resources: a stack whose template was not read, or a module of the registry. */
const CONTAINS_RESOURCES =
  /^aws_cloudformation_stack(?:_set(?:_instance)?)?$|CloudFormation::Stack(?:Set)?$|Serverless::Application$|::MODULE$/

type Ignored = PlanReport['ignored']

/** What was not read and can have any effect: launch an instance or terminate one. */
export const unreadIn = ({ignored}: Pick<PlanReport, 'ignored'>): Ignored =>
  ignored.filter(({type}) => CONTAINS_RESOURCES.test(type))

/** What is not modeled, although an instance depends on what it could change. */
export const notModeledIn = ({ignored}: Pick<PlanReport, 'ignored'>): Ignored =>
  ignored.filter(({type, relevant}) => relevant && !CONTAINS_RESOURCES.test(type))

/** The mode of VPC Block Public Access, with its exclusions, is a field of each VPC and subnet. */
const withoutModes = (account: Account, kinds: readonly Kind[]): Account =>
  kinds.includes('VpcBlockPublicAccessOptions')
    ? inOrder(
        editAll('Vpcs', ({BlockPublicAccessStates: _, ...vpc}) => vpc),
        editAll('Subnets', ({BlockPublicAccessStates: _, ...subnet}) => subnet),
      )(account)
    : account

/** The resources that are not modeled, and which of them could change what an instance's outcome depends on. */
export function ignoredIn(after: Account, ignored: readonly IgnoredResource[]): PlanReport['ignored'] {
  const known = new Map<string, boolean>()
  let outcomes: readonly string[] | undefined
  const outcomesIn = (model: Account): readonly string[] => {
    const fleetCache = createFleetCache(model)
    return itemsOf(after.Instances).map((instance) => JSON.stringify(outcomeOf(model, instance, fleetCache)))
  }
  // Only private zones are read; another one is public.
  const isPublic = (zone: string): boolean =>
    !isUnreadable(after.HostedZones) && !find(after.HostedZones, 'Id', hostedZoneId(zone))
  const isRelevant = ({type, zone, isCreated, isReplaced}: IgnoredResource): boolean => {
    if (CONTAINS_RESOURCES.test(type)) return true
    if (LAUNCHES.test(type)) return isCreated === true || isReplaced === true
    if (zone !== undefined && isPublic(zone)) return false
    if (isCreated && HARMLESS_IF_CREATED.test(type)) return false
    const kinds = COULD_CHANGE.find(([pattern]) => pattern.test(type))?.[1] ?? []
    // All outcomes are about instances.
    if (kinds.length === 0 || kinds.includes('Instances')) return kinds.length > 0
    const key = kinds.join()
    const found = known.get(key)
    if (found !== undefined) return found
    outcomes ??= outcomesIn(after)
    const uncertain = kinds.reduce((model, kind) => allUnknown(model, kind, type), withoutModes(after, kinds))
    const result = outcomesIn(uncertain).some((one, at) => one !== outcomes?.[at])
    known.set(key, result)
    return result
  }
  return ignored.map((one) => {
    const {address, type, attributes} = one
    return {address, type, ...(attributes && {attributes}), relevant: isRelevant(one)}
  })
}
