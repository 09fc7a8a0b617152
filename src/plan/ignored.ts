import {createFleetCache} from '../audit/outcome-cache.ts'
import {type Account, itemsOf, type Kind} from '../model/account.ts'
import {outcomeOf} from './outcome.ts'
import {allUnknown} from './overlay/resource-effect.ts'
import type {PlanReport} from './plan-report.ts'
import type {IgnoredResource} from './resource.ts'

/** What a resource of a kind that is not modeled could change, by its kind in Terraform or CloudFormation. */
const COULD_CHANGE: readonly (readonly [type: RegExp, kinds: readonly Kind[]])[] = [
  [/resolver_(?:rule|endpoint)|ResolverRule|ResolverEndpoint/, ['ResolverRules']],
  [/resolver_(?:firewall|query)|Route53Resolver::Firewall/, ['FirewallRuleGroupAssociations']],
  [/route53profiles/i, ['ProfileAssociations', 'ProfileResourceAssociations']],
  [/block_public_access|BlockPublicAccess/, ['VpcBlockPublicAccessOptions']],
  [/transit_gateway|TransitGateway|networkmanager|NetworkManager/, ['TransitGatewayRouteTables', 'TransitGateways']],
  [/vpn|VPN|^aws_dx_|DirectConnect|carrier_gateway|CarrierGateway/, ['RouteTables']],
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
  [/^aws_ec2_instance_state$|^aws_ram_|^AWS::RAM::/, ['Instances']],
  [/^Custom::/, ['RouteTables', 'SecurityGroups', 'Roles']],
]

/** Kinds that contain other resources: a nested stack whose template was not read, or a module of the registry. */
const CONTAINS_RESOURCES = /^aws_cloudformation_stack$|CloudFormation::Stack$|::MODULE$/

/** What was not read and can have any effect: launch an instance or terminate one. */
export const unreadIn = ({ignored}: Pick<PlanReport, 'ignored'>): PlanReport['ignored'] =>
  ignored.filter(({type}) => CONTAINS_RESOURCES.test(type))

/** The resources that are not modeled, and which of them could change what an instance's outcome depends on. */
export function ignoredIn(after: Account, ignored: readonly IgnoredResource[]): PlanReport['ignored'] {
  const known = new Map<string, boolean>()
  let outcomes: readonly string[] | undefined
  const outcomesIn = (model: Account): readonly string[] => {
    const fleetCache = createFleetCache(model)
    return itemsOf(after.Instances).map((instance) => JSON.stringify(outcomeOf(model, instance, fleetCache)))
  }
  const isRelevant = (type: string): boolean => {
    if (CONTAINS_RESOURCES.test(type)) return true
    const kinds = COULD_CHANGE.find(([pattern]) => pattern.test(type))?.[1] ?? []
    // All outcomes are about instances.
    if (kinds.length === 0 || kinds.includes('Instances')) return kinds.length > 0
    const key = kinds.join()
    const found = known.get(key)
    if (found !== undefined) return found
    outcomes ??= outcomesIn(after)
    const uncertain = kinds.reduce((model, kind) => allUnknown(model, kind, type), after)
    const result = outcomesIn(uncertain).some((one, at) => one !== outcomes?.[at])
    known.set(key, result)
    return result
  }
  return ignored.map(({address, type}) => ({address, type, relevant: isRelevant(type)}))
}
