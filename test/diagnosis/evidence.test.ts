import {describe, expect, it} from 'vitest'
import type {RefusedBy, Signal} from '../../src/agent/output/signal.ts'
import type {Finding} from '../../src/checks/check.ts'
import {applyEvidence} from '../../src/diagnosis/evidence.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Hop, Path} from '../../src/network/path.ts'
import {aNode, anInstance, healthy} from '../support/healthy.ts'

const READ_AT = '2026-11-20T12:00:00.000Z'

const closed: Finding = {
  cause: 'endpoint.sg-blocks',
  resource: 'sg-0a1b2c3d4e5f60013',
  message: 'Nothing is allowed in.',
  evidence: [],
}
const paths: readonly Path[] = [
  {
    service: 'ssm',
    host: 'ssm.us-east-1.amazonaws.com',
    port: 443,
    via: 'vpce-0a1b2c3d4e5f60014',
    verdict: 'blocked',
    hops: [
      {
        at: 'endpoint-group',
        resource: 'sg-0a1b2c3d4e5f60013',
        leg: 'endpoint',
        direction: 'request',
        verdict: 'blocked',
        because: 'Nothing is allowed in.',
        fault: {cause: 'endpoint.sg-blocks'},
      },
    ],
  },
]
const signal = (kind: Signal['kind'], rest: Partial<Signal> = {}): Signal => ({
  kind,
  source: 'ec2:GetConsoleOutput',
  line: `a line of ${kind}`,
  service: 'ssm',
  ...rest,
})
const weighed = (finding: Finding, ...signals: readonly Signal[]) => applyEvidence(finding, signals, paths, READ_AT)

it('does not change findings without a matching line', () => {
  expect(weighed(closed)).toEqual(closed)
  expect(weighed(closed, signal('timeout', {service: 'ssmmessages'}))).toEqual(closed)
  expect(weighed({...closed, resource: 'sg-0a1b2c3d4e5f60099'}, signal('timeout'))?.evidence).toEqual([])
})

describe('a connection that was not made', () => {
  it('is evidence for the fault on its path, with the address that the name resolved to', () => {
    const line = 'dial tcp 10.0.3.7:443: i/o timeout'
    expect(weighed(closed, signal('timeout', {line}))?.evidence).toEqual([{fact: line, source: 'ec2:GetConsoleOutput'}])
  })

  it('makes a likely fault proven and a possible one likely', () => {
    expect(weighed({...closed, certainty: 'likely'}, signal('timeout'))?.certainty).toBe('proven')
    expect(weighed({...closed, certainty: 'possible'}, signal('unresolved'))?.certainty).toBe('likely')
  })
})

describe('a line that this fault cannot cause', () => {
  const question: Hop = {
    at: 'name',
    resource: 'dopt-0a1b2c3d4e5f60015',
    leg: 'instance',
    direction: 'request',
    verdict: 'unknown',
    because: 'Custom DNS servers answer.',
    fault: {cause: 'dns.custom-servers'},
  }
  const asked = [{...paths[0]!, hops: [question, ...paths[0]!.hops]}]
  const likely = {...closed, certainty: 'likely'} as const
  const servers: Finding = {...closed, cause: 'dns.custom-servers', resource: question.resource}

  it('is a refusal, which a group that drops packets does not send', () => {
    expect(weighed(likely, signal('refused'))).toEqual(likely)
  })
  it('is not a refusal, where it is not known what answers', () => {
    const opaque: Path = {...paths[0]!, hops: [{...paths[0]!.hops[0]!, verdict: 'unknown'}]}
    expect(applyEvidence(likely, [signal('refused')], [opaque], READ_AT).evidence).toHaveLength(1)
  })
  it('is a failed lookup, where the name is in question', () => {
    expect(applyEvidence(likely, [signal('unresolved')], asked, READ_AT)).toEqual(likely)
    const {fault: _, ...certain} = question
    const resolved = [{...paths[0]!, hops: [certain, ...paths[0]!.hops]}]
    expect(applyEvidence(likely, [signal('unresolved')], resolved, READ_AT).evidence).toHaveLength(1)
    expect(applyEvidence(servers, [signal('unresolved')], asked, READ_AT).evidence).toHaveLength(1)
    expect(applyEvidence(servers, [signal('refused')], asked, READ_AT).evidence).toHaveLength(1)
  })
})

