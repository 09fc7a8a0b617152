import {describe, expect, it} from 'vitest'
import {inverseOf} from '../../../src/remedies/core/inverse.ts'
import {type Call, ec2, fromVariable, iam, type Step} from '../../../src/remedies/core/remedy.ts'

const rule = {GroupId: 'sg-0a', IpPermissions: [{IpProtocol: '-1', IpRanges: [{CidrIp: '10.0.0.0/8'}]}]}
const entry = {NetworkAclId: 'acl-0a', RuleNumber: 90, Egress: true}
const rows: readonly (readonly [does: string, call: Call, undo: Call])[] = [
  ['revokes', ec2('AuthorizeSecurityGroupEgress', rule), ec2('RevokeSecurityGroupEgress', rule)],
  ['authorizes again', ec2('RevokeSecurityGroupEgress', rule), ec2('AuthorizeSecurityGroupEgress', rule)],
  [
    'deletes by the parameters that name it',
    ec2('CreateNetworkAclEntry', {...entry, RuleAction: 'allow', Protocol: '6'}),
    ec2('DeleteNetworkAclEntry', entry),
  ],
  [
    'deletes by the id in the response',
    ec2('CreateVpcEndpoint', {VpcId: 'vpc-0a'}, {as: 'SSM_ENDPOINT', query: 'VpcEndpoint.VpcEndpointId'}),
    ec2('DeleteVpcEndpoints', {VpcEndpointIds: [fromVariable('SSM_ENDPOINT')]}),
  ],
  [
    'removes what was added',
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', AddSubnetIds: ['subnet-0a']}),
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', RemoveSubnetIds: ['subnet-0a']}),
  ],
  [
    'adds what was removed',
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', RemoveSubnetIds: ['subnet-0a']}),
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', AddSubnetIds: ['subnet-0a']}),
  ],
  [
    'disables what was enabled',
    ec2('ModifyVpcAttribute', {VpcId: 'vpc-0a', EnableDnsSupport: {Value: true}}),
    ec2('ModifyVpcAttribute', {VpcId: 'vpc-0a', EnableDnsSupport: {Value: false}}),
  ],
  [
    'disables what was enabled for a subnet',
    ec2('ModifySubnetAttribute', {SubnetId: 'subnet-0a', EnableDns64: {Value: true}}),
    ec2('ModifySubnetAttribute', {SubnetId: 'subnet-0a', EnableDns64: {Value: false}}),
  ],
  [
    'disables private DNS',
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', PrivateDnsEnabled: true}),
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', PrivateDnsEnabled: false}),
  ],
  [
    'enables private DNS again',
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', PrivateDnsEnabled: false}),
    ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', PrivateDnsEnabled: true}),
  ],
]

const unknown: readonly (readonly [string, Step])[] = [
  ['a policy that replaced an unknown one', ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', PolicyDocument: '{}'})],
  ['a policy that was reset', ec2('ModifyVpcEndpoint', {VpcEndpointId: 'vpce-0a', ResetPolicy: true})],
  ['what a call creates whose response is not kept', ec2('CreateVpcEndpoint', {VpcId: 'vpc-0a'})],
  ['a deletion', ec2('DeleteVpcEndpoints', {VpcEndpointIds: ['vpce-0a']})],
  ['a wait', {wait: ec2('DescribeInstances', {}), until: 'instance-stopped'}],
]

describe('what undoes a call', () => {
  it.each(rows)('%s: %j', (_, call, undo) => expect(inverseOf([call])).toEqual([undo]))

  it.each(unknown)('is not known for %s', (_, step) => expect(inverseOf([step])).toEqual([]))

  it('comes in the opposite order', () => {
    const role = iam('CreateRole', {RoleName: 'web', AssumeRolePolicyDocument: '{}'})
    const attached = {RoleName: 'web', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'}
    expect(inverseOf([role, iam('AttachRolePolicy', attached)])).toEqual([
      iam('DetachRolePolicy', attached),
      iam('DeleteRole', {RoleName: 'web'}),
    ])
  })
})
