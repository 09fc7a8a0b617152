import {describe, expect, it} from 'vitest'
import {endpointPolicy} from '../../../src/checks/network/endpoint-policy.ts'
import {endpointPolicyHop} from '../../../src/iam/endpoint-policy.ts'
import type {Account, VpcEndpoint} from '../../../src/model/account.ts'
import {allow, anEndpoint, anInstance, OWNER} from '../../support/healthy.ts'
import {absent, causes, findings, onHostManagement, pathTo, run} from '../identity/identity-accounts.ts'

const everyone = {Principal: '*', Resource: '*'}
const ownAccount = {Condition: {StringEquals: {'aws:PrincipalAccount': OWNER}}}

const withPolicy = (service: string, document: object): VpcEndpoint => ({
  ...anEndpoint(service, 1),
  PolicyDocument: {...document},
})
const account = (endpoint: VpcEndpoint, change: Partial<Account> = {}): Account => ({
  ...absent,
  ...change,
  VpcEndpoints: [endpoint],
})
const pathsOf = (given: Account, service: string) => {
  const [endpoint] = given.VpcEndpoints as readonly VpcEndpoint[]
  return [pathTo(service, endpoint!.VpcEndpointId, [endpointPolicyHop(given, anInstance(), endpoint!, service)])]
}
const [all] = allow('*', everyone).Statement

const cases: readonly (readonly [string, string, string, object, Partial<Account>])[] = [
  ['endpoint.policy-denies', 'blocks', 'ssm', allow('ssm:GetParameter', everyone), {}],
  ['endpoint.policy-denies', 'blocks', 'ssm', {Statement: [all, {...all, Effect: 'Deny', Action: 'ssm:*'}]}, {}],
  ['endpoint.policy-denies', 'degrades', 'ssm', allow('ssm:UpdateInstanceInformation', everyone), {}],
  ['endpoint.policy-denies', 'degrades', 'ssmmessages', allow('ssmmessages:Open*', everyone), {}],
  ['endpoint.org-condition', 'blocks', 'ssm', allow('*', {...everyone, ...ownAccount}), onHostManagement()],
  [
    'endpoint.org-condition',
    'blocks',
    'ssm',
    {Statement: [all, {...all, Effect: 'Deny', Condition: {StringNotEquals: {'aws:PrincipalAccount': OWNER}}}]},
    onHostManagement(),
  ],
  ['s3.endpoint-policy', 'degrades', 's3', allow('s3:*', {Principal: '*', Resource: 'arn:aws:s3:::mine/*'}), {}],
]

it.each(cases)(
  'finds %s, which %s, for %s, and every change fixes it',
  (cause, severity, service, document, change) => {
    const before = account(withPolicy(service, document), change)
    const [finding, ...more] = findings(endpointPolicy, before, pathsOf(before, service))
    expect([finding?.cause, finding?.severity, more]).toEqual([cause, severity, []])
    expect(finding?.remedies).toHaveLength(2)
    for (const {apply} of finding?.remedies ?? []) {
      const after = apply!(before)
      expect(causes(endpointPolicy, after, pathsOf(after, service))).toEqual([])
    }
  },
)

it('passes with the default policy', () => {
  const healthy = account(anEndpoint('ssm', 1))
  expect(run(endpointPolicy, healthy, pathsOf(healthy, 'ssm'))).toMatchObject([{fact: expect.any(String)}])
})

it('says that the node cannot register where a recent ping contradicts that, and not where only other calls are denied', () => {
  const consequenceOf = (action: string) => {
    const before = account(withPolicy('ssm', allow(action, everyone)))
    const contradicted = pathsOf(before, 'ssm').map((path) => ({
      ...path,
      hops: path.hops.map((hop) => ({...hop, verdict: 'unknown' as const})),
    }))
    return findings(endpointPolicy, before, contradicted)[0]?.message
  }
  expect(consequenceOf('ssm:GetParameter')).toMatch(/The node cannot register or send heartbeats\.$/)
  expect(consequenceOf('ssm:UpdateInstanceInformation')).toMatch(/The node registers, and its associations/)
})

it('is unknown if the organization decides', () => {
  const open = account(
    withPolicy('ssm', allow('*', {...everyone, Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}})),
  )
  expect(run(endpointPolicy, open, pathsOf(open, 'ssm'))).toMatchObject([{unknown: expect.stringContaining('o-1')}])
})

it('says how to ask for the organization that decides, and nothing of another unknown condition', () => {
  const when = (key: string) => {
    const open = account(withPolicy('ssm', allow('*', {...everyone, Condition: {StringEquals: {[key]: 'o-1'}}})))
    const [note] = run(endpointPolicy, open, pathsOf(open, 'ssm'))
    return note && 'unknown' in note ? note.remedies?.flatMap(({steps}) => steps) : note
  }
  const asked = [{service: 'organizations', operation: 'DescribeOrganization', input: {}}]
  expect(when('aws:PrincipalOrgID')).toEqual(asked)
  expect(when('aws:ResourceOrgID')).toEqual(asked)
  expect(when('aws:PrincipalOrgPaths')).toBeUndefined()
})

