import {type Account, itemsOf} from '../../../src/model/account.ts'
import {OWNER} from '../../support/healthy.ts'
import * as a from './account.ts'
import {ALL, acls, type NetworkFault, natTables, oneGroup} from './fault-accounts.ts'
import * as other from './other-accounts.ts'

type InternetGatewayBlockMode = 'block-ingress' | 'block-bidirectional'

/** In a subnet with a mode of VPC Block Public Access, which is not that of its VPC if it has an exclusion. */
const withPublicAddress = (mode: InternetGatewayBlockMode, modeOfVpc = mode): Account => {
  const blocked = (InternetGatewayBlockMode: InternetGatewayBlockMode) => ({
    BlockPublicAccessStates: {InternetGatewayBlockMode},
  })
  return {
    ...a.withoutEgress,
    Instances: [
      {
        ...a.web,
        NetworkInterfaces: a.web.NetworkInterfaces.map((eni) => ({...eni, Association: {PublicIp: '203.0.113.7'}})),
      },
    ],
    RouteTables: natTables([a.to('0.0.0.0/0', {GatewayId: a.IGW})]),
    Subnets: itemsOf(a.withoutEgress.Subnets).map((one) => ({...one, OwnerId: OWNER, ...blocked(mode)})),
    Vpcs: itemsOf(a.withoutEgress.Vpcs).map((one) => ({...one, ...blocked(modeOfVpc)})),
  }
}

