import {type Account, isUnreadable, itemsOf, type Kind, type Reading} from '../../src/model/account.ts'
import {isObject} from '../../src/util/json.ts'
import {type Call, fakeAws, isRefusal, type Refusal, refuse, type Spoil} from './fake-aws.ts'
import type {Fields, Value} from './wire.ts'

export interface Serving {
  /** The response that AWS returns instead. */
  readonly change?: (call: Call, answer: Fields) => Fields
  /** What happens to a response on the wire. */
  readonly spoil?: Spoil
  /** The items per page, whatever was requested. */
  readonly pageSize?: number
  /** Calls that are denied, or broken, instead of answered. */
  readonly unless?: (call: Call) => Refusal | undefined
}

/** Every EC2 operation that lists resources of one kind: the kind, its field in the response, and what its filters mean. */
const LISTS: Readonly<Record<string, readonly [Kind, string, Readonly<Record<string, string>>?]>> = {
  DescribeInstanceStatus: ['InstanceStatuses', 'InstanceStatuses', {'': 'InstanceIds:InstanceId'}],
  DescribeInstanceImageMetadata: ['InstanceImageMetadata', 'InstanceImageMetadata', {'instance-id': 'InstanceId'}],
  DescribeIamInstanceProfileAssociations: [
    'IamInstanceProfileAssociations',
    'IamInstanceProfileAssociations',
    {'instance-id': 'InstanceId'},
  ],
  DescribeVpcs: ['Vpcs', 'Vpcs', {'vpc-id': 'VpcId'}],
  DescribeDhcpOptions: ['DhcpOptions', 'DhcpOptions', {'dhcp-options-id': 'DhcpOptionsId'}],
  DescribeSubnets: ['Subnets', 'Subnets', {'vpc-id': 'VpcId'}],
  DescribeRouteTables: ['RouteTables', 'RouteTables', {'vpc-id': 'VpcId'}],
  DescribeNetworkAcls: ['NetworkAcls', 'NetworkAcls', {'vpc-id': 'VpcId'}],
  DescribeSecurityGroups: ['SecurityGroups', 'SecurityGroups', {'vpc-id': 'VpcId', 'group-id': 'GroupId'}],
  DescribeNetworkInterfaces: [
    'NetworkInterfaces',
    'NetworkInterfaces',
    {'network-interface-id': 'NetworkInterfaceId', 'addresses.private-ip-address': 'PrivateIpAddress'},
  ],
  DescribeInternetGateways: [
    'InternetGateways',
    'InternetGateways',
    {'attachment.vpc-id': 'Attachments.VpcId', 'internet-gateway-id': 'InternetGatewayId'},
  ],
  DescribeEgressOnlyInternetGateways: ['EgressOnlyInternetGateways', 'EgressOnlyInternetGateways'],
  DescribeNatGateways: ['NatGateways', 'NatGateways', {'vpc-id': 'VpcId'}],
  DescribeVpcEndpoints: ['VpcEndpoints', 'VpcEndpoints', {'vpc-id': 'VpcId', 'vpc-endpoint-id': 'VpcEndpointId'}],
  DescribeVpcPeeringConnections: [
    'VpcPeeringConnections',
    'VpcPeeringConnections',
    {'vpc-peering-connection-id': 'VpcPeeringConnectionId'},
  ],
  DescribeManagedPrefixLists: ['ManagedPrefixLists', 'PrefixLists', {'prefix-list-id': 'PrefixListId'}],
  DescribeTransitGateways: ['TransitGateways', 'TransitGateways', {'transit-gateway-id': 'TransitGatewayId'}],
  DescribeTransitGatewayAttachments: [
    'TransitGatewayVpcAttachments',
    'TransitGatewayAttachments',
    {'transit-gateway-id': 'TransitGatewayId'},
  ],
  DescribeTransitGatewayVpcAttachments: [
    'TransitGatewayVpcAttachments',
    'TransitGatewayVpcAttachments',
    {'transit-gateway-id': 'TransitGatewayId'},
  ],
  DescribeTransitGatewayRouteTables: [
    'TransitGatewayRouteTables',
    'TransitGatewayRouteTables',
    {'transit-gateway-id': 'TransitGatewayId'},
  ],
}

