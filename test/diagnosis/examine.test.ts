import {describe, expect, it} from 'vitest'
import {checks} from '../../src/checks/index.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Account, Kind} from '../../src/model/account.ts'
import {WALK_KINDS} from '../../src/network/readings.ts'
import {behindEndpoints, behindNat, INSTANCE, instance, online} from '../support/network.ts'

const REFUSED = {
  unreadable: 'UnauthorizedOperation: You are not authorized to perform this operation.',
  error: 'UnauthorizedOperation',
}
const statusOf = (account: Account, id: string) =>
  examine(account, INSTANCE).checks.find((check) => check.id === id)?.status

describe('an id that does not exist', () => {
  it('is not found, and the next step is to check the Region and account', () => {
    const report = examine(behindNat, 'i-0ffffffffffffffff')
    expect(report).toMatchObject({verdict: 'unmanaged', causes: [{id: 'target.not-found', severity: 'blocks'}]})
    expect(report.checklist[0]?.commands).toEqual([
      'aws ec2 describe-instances --instance-ids i-0ffffffffffffffff --region eu-west-1',
    ])
  })
  it('is named where it was found in another Region', () => {
    const report = examine(behindNat, 'i-0ffffffffffffffff', {elsewhere: 'us-west-2'})
    expect(report.causes).toMatchObject([{id: 'target.wrong-region', message: expect.stringContaining('us-west-2')}])
    expect(report.checklist[0]?.commands).toEqual(['ssm-doctor i-0ffffffffffffffff --region us-west-2'])
  })
  it('is unknown if instances could not be read', () => {
    expect(examine({...behindNat, Instances: REFUSED}, INSTANCE)).toMatchObject({
      verdict: 'undecided',
      causes: [{id: 'target.access-denied', severity: 'undecided'}],
      unreadable: [{kind: 'Instances', permission: 'ec2:DescribeInstances'}],
    })
  })
})

describe('an instance that does not run', () => {
  const stopped = {...behindNat, Instances: [instance({State: {Name: 'stopped'}})], RouteTables: []}
  it('has that as its only cause, and no path is traced', () => {
    const {causes, paths, checks: results} = examine(stopped, INSTANCE)
    expect(causes.map(({id}) => id)).toEqual(['instance.not-running'])
    expect(paths).toEqual([])
    expect(results.filter(({status}) => status !== 'skip').map(({id}) => id)).toEqual(['target', 'instance-state'])
  })
})

describe('not knowing', () => {
  const wanted = new Set<Kind>([...WALK_KINDS, 'InstanceProfiles', 'Roles'])
  it.each(Object.keys(behindEndpoints).filter((key) => wanted.has(key as Kind)))(
    'denying %s never adds a cause to an online node, and never crashes',
    (kind) => {
      const report = examine({...online(behindEndpoints), [kind]: REFUSED}, INSTANCE)
      expect(report.causes.filter(({severity}) => severity === 'blocks' || severity === 'degrades')).toEqual([])
    },
  )
  it('reports denied calls once, with their actions, and asks for the permission', () => {
    const {causes, unreadable} = examine({...behindNat, NetworkAcls: REFUSED, RouteTables: REFUSED}, INSTANCE)
    expect(causes.filter(({id}) => id === 'target.access-denied')).toHaveLength(1)
    expect(unreadable.map(({permission}) => permission)).toEqual(
      expect.arrayContaining(['ec2:DescribeNetworkAcls', 'ec2:DescribeRouteTables']),
    )
  })
  it('does not report denied calls that decide nothing', () => {
    const {causes, unreadable} = examine(
      {...behindNat, TransitGatewayRouteTables: REFUSED, VpcPeeringConnections: REFUSED},
      INSTANCE,
    )
    expect(causes.map(({id}) => id)).not.toContain('target.access-denied')
    expect(unreadable).toEqual([])
  })
  it('does not attribute an unregistered node to its agent while the path is unknown', () => {
    const {causes} = examine({...behindNat, NetworkAcls: REFUSED}, INSTANCE)
    expect(causes.map(({id}) => id).filter((id) => id.startsWith('os.'))).toEqual([])
  })
  it('makes the check unknown, not failed and not passed', () => {
    expect(statusOf({...behindNat, NetworkAcls: REFUSED}, 'network-acl')).toBe('unknown')
    expect(statusOf({...behindNat, RouteTables: REFUSED}, 'route')).toBe('unknown')
  })
})

describe('no other cause', () => {
  it('is likely the agent, and no checklist claims to fix it', () => {
    expect(examine(behindNat, INSTANCE)).toMatchObject({
      verdict: 'unmanaged',
      causes: [{id: 'os.agent-not-running', severity: 'blocks', certainty: 'likely'}, {severity: 'symptom'}],
      verified: false,
    })
  })
  it('is not checked for a new instance, which is unknown', () => {
    const young = {...behindNat, Instances: [instance({LaunchTime: '2026-11-20T11:50:00.000Z'})]}
    expect(examine(young, INSTANCE)).toMatchObject({verdict: 'undecided'})
    expect(examine(young, INSTANCE).causes.map(({id}) => id)).not.toContain('os.agent-not-running')
  })
})

it('reports every check in the order of the list', () => {
  expect(examine(behindNat, INSTANCE).checks.map(({id}) => id)).toEqual(
    checks.filter(({subject}) => subject !== 'hybrid').map(({id}) => id),
  )
})

it('lists the root cause first: by severity, certainty, position and resource', () => {
  const twice = {
    ...online(behindNat),
    Instances: [instance({MetadataOptions: {HttpEndpoint: 'disabled'}})],
    NatGateways: [],
  }
  const {causes} = examine(twice, INSTANCE)
  expect(causes.map(({id}) => id).slice(0, 2)).toEqual(['imds.disabled', 'route.blackhole'])
})
