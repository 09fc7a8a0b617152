import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type NetworkAcl, type SecurityGroup} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {healthy, healthyBehindNat, OWNER, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {applied, read, ref, report, totals} from './odd-plan.ts'
import {planOf} from './plans.ts'

const DEFAULT_GROUP = 'sg-0dddddddddddddd01'
const DEFAULT_ACL = 'acl-0dddddddddddddd1'
const MAIN_TABLE = 'rtb-0dddddddddddddd1'

const causes = (plan: unknown, account: Account) =>
  report(plan, account).instances.flatMap(({causes: all}) => all.map(({id, resource}) => `${id} ${resource}`))

/**
 * Terraform takes over what AWS created with the VPC, and removes its rules and routes at once; the plan shows the id
 * only after apply. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group
 */
describe('a default of the VPC that Terraform takes over loses what the source does not have', () => {
  it('the rules of the default network ACL', () => {
    const [open] = itemsOf(healthyBehindNat.NetworkAcls)
    const acl = {...open, NetworkAclId: DEFAULT_ACL, IsDefault: true} as NetworkAcl
    const account = {...healthyBehindNat, NetworkAcls: [acl]}
    const plan = planOf({
      address: 'aws_default_network_acl.this',
      actions: ['create'],
      after: {default_network_acl_id: DEFAULT_ACL, ingress: [], egress: []},
      unknown: {id: true, vpc_id: true},
    })
    expect(causes(plan, account)).toContain(`nacl.egress-443 ${DEFAULT_ACL}`)
  })

  it('the rules of the default security group', () => {
    const groups = itemsOf(healthy.SecurityGroups).map(
      (one): SecurityGroup => (one.GroupId === WEB_GROUP ? {...one, GroupName: 'default'} : one),
    )
    const plan = planOf({
      address: 'aws_default_security_group.this',
      actions: ['create'],
      after: {vpc_id: VPC},
      unknown: {id: true, ingress: true, egress: true},
    })
    expect(causes(plan, {...healthy, SecurityGroups: groups})).toEqual([`sg.no-egress-443 ${WEB_GROUP}`])
  })

  it('the routes of the main route table', () => {
    const Associations = [{Main: true, RouteTableId: MAIN_TABLE}]
    const [table, ...others] = itemsOf(healthyBehindNat.RouteTables)
    const main = {...table!, RouteTableId: MAIN_TABLE, Associations}
    const plan = planOf({
      address: 'aws_default_route_table.this',
      actions: ['create'],
      after: {default_route_table_id: MAIN_TABLE},
      unknown: {id: true, vpc_id: true, route: true},
    })
    const account = {...healthyBehindNat, RouteTables: [main, ...others]}
    expect(causes(plan, account)).toContain(`route.none ${MAIN_TABLE}`)
  })
})

describe('what refers to a default of the VPC that Terraform takes over', () => {
  it('has the id in the account', () => {
    const group: SecurityGroup = {
      GroupId: DEFAULT_GROUP,
      GroupName: 'default',
      VpcId: VPC,
      OwnerId: OWNER,
      IpPermissions: [],
      IpPermissionsEgress: [],
    }
    const account: Account = {
      ...healthy,
      Vpcs: itemsOf(healthy.Vpcs).map((one) => ({...one, IsDefault: true})),
      Subnets: itemsOf(healthy.Subnets).map((one) => ({...one, DefaultForAz: true})),
      SecurityGroups: [...itemsOf(healthy.SecurityGroups), group],
    }
    const zone = find(healthy.Subnets, 'SubnetId', SUBNET)!.AvailabilityZone
    const plan = planOf(
      {address: 'aws_default_vpc.this', actions: ['create'], after: {}, unknown: {id: true}},
      {
        address: 'aws_default_security_group.this',
        actions: ['create'],
        after: {egress: [{protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['0.0.0.0/0']}]},
        unknown: {id: true, vpc_id: true, ingress: true},
        expressions: {vpc_id: ref('aws_default_vpc.this.id', 'aws_default_vpc.this'), egress: {}},
      },
      {
        address: 'aws_default_subnet.this',
        actions: ['create'],
        after: {availability_zone: zone},
        unknown: {id: true, vpc_id: true, cidr_block: true},
      },
      {
        address: 'aws_instance.new',
        actions: ['create'],
        after: {ami: 'ami-1', iam_instance_profile: 'web'},
        unknown: {id: true, subnet_id: true, vpc_security_group_ids: true},
        expressions: {
          subnet_id: ref('aws_default_subnet.this.id', 'aws_default_subnet.this'),
          vpc_security_group_ids: ref('aws_default_security_group.this.id', 'aws_default_security_group.this'),
        },
      },
    )
    const launched = itemsOf(applied(plan, account).Instances).find(({InstanceId}) => InstanceId !== WEB)
    expect(launched).toMatchObject({SubnetId: SUBNET, VpcId: VPC, SecurityGroups: [{GroupId: DEFAULT_GROUP}]})
    expect(totals(plan, account)).toMatchObject({new: 1, unknown: 0})
  })

  it('has an id derived from the VPC if the plan creates that as well', () => {
    const plan = planOf(
      {address: 'aws_vpc.new', actions: ['create'], after: {cidr_block: '10.9.0.0/16'}, unknown: {id: true}},
      {
        address: 'aws_default_security_group.this',
        actions: ['create'],
        after: {},
        unknown: {id: true, vpc_id: true, ingress: true, egress: true},
        expressions: {vpc_id: ref('aws_vpc.new.id', 'aws_vpc.new')},
      },
      {
        address: 'aws_default_network_acl.this',
        actions: ['create'],
        after: {ingress: [], egress: []},
        unknown: {id: true, default_network_acl_id: true},
        expressions: {default_network_acl_id: ref('aws_vpc.new.default_network_acl_id', 'aws_vpc.new')},
      },
    )
    expect(read(plan).resources.map(({id}) => id)).toEqual([
      'vpc-aws_vpc.new',
      'sg-aws_vpc.new.default_security_group_id',
      'acl-aws_vpc.new.default_network_acl_id',
    ])
    const after = applied(plan)
    expect(find(after.NetworkAcls, 'NetworkAclId', 'acl-aws_vpc.new.default_network_acl_id')?.Entries).toHaveLength(2)
  })
})