/** A simulated AWS that responds as if the account were real. */
export const serve = (account: Account, {pageSize = 1000, unless, change, spoil}: Serving = {}) =>
  fakeAws((call) => {
    const answer = unless?.(call) ?? paged(answerTo(account, call), call, pageSize)
    return change && !isRefusal(answer) ? change(call, answer) : answer
  }, spoil)

/** Splits the long list of a response into pages, with the token of the operation. */
function paged(answer: Fields | Refusal, {operation, input, service}: Call, size: number): Fields | Refusal {
  const list = Object.entries(answer).find(([, value]) => Array.isArray(value) && value.length > size)
  const marker = service === 'iam' ? 'Marker' : service === 'inspector2' ? 'nextToken' : 'NextToken'
  if (!list || operation === 'GetRole' || operation === 'GetInstanceProfile' || 'ServiceDetails' in answer)
    return answer
  const from = Number(input[marker] ?? 0)
  const [key, items] = list
  if (!Array.isArray(items)) return answer
  const more = from + size < items.length
  return {
    ...answer,
    [key]: items.slice(from, from + size),
    ...(more && {[marker]: String(from + size), IsTruncated: true}),
  }
}

const list = <T>(reading: Reading<T>): readonly T[] => itemsOf(reading)
const encoded = (document: unknown): string | undefined =>
  document === undefined
    ? undefined
    : encodeURIComponent(typeof document === 'string' ? document : JSON.stringify(document))

export function answerTo(account: Account, call: Call): Fields | Refusal {
  if (call.service === 'ec2') return ec2Answer(account, call)
  if (call.service === 'iam') return iamAnswer(account, call)
  if (call.service === 'sts') return {...account.Caller}
  if (call.service === 'ssm') return ssmAnswer(account, call)
  if (call.service === 'route53') return zoneAnswer(account, call)
  if (call.service === 'route53profiles') return profileAnswer(account, call)
  if (call.service === 'cloudtrail') return {Events: eventsFor(account, call)}
  if (call.service === 'config') return recordedFor(account, call)
  if (call.service === 'route53resolver') return resolverAnswer(account, call)
  if (call.service === 'organizations') return organizationAnswer(account)
  return {coveredResources: list(account.CoveredResources), accounts: list(account.AccountStatuses)}
}

function organizationAnswer(account: Account): Fields | Refusal {
  const [organization] = list(account.Organization)
  return organization ? {Organization: {...organization}} : refuse('AWSOrganizationsNotInUseException')
}

/** CloudTrail answers of one Region; the event itself names the Region where it happened. */
function eventsFor(account: Account, {input, region}: Call): readonly object[] {
  const [attribute] = Array.isArray(input.LookupAttributes) ? input.LookupAttributes : []
  return list(account.CloudTrailEvents).filter(({EventName, CloudTrailEvent = ''}) => {
    const here = CloudTrailEvent.includes(`"awsRegion":"${region}"`)
    const value = String(attribute?.AttributeValue)
    return (
      here && (attribute?.AttributeKey === 'EventName' ? EventName === value : CloudTrailEvent.includes(`"${value}"`))
    )
  })
}

function recordedFor(account: Account, {input}: Call): Fields | Refusal {
  const found = list(account.ConfigurationItems).filter(({resourceId}) => resourceId === input.resourceId)
  return found.length > 0 ? {configurationItems: found} : refuse('ResourceNotDiscoveredException')
}

/** The values behind a path such as `Attachments.VpcId`. */
function at(item: Value, path: string): readonly Value[] {
  const [head = '', ...rest] = path.split('.')
  const value = isObject(item) ? item[head] : undefined
  const values = Array.isArray(value) ? value : [value]
  return rest.length === 0 ? values : values.flatMap((one) => at(one, rest.join('.')))
}

