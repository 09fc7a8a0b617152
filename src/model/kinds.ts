import type {Kind} from './account.ts'
import {ESSENTIAL_ACTIONS} from './agent-actions.ts'
import {kebab} from './cli-command.ts'

export type Service =
  | 'cloudtrail'
  | 'config'
  | 'ec2'
  | 'iam'
  | 'inspector2'
  | 'organizations'
  | 'route53'
  | 'route53profiles'
  | 'route53resolver'
  | 'ssm'

/** Where the AWS CLI has another name for a service than IAM. */
const CLI_NAMES: Readonly<Partial<Record<Service, string>>> = {config: 'configservice'}

/** One read-only call, the IAM action that allows it, and its AWS CLI command. */
export interface ReadCall {
  readonly service: Service
  readonly operation: string
  readonly action: string
  readonly command: string
  /** Made only for single instances, when a whole Region is read at once, for what exists, or for a launch. */
  readonly only?: 'single' | 'bulk' | 'existing' | 'launch'
  /** The list in each item that this call reads. */
  readonly list?: string
}

/**
 * What the rest of the program needs to know about a kind of AWS data, in addition to its type and the shape of its
 * items.
 */
export interface KindDescription {
  /** The field that identifies an item, where no two items have the same. */
  readonly key?: string
  /** The field that an item keeps if it could not be read: each item is read by a separate call. */
  readonly itemKey?: string
  /** Read for the network of an instance: its VPC and the VPCs that routes and names refer to. */
  readonly network?: true
  /** EC2 resources with unique ids: the files of other accounts add what is not visible to this account. */
  readonly shared?: true
  /** The same in every Region of the account. */
  readonly global?: true
  /** Its items name an Availability Zone of the Region. */
  readonly zoned?: true
  /** The field with an ARN that names the partition and, unless the kind is global, the Region. */
  readonly arn?: string
  /** Exists only for an instance that was launched. */
  readonly running?: true
  /** Several AWS CLI responses together describe one item. */
  readonly inParts?: true
  /** Read only with this flag, and omitted from every policy without it. */
  readonly optIn?: 'since-when'
  /**
   * What it means if an account file does not have the kind: there are no items, or it was not requested. Otherwise:
   * unread.
   */
  readonly absent?: 'none' | 'not-asked'
  /** The call that reads an item by the id that a Route 53 Profile names. */
  readonly byId?: ReadCall
  /** The call; `$NAME` in a command is replaced by the caller. */
  readonly calls: readonly ReadCall[]
}

const call = (service: Service, operation: string, parameters = '', only?: ReadCall['only']): ReadCall => ({
  service,
  operation,
  action: `${service}:${operation}`,
  command: `aws ${CLI_NAMES[service] ?? service} ${kebab(operation)}${parameters && ` ${parameters}`}`,
  ...(only && {only}),
})

const listing = (list: string, ...parts: Parameters<typeof call>): ReadCall => ({...call(...parts), list})

const ec2 = (operation: string, parameters?: string): readonly ReadCall[] => [call('ec2', operation, parameters)]

/** The value of the setting while it names no role. */
export const NO_ROLE = '$None'
export const HOST_MANAGEMENT_SETTING = '/ssm/managed-instance/default-ec2-instance-management-role'
/** https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-enable-advanced-instances-tier.html */
export const INSTANCE_TIER = '/ssm/managed-instance/activation-tier'
export const SESSION_DOCUMENT = 'SSM-SessionManagerRunShell'

const ZONE = call('route53', 'GetHostedZone', '--id "$PROFILE_ZONE"')
const RULE = call('route53resolver', 'GetResolverRule', '--resolver-rule-id "$RULE"')

/** An EC2 resource of the network. */
const NETWORK = {shared: true, network: true} as const

