import {describe, expect, it} from 'vitest'
import {checks} from '../../../src/checks/index.ts'
import {path, said} from './hops.ts'

/** A hop for each check that evaluates the hops of a path, and a cause that it reports there. */
const ROWS = [
  ['names', {at: 'name', resource: 'vpc-00000000000000001'}, 'dns.support-off'],
  ['internet-gateway', {at: 'gateway', resource: 'igw-00000000000000001'}, 'igw.detached'],
  ['endpoint', {at: 'endpoint', resource: 'vpce-00000000000000001'}, 'endpoint.not-available'],
  ['network-acl', {at: 'network-acl', resource: 'acl-00000000000000001'}, 'nacl.egress-443'],
  ['nat-gateway', {at: 'gateway', resource: 'nat-00000000000000001', leg: 'nat'}, 'nat.not-available'],
  ['security-group', {at: 'security-group', resource: 'sg-00000000000000001'}, 'sg.no-egress-443'],
  ['transit-gateway', {at: 'gateway', resource: 'tgw-00000000000000001'}, 'tgw.no-route'],
  ['route', {at: 'route', resource: 'rtb-00000000000000001'}, 'route.blackhole'],
  ['block-public-access', {at: 'gateway', resource: 'subnet-00000000000000001'}, 'bpa.bidirectional'],
  ['peering', {at: 'gateway', resource: 'pcx-00000000000000001'}, 'pcx.not-active'],
  ['endpoint-group', {at: 'endpoint-group', resource: 'sg-00000000000000002'}, 'endpoint.sg-blocks'],
  ['nat-instance', {at: 'gateway', resource: 'i-00000000000000007', leg: 'nat'}, 'nat-instance.stopped'],
] as const

describe.each(ROWS)('%s', (id, met, cause) => {
  const check = checks.find((one) => one.id === id)!
  const blocked = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause}} as const

  it('passes where the hop allows the traffic', () => {
    expect(said(check, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
  })

  it('blocks where the hop stops the path to ssm', () => {
    expect(said(check, [path('ssm', blocked)])).toMatchObject([
      {cause, severity: 'blocks', resource: met.resource, message: 'It is broken.'},
    ])
  })

  it('reports two services on one resource as one cause', () => {
    const [found, ...more] = said(check, [path('ssm', blocked), path('ssmmessages', blocked)])
    expect(more).toEqual([])
    expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
  })

  it('degrades where only messages are stopped', () => {
    expect(said(check, [path('ssmmessages', blocked)])).toMatchObject([{severity: 'degrades'}])
  })

  it('is unknown where a fact is missing', () => {
    expect(said(check, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
      {unknown: 'It could not be read.'},
    ])
  })

  it('is unknown once where the reasons differ by the service that they name', () => {
    const unread = (because: string) => ({...met, verdict: 'unknown', because}) as const
    const paths = [path('ssm', unread('One may carry ssm.')), path('ssmmessages', unread('One may carry ssmmessages.'))]
    expect(said(check, paths)).toEqual([{unknown: 'One may carry ssm. The same applies to ssmmessages.'}])
    const other = path('ec2messages', unread('One may carry ssm.'))
    expect(said(check, [...paths, other])).toHaveLength(2)
  })

  it('is skipped where the path has no such hop', () => {
    expect(said(check, [])).toEqual([{skip: 'Not on this path.'}])
  })
})
