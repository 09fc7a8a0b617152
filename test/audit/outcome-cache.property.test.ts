import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {fleetAccount} from '../../bench/fleet-account.ts'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {createFleetCache} from '../../src/audit/outcome-cache.ts'
import {type Diagnosis, diagnose, findingsOf} from '../../src/diagnosis/diagnose.ts'
import type {Account, Instance, InstanceInformation, Role} from '../../src/model/account.ts'
import {itemsOf} from '../../src/model/account.ts'
import {INSTANCE, network} from '../oracle/arbitrary.ts'
import {runs} from '../oracle/runs.ts'
import {allow, healthy, OWNER} from '../support/healthy.ts'

/** All that a verdict rests on. Words may name another instance in the same place. */
const judgementOf = (diagnosis: Diagnosis) => ({
  causes: findingsOf(diagnosis).map(({cause, resource, severity, certainty = 'proven', check}) => ({
    cause,
    resource,
    severity,
    certainty,
    check: check.id,
  })),
  checks: diagnosis.outcomes.map(({check, status}) => `${check.id} ${status}`),
  paths: diagnosis.paths.map(({service, verdict, via}) => `${service} ${verdict} ${via}`),
})

/** Every instance, in this order: what the first was told must hold for the last. */
function differencesIn(account: Account): readonly unknown[] {
  const sharing = createFleetCache(account)
  return itemsOf(account.Instances).flatMap((instance) => {
    const shared = judgementOf(diagnose(account, instance, {residual: true, sharing}))
    const alone = judgementOf(diagnose(account, instance))
    return JSON.stringify(shared) === JSON.stringify(alone) ? [] : [{id: instance.InstanceId, shared, alone}]
  })
}

interface Twist {
  readonly last: number
  readonly groups: boolean
  readonly isPublic: boolean
  readonly agent: string | undefined
  readonly windows: boolean
  readonly profile: boolean
  readonly metadata: boolean
  readonly type: string
}

const twist: fc.Arbitrary<Twist> = fc.record({
  last: fc.constantFrom(10, 11, 12, 100, 127, 128, 200),
  groups: fc.boolean(),
  isPublic: fc.boolean(),
  agent: fc.constantFrom(undefined, '3.3.2746.0', '3.2.0.0', '2.3.0.0'),
  windows: fc.boolean(),
  profile: fc.boolean(),
  metadata: fc.boolean(),
  type: fc.constantFrom('t3.micro', 'm3.large'),
})

/** Neighbours of an instance: other addresses, groups, systems, agents and profiles in the same subnet. */
function withNeighbours(account: Account, twists: readonly Twist[]): Account {
  const first = itemsOf(account.Instances).find(({InstanceId}) => InstanceId === INSTANCE)
  if (!first) return account
  const neighbours = twists.map((one, n) => neighbourOf(first, one, n))
  const nodes = twists.flatMap(({agent}, n): InstanceInformation[] =>
    agent === undefined
      ? []
      : [
          {
            InstanceId: idOf(n),
            PingStatus: n % 2 === 0 ? 'Online' : 'ConnectionLost',
            AgentVersion: agent,
            LastPingDateTime: account.ReadAt,
          },
        ],
  )
  return {
    ...account,
    Instances: [...itemsOf(account.Instances), ...neighbours],
    InstanceInformationList: [...itemsOf(account.InstanceInformationList), ...nodes],
  }
}

const idOf = (n: number): string => `i-0b${String(n).padStart(15, '0')}`