/**
 * Every kind of AWS data, described once. IAM's names of actions:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const KIND = {
  Instances: {key: 'InstanceId', shared: true, zoned: true, arn: 'OutpostArn', calls: ec2('DescribeInstances')},
  InstanceStatuses: {
    key: 'InstanceId',
    zoned: true,
    running: true,
    calls: ec2('DescribeInstanceStatus', '--include-all-instances'),
  },
  InstanceImageMetadata: {
    key: 'InstanceId',
    zoned: true,
    calls: [
      call('ec2', 'DescribeInstanceImageMetadata', '', 'existing'),
      call('ec2', 'DescribeImages', '--image-ids "$IMAGE"', 'launch'),
    ],
  },
  IamInstanceProfileAssociations: {
    key: 'AssociationId',
    running: true,
    calls: ec2('DescribeIamInstanceProfileAssociations'),
  },
  ConsoleOutputs: {
    key: 'InstanceId',
    itemKey: 'InstanceId',
    running: true,
    absent: 'none',
    calls: [call('ec2', 'GetConsoleOutput', '--instance-id "$INSTANCE"', 'single')],
  },
  InstanceInformationList: {key: 'InstanceId', running: true, calls: [call('ssm', 'DescribeInstanceInformation')]},
  ConnectionStatuses: {
    key: 'Target',
    itemKey: 'Target',
    running: true,
    absent: 'none',
    calls: [call('ssm', 'GetConnectionStatus', '--target "$INSTANCE"', 'single')],
  },
  InstanceAssociations: {
    itemKey: 'InstanceId',
    running: true,
    absent: 'none',
    calls: [call('ssm', 'DescribeInstanceAssociationsStatus', '--instance-id "$INSTANCE"')],
  },
  ActivationList: {
    key: 'ActivationId',
    running: true,
    absent: 'not-asked',
    calls: [call('ssm', 'DescribeActivations')],
  },
  ServiceSettings: {
    key: 'SettingId',
    arn: 'ARN',
    calls: [call('ssm', 'GetServiceSetting', '--setting-id /ssm/managed-instance/"$SETTING"')],
  },
  SessionPreferences: {calls: [call('ssm', 'GetDocument', `--name ${SESSION_DOCUMENT}`)]},
  InstanceProfiles: {
    key: 'Arn',
    itemKey: 'Arn',
    global: true,
    arn: 'Arn',
    inParts: true,
    calls: [call('iam', 'GetInstanceProfile', '--instance-profile-name "$PROFILE"', 'single')],
  },
  Roles: {
    key: 'Arn',
    itemKey: 'Arn',
    global: true,
    arn: 'Arn',
    inParts: true,
    calls: [
      call('iam', 'GetRole', '--role-name "$ROLE"', 'single'),
      call('iam', 'ListAttachedRolePolicies', '--role-name "$ROLE"', 'single'),
      call('iam', 'ListRolePolicies', '--role-name "$ROLE"', 'single'),
      call('iam', 'GetRolePolicy', '--role-name "$ROLE" --policy-name "$POLICY"', 'single'),
      call('iam', 'GetAccountAuthorizationDetails', '--filter Role LocalManagedPolicy AWSManagedPolicy', 'bulk'),
    ],
  },
  Policies: {
    key: 'Arn',
    itemKey: 'Arn',
    global: true,
    arn: 'Arn',
    absent: 'none',
    inParts: true,
    calls: [
      call('iam', 'GetPolicy', '--policy-arn "$POLICY_ARN"', 'single'),
      call('iam', 'GetPolicyVersion', '--policy-arn "$POLICY_ARN" --version-id "$VERSION"', 'single'),
    ],
  },
  PolicySimulations: {
    key: 'PolicySourceArn',
    itemKey: 'PolicySourceArn',
    global: true,
    absent: 'none',
    calls: [
      call(
        'iam',
        'SimulatePrincipalPolicy',
        `--policy-source-arn "$ROLE_ARN" --context-entries ContextKeyName=aws:RequestedRegion,ContextKeyType=string,ContextKeyValues="$AWS_REGION" --action-names ${Object.values(ESSENTIAL_ACTIONS).flat().join(' ')}`,
        'single',
      ),
    ],
  },
  Organization: {
    key: 'Id',
    global: true,
    absent: 'not-asked',
    calls: [call('organizations', 'DescribeOrganization')],
  },
  Vpcs: {key: 'VpcId', ...NETWORK, calls: ec2('DescribeVpcs')},
  VpcAttributes: {
    key: 'VpcId',
    itemKey: 'VpcId',
    ...NETWORK,
    inParts: true,
    calls: ec2('DescribeVpcAttribute', '--vpc-id "$VPC" --attribute "$ATTRIBUTE"'),
  },
  DhcpOptions: {key: 'DhcpOptionsId', ...NETWORK, calls: ec2('DescribeDhcpOptions')},
  Subnets: {key: 'SubnetId', ...NETWORK, zoned: true, arn: 'SubnetArn', calls: ec2('DescribeSubnets')},
  RouteTables: {key: 'RouteTableId', ...NETWORK, calls: ec2('DescribeRouteTables')},
  NetworkAcls: {key: 'NetworkAclId', ...NETWORK, calls: ec2('DescribeNetworkAcls')},
  SecurityGroups: {
    key: 'GroupId',
    ...NETWORK,
    arn: 'SecurityGroupArn',
    calls: [
      call('ec2', 'DescribeSecurityGroups'),
      call('ec2', 'DescribeSecurityGroupVpcAssociations', '--filters Name=group-id,Values="$GROUP_ID"', 'launch'),
    ],
  },
  NetworkInterfaces: {key: 'NetworkInterfaceId', ...NETWORK, zoned: true, calls: ec2('DescribeNetworkInterfaces')},
  InternetGateways: {key: 'InternetGatewayId', ...NETWORK, calls: ec2('DescribeInternetGateways')},
  EgressOnlyInternetGateways: {
    key: 'EgressOnlyInternetGatewayId',
    ...NETWORK,
    calls: ec2('DescribeEgressOnlyInternetGateways'),
  },
  NatGateways: {key: 'NatGatewayId', ...NETWORK, calls: ec2('DescribeNatGateways')},
  VpcEndpoints: {key: 'VpcEndpointId', ...NETWORK, calls: ec2('DescribeVpcEndpoints')},
  VpcPeeringConnections: {key: 'VpcPeeringConnectionId', ...NETWORK, calls: ec2('DescribeVpcPeeringConnections')},
  ManagedPrefixLists: {
    key: 'PrefixListId',
    ...NETWORK,
    arn: 'PrefixListArn',
    inParts: true,
    calls: [
      call('ec2', 'DescribeManagedPrefixLists'),
      listing('Entries', 'ec2', 'GetManagedPrefixListEntries', '--prefix-list-id "$PREFIX_LIST"'),
    ],
  },
  VpcBlockPublicAccessOptions: {key: 'AwsRegion', network: true, calls: ec2('DescribeVpcBlockPublicAccessOptions')},
  ServiceNames: {network: true, calls: ec2('DescribeVpcEndpointServices')},
  TransitGateways: {
    key: 'TransitGatewayId',
    ...NETWORK,
    arn: 'TransitGatewayArn',
    calls: ec2('DescribeTransitGateways'),
  },
  TransitGatewayVpcAttachments: {
    key: 'TransitGatewayAttachmentId',
    ...NETWORK,
    inParts: true,
    calls: [
      ...ec2('DescribeTransitGatewayVpcAttachments'),
      call('ec2', 'DescribeTransitGatewayAttachments', '--filters Name=resource-type,Values=vpc'),
    ],
  },
  TransitGatewayRouteTables: {
    key: 'TransitGatewayRouteTableId',
    ...NETWORK,
    inParts: true,
    calls: [
      call('ec2', 'DescribeTransitGatewayRouteTables'),
      listing(
        'Associations',
        'ec2',
        'GetTransitGatewayRouteTableAssociations',
        '--transit-gateway-route-table-id "$TABLE"',
      ),
      listing(
        'Routes',
        'ec2',
        'SearchTransitGatewayRoutes',
        '--transit-gateway-route-table-id "$TABLE" --filters Name=state,Values=active,blackhole',
      ),
    ],
  },
  HostedZones: {
    key: 'Id',
    network: true,
    inParts: true,
    calls: [
      call('route53', 'ListHostedZonesByVPC', '--vpc-id "$VPC" --vpc-region "$AWS_REGION"'),
      listing('ResourceRecordSets', 'route53', 'ListResourceRecordSets', '--hosted-zone-id "$ZONE"'),
      ZONE,
    ],
    byId: ZONE,
  },
  ProfileAssociations: {
    key: 'Id',
    network: true,
    absent: 'not-asked',
    calls: [call('route53profiles', 'ListProfileAssociations')],
  },
  ProfileResourceAssociations: {
    key: 'Id',
    network: true,
    absent: 'not-asked',
    calls: [call('route53profiles', 'ListProfileResourceAssociations', '--profile-id "$DNS_PROFILE"')],
  },
  ResolverRules: {
    key: 'Id',
    arn: 'Arn',
    network: true,
    inParts: true,
    calls: [call('route53resolver', 'ListResolverRuleAssociations'), RULE],
    byId: RULE,
  },
  FirewallRuleGroupAssociations: {
    key: 'Id',
    arn: 'Arn',
    network: true,
    calls: [
      call('route53resolver', 'ListFirewallRuleGroupAssociations'),
      listing('FirewallRules', 'route53resolver', 'ListFirewallRules', '--firewall-rule-group-id "$GROUP"'),
      listing('Domains', 'route53resolver', 'ListFirewallDomains', '--firewall-domain-list-id "$DOMAINS"'),
    ],
  },
  CoveredResources: {running: true, absent: 'none', calls: [call('inspector2', 'ListCoverage')]},
  AccountStatuses: {key: 'accountId', running: true, calls: [call('inspector2', 'BatchGetAccountStatus')]},
  CloudTrailEvents: {
    running: true,
    optIn: 'since-when',
    absent: 'not-asked',
    calls: [
      call('cloudtrail', 'LookupEvents', '--lookup-attributes AttributeKey=ResourceName,AttributeValue="$CHANGED"'),
    ],
  },
  ConfigurationItems: {
    running: true,
    optIn: 'since-when',
    absent: 'not-asked',
    calls: [call('config', 'GetResourceConfigHistory', '--resource-type "$RECORDED_TYPE" --resource-id "$RECORDED"')],
  },
} as const satisfies Readonly<Record<Kind, KindDescription>>

export const KINDS = Object.keys(KIND) as readonly Kind[]

/** The kinds of which the description says so. */
export type KindsWith<Flag extends 'network' | 'shared'> = {
  [K in Kind]: (typeof KIND)[K] extends {readonly [F in Flag]: true} ? K : never
}[Kind]

export const describedBy = (kind: Kind): KindDescription => KIND[kind]
export const kindsWith = <Flag extends 'network' | 'shared'>(flag: Flag): readonly KindsWith<Flag>[] =>
  KINDS.filter((kind): kind is KindsWith<Flag> => describedBy(kind)[flag] === true)