describe('an answer of the service', () => {
  it('makes a fault on its path only possible within the hour', () => {
    expect(weighed(closed, signal('access-denied', {at: '2026-11-20T11:30:00Z'}))?.certainty).toBe('possible')
    expect(weighed(closed, signal('host-management-off', {at: '2026-11-20T11:30:00Z'}))?.certainty).toBe('possible')
  })

  it.each([
    ['old', '2026-11-20T08:00:00Z'],
    ['of an unknown time', undefined],
  ])('is only shown with the fault if it is %s', (_, at) => {
    const after = weighed(closed, signal('access-denied', at === undefined ? {} : {at}))
    expect(after?.certainty).toBeUndefined()
    expect(after?.evidence).toHaveLength(1)
  })

  it('says nothing about the path to another service', () => {
    expect(weighed(closed, signal('access-denied', {service: 'ssmmessages', at: READ_AT}))).toEqual(closed)
  })

  it('does not contradict an endpoint policy, which denies on behalf of the service', () => {
    const denies = {...closed, cause: 'endpoint.policy-denies', resource: 'vpce-0a1b2c3d4e5f60014'}
    expect(weighed(denies, signal('access-denied', {at: READ_AT}))?.certainty).toBeUndefined()
  })
})

describe('the identity', () => {
  const role: Finding = {
    cause: 'iam.no-registration-permission',
    certainty: 'likely',
    resource: 'arn:aws:iam::111122223333:role/web',
    message: 'Role web lacks a permission.',
    evidence: [],
    actions: ['ssm:UpdateInstanceInformation'],
  }

  it('is confirmed by a denial of the same action', () => {
    expect(weighed(role, signal('access-denied', {action: 'ssm:UpdateInstanceInformation'}))?.certainty).toBe('proven')
    expect(weighed(role, signal('access-denied', {action: 'ssm:GetDocument'}))?.certainty).toBe('likely')
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  it('is not confirmed by a denial that names another kind of policy', () => {
    const denied = (refusedBy: RefusedBy) =>
      signal('access-denied', {action: 'ssm:UpdateInstanceInformation', refusedBy})
    const certainties = (cause: string) =>
      (['identity-policy', 'permissions-boundary', 'service-control-policy'] as const).map(
        (refusedBy) => weighed({...role, cause}, denied(refusedBy))?.certainty,
      )
    expect(certainties('iam.no-registration-permission')).toEqual(['proven', 'likely', 'likely'])
    expect(certainties('iam.boundary-blocks')).toEqual(['likely', 'proven', 'likely'])
    expect(certainties('iam.scp-blocks')).toEqual(['likely', 'likely', 'proven'])
  })

  it.each(['no-role', 'host-management-off'] as const)('is known to be missing after %s', (kind) => {
    expect(weighed({...role, cause: 'iam.no-profile'}, signal(kind))?.certainty).toBe('proven')
  })
})

it('does not confirm a finding with the line that it was made from', () => {
  const line = 'not authorized to perform: ssm:UpdateInstanceInformation'
  const signal = {kind: 'access-denied', source: 'errors.log', line, action: 'ssm:UpdateInstanceInformation'} as const
  const finding = {
    cause: 'iam.scp-blocks',
    certainty: 'likely',
    resource: 'web',
    message: 'AWS refused the call.',
    evidence: [{fact: line, source: 'errors.log'}],
    actions: ['ssm:UpdateInstanceInformation'],
  } as const
  const weighed = (...signals: readonly Signal[]) => applyEvidence(finding, signals, [], '2026-11-20T12:00:00.000Z')
  expect(weighed(signal)).toEqual(finding)
  expect(weighed(signal, {...signal, source: 'console'})).toEqual(finding)
})

it('is not what a log shows from before the last ping of the node', () => {
  const line = 'x509: certificate signed by unknown authority'
  const at = (localTime: string): Signal => ({kind: 'tls-trust', service: 'ssm', source: 'errors.log', line, localTime})
  const causesOf = (localTime: string) =>
    examine(
      {
        ...healthy,
        InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', LastPingDateTime: '2026-11-19T08:00:00.000Z'})],
      },
      anInstance().InstanceId,
      {evidence: [at(localTime)]},
    ).causes.map(({id}) => id)
  expect(causesOf('2026-11-20T08:00:00Z')).toContain('os.tls-trust')
  expect(causesOf('2026-11-01T08:00:00Z')).not.toContain('os.tls-trust')
})