it('is skipped if there is no endpoint on the path', () => {
  expect(run(endpointPolicy)).toMatchObject([{skip: expect.any(String)}])
})

it('allows with the calls that it denies those on other resources than the policy names', () => {
  const own = allow('ssm:*', {Principal: '*', Resource: `arn:aws:ssm:*:${OWNER}:*`})
  const before = account(withPolicy('ssm', own))
  const [finding] = findings(endpointPolicy, before, pathsOf(before, 'ssm'))
  expect(finding?.actions).toEqual([
    'ssm:UpdateInstanceInformation',
    'ssm:ListInstanceAssociations',
    'ssm:PutInventory',
  ])
  const after = finding!.remedies![0]!.apply!(before)
  expect(pathsOf(after, 'ssm')[0]?.hops[0]?.verdict).toBe('open')
})

/** The policy after the first fix. */
const fixedPolicy = (service: string, document: object) => {
  const before = account(withPolicy(service, document))
  const [finding] = findings(endpointPolicy, before, pathsOf(before, service))
  const [endpoint] = finding!.remedies![0]!.apply!(before).VpcEndpoints as readonly VpcEndpoint[]
  return (endpoint!.PolicyDocument as {readonly Statement: readonly object[]}).Statement
}

it.each<readonly [string, object, string]>([
  [
    's3',
    {Effect: 'Deny', Action: 's3:GetObject', Principal: '*', Resource: 'arn:aws:s3:::secrets/*'},
    's3:GetObject of other objects',
  ],
  [
    'ssm',
    {...all, Effect: 'Deny', Action: 'ssm:*', Condition: {StringNotEquals: {'aws:PrincipalAccount': OWNER}}},
    'calls from other accounts',
  ],
  [
    'ssm',
    {...all, Effect: 'Deny', Action: 'ssm:*', Principal: {AWS: `arn:aws:iam::${OWNER}:role/other`}},
    'calls of another role',
  ],
])('at the endpoint for %s, what is not allowed is allowed, and the Deny %j of %s stays', (service, deny) => {
  const own = {...all, Action: 'ec2:*'}
  const [first, second, added] = fixedPolicy(service, {Statement: [own, deny]})
  expect([first, second]).toEqual([own, deny])
  expect(added).toMatchObject({Effect: 'Allow', Principal: '*'})
})

it('allows nothing twice where a Deny alone is in the way', () => {
  expect(
    fixedPolicy('ssm', {Statement: [all, {...all, Effect: 'Deny', Action: 'ssm:UpdateInstanceInformation'}]}),
  ).toEqual([all])
})

// https://github.com/aws-samples/data-perimeter-policy-examples/blob/main/vpc_endpoint_policies/s3_endpoint_policy.json
describe('a data perimeter in the policy of an S3 endpoint', () => {
  const BUCKETS = ['amazon-ssm', 'aws-ssm', 'birdwatcher', 'patch-baseline-snapshot']
  const fixed = (document: object) => {
    const before = account(withPolicy('s3', document))
    const [finding] = findings(endpointPolicy, before, pathsOf(before, 's3'))
    const solves = (finding?.remedies ?? []).map(({title, apply}) => ({
      title,
      verdict: pathsOf(apply!(before), 's3')[0]?.hops[0]?.verdict,
      policy: (apply!(before).VpcEndpoints as readonly VpcEndpoint[])[0]?.PolicyDocument,
    }))
    const {title, policy} = solves.find(({verdict}) => verdict === 'open')!
    const {Statement} = policy as {Statement: readonly {Condition?: object; Resource?: unknown}[]}
    return {message: finding?.message, title, statements: Statement}
  }

  it('allows reads of AWS’s buckets by any caller, and keeps what it requires elsewhere', () => {
    const inside = {StringEquals: {'aws:ResourceAccount': OWNER}}
    const {title, statements} = fixed(allow('*', {...everyone, Condition: inside}))
    expect(title).toContain('Allow reads of AWS-managed buckets by any caller')
    const [kept, added] = statements
    expect(kept?.Condition).toEqual(inside)
    expect(added).toMatchObject({Principal: '*', Action: ['s3:GetObject']})
    expect(added?.Condition).toBeUndefined()
    for (const bucket of BUCKETS) expect(JSON.stringify(added?.Resource)).toContain(bucket)
  })

  it('allows at once the buckets that its organization leaves unknown', () => {
    const {message, statements} = fixed(
      allow('*', {...everyone, Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}}),
    )
    expect(message).toContain('Systems Manager signs their URLs with an account of AWS')
    for (const bucket of BUCKETS) expect(JSON.stringify(statements)).toContain(bucket)
  })

  it('exempts AWS’s buckets from its Deny, and denies the rest as before', () => {
    const outside = {
      Effect: 'Deny',
      Action: 's3:*',
      ...everyone,
      Condition: {StringNotEquals: {'aws:ResourceAccount': OWNER}},
    }
    const {statements} = fixed({Statement: [all, outside]})
    const {Resource: _, ...rest} = outside
    expect(statements[1]).toEqual({
      ...rest,
      NotResource: BUCKETS.map((bucket) => expect.stringContaining(bucket)),
    })
  })
})
