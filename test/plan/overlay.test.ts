import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type Kind} from '../../src/model/account.ts'
import {outcomeOf, withoutObservations} from '../../src/plan/outcome.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import type {PlannedResource} from '../../src/plan/resource.ts'
import {healthy, healthyBehindNat} from '../support/healthy.ts'

const KINDS: readonly (readonly [kind: Kind, field: string, type: string])[] = [
  ['SecurityGroups', 'GroupId', 'AWS::EC2::SecurityGroup'],
  ['NatGateways', 'NatGatewayId', 'AWS::EC2::NatGateway'],
  ['InternetGateways', 'InternetGatewayId', 'AWS::EC2::InternetGateway'],
  ['VpcEndpoints', 'VpcEndpointId', 'AWS::EC2::VPCEndpoint'],
]

const deletion = (type: string, id: string): PlannedResource => ({
  address: id,
  type,
  id,
  action: 'delete',
  attributes: [],
  before: {},
})

const outcome = (account: Account) => {
  const quiet = withoutObservations(account)
  return itemsOf(quiet.Instances).map((instance) => {
    const {verdict, causes} = outcomeOf(quiet, instance)
    return {verdict, causes: causes.map(({id, resource}) => `${id} ${resource}`).sort()}
  })
}

describe.each([
  ['behind endpoints', healthy],
  ['behind a NAT gateway', healthyBehindNat],
])('an account %s', (_, account) => {
  const things = KINDS.flatMap(([kind, field, type]) =>
    itemsOf(account[kind] as readonly object[]).map((item) => ({
      kind,
      type,
      id: String(Reflect.get(item, field)),
      field,
    })),
  )

  it.each(things)('without $id has the verdict that the plan predicts for its deletion', ({kind, type, id, field}) => {
    const absent = {
      ...account,
      [kind]: itemsOf(account[kind] as readonly object[]).filter((item) => Reflect.get(item, field) !== id),
    } as Account
    const planned = applyResources(account, [deletion(type, id)])
    expect(outcome(planned).map(({verdict}) => verdict)).toEqual(outcome(absent).map(({verdict}) => verdict))
  })

  it('is unchanged after a change and its inverse', () => {
    for (const {GroupId, IpPermissionsEgress} of itemsOf(account.SecurityGroups)) {
      const before = {
        SecurityGroupEgress: IpPermissionsEgress.flatMap(({IpProtocol, FromPort, ToPort, IpRanges = []}) =>
          IpRanges.map(({CidrIp}) => ({IpProtocol, FromPort, ToPort, CidrIp})),
        ),
      }
      const change = (from: object, to: object): PlannedResource => ({
        address: 'group',
        type: 'AWS::EC2::SecurityGroup',
        id: GroupId,
        action: 'update',
        attributes: ['egress'],
        before: {...from},
        after: {...to},
      })
      const there = applyResources(account, [change(before, {SecurityGroupEgress: []})])
      const back = applyResources(there, [change({SecurityGroupEgress: []}, before)])
      expect(outcome(back)).toEqual(outcome(account))
    }
  })
})

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-defaulthostmanagementconfiguration.html */
describe('host management as a resource', () => {
  const hostRole = 'arn:aws:iam::111122223333:role/own-host-role'
  const resource = (after: object): PlannedResource => ({
    address: 'HostManagement',
    type: 'AWS::SSM::DefaultHostManagementConfiguration',
    id: 'host-management',
    action: 'create',
    attributes: [],
    before: {},
    after: {...after},
  })
  const settingAfter = (after: object) => applyResources(healthy, [resource(after)]).ServiceSettings

  it('names a role of the account', () => {
    const settings = settingAfter({PermissionModel: 'SELF_MANAGED', CustomerManagedRoleArn: hostRole})
    expect(itemsOf(settings)).toMatchObject([{SettingValue: hostRole, Status: 'Customized'}])
  })

  it('is unknown where Systems Manager creates the role, whose name is not documented', () => {
    expect(settingAfter({PermissionModel: 'SERVICE_MANAGED'})).toHaveProperty('unreadable')
  })

  it('is off once it is deleted', () => {
    const deleted: PlannedResource = {...resource({}), action: 'delete', id: 'x'}
    expect(itemsOf(applyResources(healthy, [deleted]).ServiceSettings)).toEqual([])
  })
})