function filtered(
  items: readonly object[],
  input: Fields,
  fields: Readonly<Record<string, string>>,
): readonly object[] {
  const filters = [input.Filters, input.Filter].flatMap((some) => (Array.isArray(some) ? some : []))
  return items.filter((item) =>
    filters.every(({Name, Values}) => {
      const path = fields[Name]
      if (path === undefined) throw new Error(`The pretend AWS does not know the filter ${Name}.`)
      return at(item, path).some((value) => Values.includes(value))
    }),
  )
}

function ec2Answer(account: Account, {operation, input}: Call): Fields | Refusal {
  const [kind, key, fields = {}] = LISTS[operation] ?? []
  if (kind && key) {
    const items = list<unknown>(account[kind]).filter(
      (item): item is object => typeof item === 'object' && item !== null,
    )
    const ids = Array.isArray(input.InstanceIds) ? input.InstanceIds : undefined
    const chosen = ids ? items.filter((item) => at(item, 'InstanceId').some((id) => ids.includes(id))) : items
    return {[key]: filtered(chosen, input, fields).map(asEc2Says)}
  }
  const own = OTHERS[operation]
  return own ? own(account, input) : refuse('InvalidAction', `${operation} is not served`)
}

/** Endpoint policies are JSON text on the wire. */
const asEc2Says = (item: object): object =>
  'PolicyDocument' in item && typeof item.PolicyDocument === 'object'
    ? {...item, PolicyDocument: JSON.stringify(item.PolicyDocument)}
    : item

const OTHERS: Readonly<Record<string, (account: Account, input: Fields) => Fields | Refusal>> = {
  DescribeInstances: (account, input) => ({
    Reservations: filtered(list(account.Instances), input, {
      'instance-id': 'InstanceId',
      'network-interface.network-interface-id': 'NetworkInterfaces.NetworkInterfaceId',
      'private-ip-address': 'PrivateIpAddress',
    }).map((instance) => ({Instances: [instance]})),
  }),
  DescribeVpcAttribute: ({VpcAttributes}, {VpcId, Attribute}) => {
    const found = list(VpcAttributes).find((one) => one.VpcId === VpcId)
    if (!found || isUnreadable(found)) return refuse('InvalidVpcID.NotFound')
    return Attribute === 'enableDnsSupport'
      ? {EnableDnsSupport: found.EnableDnsSupport}
      : {EnableDnsHostnames: found.EnableDnsHostnames}
  },
  DescribeVpcBlockPublicAccessOptions: ({VpcBlockPublicAccessOptions}) => ({
    VpcBlockPublicAccessOptions: list(VpcBlockPublicAccessOptions)[0] ?? {InternetGatewayBlockMode: 'off'},
  }),
  DescribeVpcEndpointServices: ({ServiceNames}, {Filters}) => {
    const wanted: readonly Value[] = Array.isArray(Filters) ? Filters[0].Values : []
    return {ServiceNames: list(ServiceNames).filter((name) => wanted.includes(name))}
  },
  DescribeRegions: ({Region}) => ({Regions: [Region, 'eu-central-1', 'us-east-1'].map((RegionName) => ({RegionName}))}),
  GetConsoleOutput: ({ConsoleOutputs}, {InstanceId}) => {
    const found = list(ConsoleOutputs).find((one) => one.InstanceId === InstanceId)
    if (!found || isUnreadable(found)) return {InstanceId}
    return {InstanceId, Timestamp: found.Timestamp, Output: Buffer.from(found.Output ?? '').toString('base64')}
  },
  GetManagedPrefixListEntries: ({ManagedPrefixLists}, {PrefixListId}) => ({
    Entries: list(list(ManagedPrefixLists).find((one) => one.PrefixListId === PrefixListId)?.Entries ?? []),
  }),
  GetTransitGatewayRouteTableAssociations: ({TransitGatewayRouteTables}, {TransitGatewayRouteTableId: id}) => ({
    Associations: list(
      list(TransitGatewayRouteTables).find((one) => one.TransitGatewayRouteTableId === id)?.Associations ?? [],
    ),
  }),
  SearchTransitGatewayRoutes: ({TransitGatewayRouteTables}, {TransitGatewayRouteTableId: id}) => ({
    Routes: list(list(TransitGatewayRouteTables).find((one) => one.TransitGatewayRouteTableId === id)?.Routes ?? []),
  }),
}

