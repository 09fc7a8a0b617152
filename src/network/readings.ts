import type {Context, Readings} from '../model/account.ts'

/** The part of the account that a walk may read. It reads a collection only if the path needs it. */
export const WALK_KINDS = [
  'Instances',
  'Vpcs',
  'VpcAttributes',
  'DhcpOptions',
  'Subnets',
  'RouteTables',
  'NetworkAcls',
  'SecurityGroups',
  'NetworkInterfaces',
  'InternetGateways',
  'EgressOnlyInternetGateways',
  'NatGateways',
  'VpcEndpoints',
  'VpcPeeringConnections',
  'ManagedPrefixLists',
  'VpcBlockPublicAccessOptions',
  'ServiceNames',
  'TransitGateways',
  'TransitGatewayVpcAttachments',
  'TransitGatewayRouteTables',
  'HostedZones',
  'ProfileAssociations',
  'ProfileResourceAssociations',
  'ResolverRules',
  'FirewallRuleGroupAssociations',
  'InstanceInformationList',
  'InstanceImageMetadata',
  'SessionPreferences',
] as const satisfies readonly (keyof Readings)[]

export type WalkReadings = Context & Pick<Readings, (typeof WALK_KINDS)[number]>