function neighbourOf(first: Instance, one: Twist, n: number): Instance {
  const eni = first.NetworkInterfaces[0]
  const address = (eni?.PrivateIpAddress ?? first.PrivateIpAddress ?? '10.0.1.1').replace(/\d+$/, String(one.last + n))
  const Groups = one.groups ? (eni?.Groups ?? first.SecurityGroups) : (eni?.Groups ?? []).slice(0, 1)
  const {IamInstanceProfile, PlatformDetails: _, ...rest} = first
  return {
    ...rest,
    InstanceId: idOf(n),
    InstanceType: one.type as NonNullable<Instance['InstanceType']>,
    PrivateIpAddress: address,
    PlatformDetails: one.windows ? 'Windows' : 'Linux/UNIX',
    SecurityGroups: Groups,
    ...(one.profile && IamInstanceProfile && {IamInstanceProfile}),
    MetadataOptions: {...first.MetadataOptions, HttpEndpoint: one.metadata ? 'enabled' : 'disabled'},
    NetworkInterfaces: [
      {
        ...eni,
        NetworkInterfaceId: `eni-0b${String(n).padStart(15, '0')}`,
        PrivateIpAddress: address,
        PrivateIpAddresses: [{Primary: true, PrivateIpAddress: address}],
        Groups,
        ...(one.isPublic ? {Association: {PublicIp: '203.0.113.9'}} : {Association: undefined}),
      },
    ],
  }
}

describe('sharing', () => {
  it('never changes a judgement on random networks', () => {
    fc.assert(
      fc.property(network, fc.array(twist, {minLength: 2, maxLength: 8}), (account, twists) => {
        expect(differencesIn(withNeighbours(account, twists))).toEqual([])
      }),
      {numRuns: runs(60)},
    )
  })

  it('never changes a judgement in a fleet broken in ten ways', () => {
    const [account] = parseAccounts([{name: 'fleet', json: fleetAccount({instances: 700})}]).accounts
    expect(differencesIn(account!)).toEqual([])
  })

  it('walks a fleet far less often than it has instances', () => {
    const [account] = parseAccounts([{name: 'fleet', json: fleetAccount({instances: 700})}]).accounts
    const sharing = createFleetCache(account!)
    const ways = new Set(itemsOf(account!.Instances).map((instance) => sharing.paths(instance)))
    expect(ways.size).toBeLessThan(60)
  })
})

/** Two instances with one role, of which a policy speaks in different ways. */
const twins = (change: Partial<Account>): Account => {
  const [web] = itemsOf(healthy.Instances)
  const other = {...web!, InstanceId: 'i-0aaaaaaaaaaaaaa02', Tags: [{Key: 'Kept', Value: 'out'}]}
  return {...healthy, Instances: [web!, other], ...change}
}

const denying = (rest: object): Partial<Account> => {
  const [role] = itemsOf(healthy.Roles) as readonly Role[]
  const deny = {Version: '2012-10-17', Statement: [{Effect: 'Deny', Action: 'ssm:UpdateInstanceInformation', ...rest}]}
  return {Roles: [{...role!, RolePolicyList: [{PolicyName: 'out', PolicyDocument: deny}]}]}
}

describe('policies that tell instances apart', () => {
  it.each([
    ['by a tag', {Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/Kept': 'out'}}}],
    ['by an id', {Resource: `arn:aws:ec2:*:${OWNER}:instance/i-0aaaaaaaaaaaaaa02`}],
    ['by a part of an id', {Resource: 'arn:aws:ec2:*:*:instance/*2'}],
    ['by the ARN of the source', {Resource: '*', Condition: {ArnLike: {'ec2:SourceInstanceARN': '*2'}}}],
    ['by a variable', {Resource: `arn:aws:ec2:*:*:instance/\${aws:ResourceTag/Kept}`}],
  ])('are judged for each: %s', (_, rest) => {
    const account = twins(denying(rest))
    expect(differencesIn(account)).toEqual([])
  })

  it('are judged for each at an endpoint', () => {
    const endpoints = itemsOf(healthy.VpcEndpoints).map((endpoint) => ({
      ...endpoint,
      PolicyDocument: allow('*', {
        Principal: '*',
        Resource: '*',
        Condition: {
          StringEquals: {'ec2:SourceInstanceARN': `arn:aws:ec2:eu-west-1:${OWNER}:instance/i-0aaaaaaaaaaaaaa02`},
        },
      }),
    }))
    expect(differencesIn(twins({VpcEndpoints: endpoints}))).toEqual([])
  })
})