function ssmAnswer(account: Account, {operation, input}: Call): Fields | Refusal {
  switch (operation) {
    case 'DescribeInstanceInformation': {
      const [filter] = Array.isArray(input.Filters) ? input.Filters : []
      const field = filter?.Key === 'ResourceType' ? 'ResourceType' : 'InstanceId'
      return {
        InstanceInformationList: list(account.InstanceInformationList).filter(
          (node) => filter === undefined || filter.Values.includes(node[field]),
        ),
      }
    }
    case 'GetConnectionStatus':
      return {...list(account.ConnectionStatuses).find(({Target}) => Target === input.Target)}
    case 'DescribeInstanceAssociationsStatus':
      return {
        InstanceAssociationStatusInfos: list(account.InstanceAssociations).filter(
          ({InstanceId}) => InstanceId === input.InstanceId,
        ),
      }
    case 'GetServiceSetting':
      return settingNamed(account, String(input.SettingId))
    case 'DescribeActivations': {
      const [filter] = Array.isArray(input.Filters) ? input.Filters : []
      return {
        ActivationList: list(account.ActivationList).filter(
          ({ActivationId}) => filter === undefined || filter.FilterValues.includes(ActivationId),
        ),
      }
    }
    case 'GetDocument': {
      const [preferences] = list(account.SessionPreferences)
      return preferences ? {Content: JSON.stringify(preferences)} : refuse('InvalidDocument')
    }
    default:
      return refuse('InvalidAction', `${operation} is not served`)
  }
}

function settingNamed(account: Account, id: string): Fields | Refusal {
  const found = list(account.ServiceSettings).find(({SettingId}) => SettingId.endsWith(id))
  return found ? {ServiceSetting: found} : refuse('ServiceSettingNotFound')
}

function iamAnswer(account: Account, {operation, input}: Call): Fields | Refusal {
  const role = list(account.Roles).find((one) => !isUnreadable(one) && one.RoleName === input.RoleName)
  const policy = list(account.Policies).find(({Arn}) => Arn === input.PolicyArn)
  const absent = refuse('NoSuchEntity', 'There is none.', 404)
  switch (operation) {
    case 'GetInstanceProfile': {
      const found = list(account.InstanceProfiles).find(
        (one) => !isUnreadable(one) && one.InstanceProfileName === input.InstanceProfileName,
      )
      return found && !isUnreadable(found) ? {InstanceProfile: found} : absent
    }
    case 'GetRole':
      return role && !isUnreadable(role)
        ? {Role: {...role, AssumeRolePolicyDocument: encoded(role.AssumeRolePolicyDocument)}}
        : absent
    case 'ListAttachedRolePolicies':
      return role && !isUnreadable(role) ? {AttachedPolicies: role.AttachedManagedPolicies} : absent
    case 'ListRolePolicies':
      return role && !isUnreadable(role) ? {PolicyNames: role.RolePolicyList.map(({PolicyName}) => PolicyName)} : absent
    case 'GetRolePolicy': {
      const found =
        role && !isUnreadable(role) ? role.RolePolicyList.find((one) => one.PolicyName === input.PolicyName) : undefined
      return found ? {...found, RoleName: input.RoleName, PolicyDocument: encoded(found.PolicyDocument)} : absent
    }
    case 'GetPolicy':
      return policy && !isUnreadable(policy) ? {Policy: policy} : absent
    case 'GetPolicyVersion': {
      const version = policy && !isUnreadable(policy) ? policy.PolicyVersionList[0] : undefined
      return version ? {PolicyVersion: {...version, Document: encoded(version.Document)}} : absent
    }
    case 'SimulatePrincipalPolicy': {
      const found = list(account.PolicySimulations).find(
        ({PolicySourceArn}) => PolicySourceArn === input.PolicySourceArn,
      )
      return {EvaluationResults: found && !isUnreadable(found) ? found.EvaluationResults : []}
    }
    case 'GetAccountAuthorizationDetails':
      return authorizationDetails(account)
    default:
      return refuse('InvalidAction', `${operation} is not served`)
  }
}

