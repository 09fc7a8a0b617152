import type {Subnet, Vpc} from '../../model/account.ts'
import {allWith, find, withPut} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {permission} from '../core/permission.ts'
import {answer, type Input} from '../core/remedy.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'

/** A group in the call, and on the model. */
export interface Group {
  readonly id: string
  readonly input: Input
}

/** The blocks of a VPC. If the VPC could not be read, its subnets show which of its addresses are in use. */
export const blocksOf = (facts: NetworkFacts, vpcId: string): readonly string[] => {
  const vpc = find(facts.Vpcs, 'VpcId', vpcId)
  return vpc ? blocksOfVpc(vpc) : blocksIn(allWith(facts.Subnets, 'VpcId', vpcId))
}

export const blocksOfVpc = (vpc: Vpc): readonly string[] =>
  blocksIn(
    [vpc],
    (vpc.CidrBlockAssociationSet ?? []).flatMap(({CidrBlock}) => CidrBlock ?? []),
  )

function blocksIn(holders: readonly (Vpc | Subnet)[], more: readonly string[] = []): readonly string[] {
  const v4 = holders.flatMap(({CidrBlock}) => CidrBlock ?? [])
  const v6 = holders.flatMap((one) =>
    (one.Ipv6CidrBlockAssociationSet ?? []).flatMap(({Ipv6CidrBlock}) => Ipv6CidrBlock ?? []),
  )
  return [...new Set([...v4, ...more, ...v6])]
}

/** A group for endpoints, which allows HTTPS from the whole VPC. */
export function createEndpointGroup(facts: NetworkFacts, VpcId: string): Change & {readonly group: Group} {
  const GroupName = freeName(facts, VpcId)
  const Description = 'HTTPS from the VPC to interface endpoints'
  const id = modelId('sg', VpcId, GroupName)
  const GroupId = answer('ENDPOINT_GROUP')
  const IpPermissions = [permission('tcp', 443, {cidrs: blocksOf(facts, VpcId)})]
  return {
    group: {id, input: GroupId},
    steps: [
      {
        service: 'ec2',
        operation: 'CreateSecurityGroup',
        input: {GroupName, Description, VpcId},
        save: {as: 'ENDPOINT_GROUP', query: 'GroupId'},
      },
      {service: 'ec2', operation: 'AuthorizeSecurityGroupIngress', input: {GroupId, IpPermissions}},
    ],
    undo: [{service: 'ec2', operation: 'DeleteSecurityGroup', input: {GroupId}}],
    apply: (account) =>
      withPut(account, 'SecurityGroups', 'GroupId', {
        GroupId: id,
        GroupName,
        Description,
        VpcId,
        IpPermissions,
        IpPermissionsEgress: [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
      }),
  }
}

/** Names of groups are unique in a VPC. */
function freeName({SecurityGroups}: NetworkFacts, vpcId: string): string {
  const taken = new Set(allWith(SecurityGroups, 'VpcId', vpcId).map(({GroupName}) => GroupName))
  let name = 'ssm-endpoints'
  for (let n = 2; taken.has(name); n++) name = `ssm-endpoints-${n}`
  return name
}