export const faultsOfFilters: readonly NetworkFault[] = [
  {
    name: 'no egress at all, behind endpoints',
    account: {...a.behindEndpoints, SecurityGroups: oneGroup({IpPermissionsEgress: []})},
    cause: 'sg.no-egress-443',
    open: ALL,
  },
  {
    name: 'no egress at all, behind a NAT gateway',
    account: {...a.behindNat, SecurityGroups: oneGroup({IpPermissionsEgress: []})},
    cause: 'sg.no-egress-443',
    open: ALL,
  },
  {
    name: 'egress to a prefix list only',
    account: {
      ...a.behindNat,
      SecurityGroups: oneGroup({
        IpPermissionsEgress: [
          {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{PrefixListId: a.PL_S3}]},
        ],
      }),
    },
    cause: 'sg.egress-prefix-list-only',
    open: ALL,
  },
  {
    name: 'network ACL without the request',
    account: {...a.behindNat, NetworkAcls: acls([a.rule(false, 100, 'allow'), a.rule(true, 100, 'allow', [80, 80])])},
    cause: 'nacl.egress-443',
    open: ALL,
  },
  {
    name: 'network ACL that denies the request before allowing all',
    account: {
      ...a.behindNat,
      NetworkAcls: acls([...a.OPEN, a.rule(true, 50, 'deny', [443, 443]), a.rule(true, 49, 'allow', [80, 80])]),
    },
    cause: 'nacl.egress-443',
    open: ALL,
  },
  {
    name: 'network ACL whose first rules deny the request',
    account: {
      ...a.behindNat,
      NetworkAcls: acls([...a.OPEN, a.rule(true, 1, 'deny', [443, 443]), a.rule(true, 2, 'deny', [25, 25])]),
    },
    cause: 'nacl.egress-443',
    open: ALL,
  },
  {
    name: 'network ACL without replies',
    account: {...a.behindNat, NetworkAcls: acls([a.rule(true, 100, 'allow'), a.rule(false, 100, 'allow', [443, 443])])},
    cause: 'nacl.ingress-ephemeral',
    open: ALL,
  },
  {
    name: 'network ACL with half of the replies',
    account: {
      ...a.behindNat,
      NetworkAcls: acls([a.rule(true, 100, 'allow'), a.rule(false, 100, 'allow', [1024, 49151])]),
    },
    cause: 'nacl.partial-ephemeral',
    open: ALL,
  },
  {
    name: 'network ACL of the NAT gateway that is closed in both directions',
    account: {...a.behindNat, NetworkAcls: acls(a.OPEN, [])},
    cause: 'nacl.nat-subnet',
    open: ALL,
  },
  {
    name: 'network ACL of the endpoints that sends no replies',
    account: {
      ...a.behindEndpoints,
      NetworkAcls: [
        a.acl(a.ACL, [a.PRIVATE_A], a.OPEN),
        a.acl(a.PUBLIC_ACL, [a.PRIVATE_B], [a.rule(false, 100, 'allow'), a.rule(true, 100, 'allow', [443, 443])]),
      ],
    },
    cause: 'nacl.endpoint-subnet',
    open: ALL,
  },
  {
    name: 'custom DNS servers that no security group allows',
    account: {
      ...a.behindNat,
      DhcpOptions: [
        {
          DhcpOptionsId: a.id('dopt', 61),
          DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.2.53'}]}],
        },
      ],
      SecurityGroups: oneGroup({
        IpPermissionsEgress: [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
      }),
    },
    cause: 'sg.custom-dns-blocked',
    open: [],
    others: ['dns.custom-servers'],
  },
  {
    name: 'egress to a group of the hub',
    account: {
      ...a.behindHubEndpoints,
      SecurityGroups: [
        a.group(a.GROUP, {
          IpPermissionsEgress: [
            {
              IpProtocol: 'tcp',
              FromPort: 443,
              ToPort: 443,
              UserIdGroupPairs: [{GroupId: a.ENDPOINT_GROUP}],
              PrefixListIds: [{PrefixListId: a.PL_S3}],
            },
          ],
        }),
        a.group(a.ENDPOINT_GROUP, {VpcId: a.HUB, IpPermissions: a.HTTPS_FROM_VPC}),
      ],
    },
    cause: 'sg.ref-over-tgw-egress',
    open: ALL,
  },
  {
    name: 'Block Public Access over the NAT gateway',
    account: {
      ...a.behindNat,
      Subnets: itemsOf(a.behindNat.Subnets).map((one) => ({
        ...one,
        BlockPublicAccessStates: {InternetGatewayBlockMode: 'block-bidirectional'},
      })),
    },
    cause: 'bpa.bidirectional',
    open: ALL,
  },
  {
    name: 'Block Public Access over a public address',
    account: withPublicAddress('block-ingress'),
    cause: 'bpa.ingress-direct-igw',
    open: ALL,
  },
  {
    name: 'Block Public Access over a public address, in a subnet with an exclusion for egress',
    account: withPublicAddress('block-ingress', 'block-bidirectional'),
    cause: 'bpa.ingress-direct-igw',
    open: ALL,
  },
  // https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html#security-vpc-bpa-service-support
  ...(['block-ingress', 'block-bidirectional'] as const).map((mode) => ({
    name: `Block Public Access (${mode}) over a NAT instance, which is no NAT gateway`,
    account: {
      ...other.behindNatInstance({}),
      Subnets: itemsOf(a.behindNat.Subnets).map((one) => ({
        ...one,
        BlockPublicAccessStates: {InternetGatewayBlockMode: mode},
      })),
    },
    cause: mode === 'block-ingress' ? 'bpa.ingress-direct-igw' : 'bpa.bidirectional',
    open: [],
    others: ['route.unfollowed'],
  })),
  {
    name: 'Block Public Access by the organization',
    account: {
      ...a.behindNat,
      VpcBlockPublicAccessOptions: [
        {
          InternetGatewayBlockMode: 'block-bidirectional',
          ManagedBy: 'declarative-policy',
          ExclusionsAllowed: 'not-allowed',
        },
      ],
      Subnets: itemsOf(a.behindNat.Subnets).map((one) => ({
        ...one,
        BlockPublicAccessStates: {InternetGatewayBlockMode: 'block-bidirectional'},
      })),
    },
    cause: 'bpa.org-managed',
    open: ALL,
  },
]