const authorizationDetails = ({Roles, Policies, InstanceProfiles}: Account): Fields => ({
  RoleDetailList: list(Roles).flatMap((role) =>
    isUnreadable(role)
      ? []
      : [
          {
            ...role,
            AssumeRolePolicyDocument: encoded(role.AssumeRolePolicyDocument),
            RolePolicyList: role.RolePolicyList.map((one) => ({...one, PolicyDocument: encoded(one.PolicyDocument)})),
            InstanceProfileList: list(InstanceProfiles).filter(
              (profile) => !isUnreadable(profile) && profile.Roles.some(({Arn}) => Arn === role.Arn),
            ),
          },
        ],
  ),
  Policies: list(Policies).flatMap((policy) =>
    isUnreadable(policy)
      ? []
      : [
          {
            ...policy,
            PolicyVersionList: policy.PolicyVersionList.map((one) => ({...one, Document: encoded(one.Document)})),
          },
        ],
  ),
})

function profileAnswer(account: Account, {operation, input}: Call): Fields {
  if (operation === 'ListProfileResourceAssociations')
    return {
      ProfileResourceAssociations: list(account.ProfileResourceAssociations).filter(
        ({ProfileId}) => ProfileId === input.ProfileId,
      ),
    }
  return {
    ProfileAssociations: list(account.ProfileAssociations).filter(
      ({ResourceId}) => input.ResourceId === undefined || ResourceId === input.ResourceId,
    ),
  }
}

function zoneAnswer({HostedZones, Region}: Account, {operation, input}: Call): Fields | Refusal {
  if (operation === 'ListHostedZonesByVPC')
    return {
      HostedZoneSummaries: list(HostedZones)
        .filter(({VPCs}) => (VPCs ?? []).some(({VPCId, VPCRegion}) => VPCId === input.VPCId && VPCRegion === Region))
        .map(({Id, Name, Owner}) => ({HostedZoneId: Id.replace('/hostedzone/', ''), Name, Owner})),
      MaxItems: 100,
    }
  if (operation === 'GetHostedZone') {
    const wanted = list(HostedZones).find(({Id}) => Id === `/hostedzone/${input.Id}`)
    return wanted
      ? {HostedZone: {Id: wanted.Id, Name: wanted.Name}, VPCs: wanted.VPCs ?? []}
      : refuse('NoSuchHostedZone')
  }
  const zone = list(HostedZones).find(({Id}) => Id === `/hostedzone/${input.HostedZoneId}`)
  return {ResourceRecordSets: list(zone?.ResourceRecordSets ?? []), IsTruncated: false, MaxItems: 300}
}

function resolverAnswer(account: Account, {operation, input}: Call): Fields | Refusal {
  const rules = list(account.ResolverRules)
  const groups = list(account.FirewallRuleGroupAssociations)
  switch (operation) {
    case 'ListResolverRuleAssociations': {
      const [filter] = Array.isArray(input.Filters) ? input.Filters : []
      return {
        ResolverRuleAssociations: rules.flatMap(({Id, VPCIds}) =>
          VPCIds.filter((id) => filter.Values.includes(id)).map((VPCId) => ({ResolverRuleId: Id, VPCId})),
        ),
      }
    }
    case 'GetResolverRule':
      return {ResolverRule: rules.find(({Id}) => Id === input.ResolverRuleId)}
    case 'ListFirewallRuleGroupAssociations':
      return {FirewallRuleGroupAssociations: groups.filter(({VpcId}) => VpcId === input.VpcId)}
    case 'ListFirewallRules':
      return {
        FirewallRules: groups
          .filter(({FirewallRuleGroupId}) => FirewallRuleGroupId === input.FirewallRuleGroupId)
          .flatMap(({FirewallRules}) => list(FirewallRules)),
      }
    case 'ListFirewallDomains': {
      const all = groups.flatMap(({FirewallRules}) => list(FirewallRules))
      return {
        Domains: list(all.find((rule) => rule.FirewallDomainListId === input.FirewallDomainListId)?.Domains ?? []),
      }
    }
    default:
      return refuse('InvalidAction', `${operation} is not served`)
  }
}
