/**
 * Every call that may be made, by client. None of them changes anything:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 * The guard in `aws.ts` refuses whatever is not listed.
 */
export const ALLOWED_CALLS: Readonly<Record<string, readonly string[]>> = {
  EC2Client: [
    'DescribeDhcpOptions',
    'DescribeEgressOnlyInternetGateways',
    'DescribeIamInstanceProfileAssociations',
    'DescribeImages',
    'DescribeInstanceImageMetadata',
    'DescribeInstanceStatus',
    'DescribeInstances',
    'DescribeInternetGateways',
    'DescribeManagedPrefixLists',
    'DescribeNatGateways',
    'DescribeNetworkAcls',
    'DescribeNetworkInterfaces',
    'DescribeRegions',
    'DescribeRouteTables',
    'DescribeSecurityGroupVpcAssociations',
    'DescribeSecurityGroups',
    'DescribeSubnets',
    'DescribeTransitGatewayRouteTables',
    'DescribeTransitGatewayVpcAttachments',
    'DescribeTransitGateways',
    'DescribeVpcAttribute',
    'DescribeVpcBlockPublicAccessOptions',
    'DescribeVpcEndpointServices',
    'DescribeVpcEndpoints',
    'DescribeVpcPeeringConnections',
    'DescribeVpcs',
    'GetConsoleOutput',
    'GetManagedPrefixListEntries',
    'GetTransitGatewayRouteTableAssociations',
    'SearchTransitGatewayRoutes',
  ],
  SSMClient: [
    'DescribeInstanceAssociationsStatus',
    'DescribeInstanceInformation',
    'GetConnectionStatus',
    'GetDocument',
    'GetServiceSetting',
  ],
  IAMClient: [
    'GetAccountAuthorizationDetails',
    'GetInstanceProfile',
    'GetPolicy',
    'GetPolicyVersion',
    'GetRole',
    'GetRolePolicy',
    'ListAttachedRolePolicies',
    'ListRolePolicies',
    'SimulatePrincipalPolicy',
  ],
  STSClient: ['GetCallerIdentity'],
  Route53Client: ['GetHostedZone', 'ListHostedZonesByVPC', 'ListResourceRecordSets'],
  Route53ProfilesClient: ['ListProfileAssociations', 'ListProfileResourceAssociations'],
  Route53ResolverClient: [
    'GetResolverRule',
    'ListFirewallDomains',
    'ListFirewallRuleGroupAssociations',
    'ListFirewallRules',
    'ListResolverRuleAssociations',
  ],
  Inspector2Client: ['BatchGetAccountStatus', 'ListCoverage'],
  OrganizationsClient: ['ListAccounts'],
}

/**
 * The exchange of credentials, which changes nothing in the account either. Only the clients that the SDK's credential
 * provider makes for itself may ask for it; no client of ours can.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export const CREDENTIAL_CALLS: Readonly<Record<string, readonly string[]>> = {
  STSClient: ['AssumeRole', 'AssumeRoleWithWebIdentity'],
  SSOClient: ['GetRoleCredentials'],
  SSOOIDCClient: ['CreateToken'],
  SigninClient: ['CreateOAuth2Token'],
}
