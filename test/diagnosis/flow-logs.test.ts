import {describe, expect, it} from 'vitest'
import type {Finding} from '../../src/checks/check.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {applyFlowLog} from '../../src/diagnosis/flow-logs/certainty.ts'
import type {FlowComparison} from '../../src/diagnosis/flow-logs/comparison.ts'
import {pathsOf} from '../../src/diagnosis/paths.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import type {FlowLog} from '../../src/flow-logs/flow-log.ts'
import {type Account, type Instance, itemsOf} from '../../src/model/account.ts'
import {primaryInterfaceOf} from '../../src/model/instance.ts'
import {find} from '../../src/model/lists.ts'
import {formatAddress, PUBLIC} from '../../src/network/address.ts'
import {destinationAddresses} from '../../src/network/destination-addresses.ts'
import type {Hop, Path} from '../../src/network/path.ts'
import {memo} from '../../src/util/memo.ts'
import {flowLogOf, lineOf, statusLine} from '../support/flow-lines.ts'
import {behindEndpoints, INSTANCE, id} from '../support/network.ts'
import {breakages, healthy} from '../support/network-breakages.ts'
import {faultsOf} from '../support/report-schemas.ts'

const ENI = id('eni', 1)
const READ_AT = Date.parse('2026-11-20T12:00:00Z') / 1000
const SSM = '10.0.2.20'
const OWN = '10.0.1.10'

const request = (action: 'ACCEPT' | 'REJECT', at = READ_AT - 600, address = SSM, eni = ENI) =>
  lineOf({eni, from: [OWN, 40_000], to: [address, 443], action, at})
const reply = (action: 'ACCEPT' | 'REJECT', at = READ_AT - 600, address = SSM, eni = ENI) =>
  lineOf({eni, from: [address, 443], to: [OWN, 40_000], action, at})
/** The log was enabled before: what follows is a new connection. */
const before = () => statusLine(ENI, READ_AT - 8000)
const after = (at = READ_AT - 500) => statusLine(ENI, at)

function named(name: string): Account {
  const found = [...healthy, ...breakages].find((one) => one.name === name)
  if (found === undefined) throw new Error(`no network is called "${name}"`)
  return found.account
}
const examined = (account: Account, lines: readonly string[], more: Partial<FlowLog> = {}): Report =>
  examine(account, INSTANCE, {flowLog: flowLogOf(lines, more)})
const ofSsm = ({flowLogs}: Report) => flowLogs?.services.find(({service}) => service === 'ssm')
const causeIn = ({causes}: Report, wanted: string) => causes.find(({id: cause}) => cause === wanted)

describe('a rejected request', () => {
  const account = named('an ACL that allows only port 80 out')
  const onlyEndpoints = {
    ...behindEndpoints,
    SecurityGroups: [
      {...itemsOf(behindEndpoints.SecurityGroups)[0]!, IpPermissionsEgress: []},
      itemsOf(behindEndpoints.SecurityGroups)[1]!,
    ],
  }

  it('confirms the security group that does not allow it, and is its evidence', () => {
    const report = examined(onlyEndpoints, [request('REJECT')])
    expect(ofSsm(report)).toMatchObject({shown: 'request-rejected', agreement: 'agrees'})
    expect(causeIn(report, 'sg.no-egress-443')?.evidence).toContainEqual({
      fact: `${ENI}: 10.0.1.10:40000 to 10.0.2.20:443 REJECT (3 packets, 2026-11-20 11:50 UTC to 11:50 UTC)`,
      source: `VPC flow log of ${ENI}`,
    })
  })

  it('of a public address confirms without proving', () => {
    const report = examined(account, [request('REJECT', READ_AT - 600, '52.94.1.1')])
    expect(ofSsm(report)).toMatchObject({shown: 'request-rejected', agreement: 'agrees', shared: true})
  })

  it('contradicts an account that allows it, and shows which was read later', () => {
    const earlier = ofSsm(examined(behindEndpoints, [request('REJECT')]))
    expect(earlier).toMatchObject({agreement: 'disagrees'})
    expect(earlier?.message).toContain('However, the account, read later, at 2026-11-20 12:00 UTC, allows it')
    const later = ofSsm(examined(behindEndpoints, [request('REJECT', READ_AT + 600)]))
    expect(later?.message).toContain('read earlier, at 2026-11-20 12:00 UTC')
  })

  it('is not a cause by itself', () => {
    const report = examined(behindEndpoints, [request('REJECT')])
    const without = examine(behindEndpoints, INSTANCE)
    expect({...report, flowLogs: undefined}).toEqual({...without, flowLogs: undefined})
  })

  const withReason = (reason: string) => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol start end action reject-reason'
    const line = `${ENI} 10.0.1.10 52.94.1.1 40000 443 6 ${READ_AT - 600} ${READ_AT - 540} REJECT ${reason}`
    return ofSsm(examined(named('Block Public Access in both directions, behind a NAT gateway'), [header, line]))
  }

  it('by VPC Block Public Access is reported as such', () => {
    expect(withReason('BPA')).toMatchObject({agreement: 'agrees'})
    expect(withReason('BPA')?.message).toContain('VPC Block Public Access rejected it')
  })

  it('for a reason that AWS does not document has no reason', () => {
    expect(withReason('constructor')?.message).toContain('a security group or the network ACL of its subnet')
  })
})

describe('a rejected reply', () => {
  it('confirms the network ACL and contradicts what would have blocked the request', () => {
    const report = examined(named('an ACL without replies'), [
      request('ACCEPT', READ_AT - 600, '52.94.1.1'),
      reply('REJECT', READ_AT - 600, '52.94.1.1'),
    ])
    expect(ofSsm(report)).toMatchObject({shown: 'reply-rejected', agreement: 'agrees'})
    const shut = examined(named('endpoint groups that allow no inbound traffic'), [
      before(),
      request('ACCEPT'),
      reply('REJECT'),
    ])
    expect(ofSsm(shut)).toMatchObject({agreement: 'disagrees'})
    expect(causeIn(shut, 'endpoint.sg-blocks')).toMatchObject({severity: 'blocks', certainty: 'possible'})
  })
})

describe('a request without a reply', () => {
  const account = named('endpoint groups that allow no inbound traffic')

  it('confirms what blocks it further along the path', () => {
    const report = examined(account, [request('ACCEPT'), after()])
    expect(ofSsm(report)).toMatchObject({shown: 'no-reply', agreement: 'agrees'})
    expect(causeIn(report, 'endpoint.sg-blocks')?.evidence.map(({source}) => source)).toContain(
      `VPC flow log of ${ENI}`,
    )
  })

  it('is followed to the interface of the endpoint', () => {
    const there = id('eni', 102)
    const report = examined(account, [request('ACCEPT'), after(), request('REJECT', READ_AT - 600, SSM, there)])
    expect(ofSsm(report)).toMatchObject({endpoint: {interface: there, shown: 'request-rejected'}, agreement: 'agrees'})
    expect(ofSsm(report)?.message).toContain(
      `At the endpoint’s interface ${there} a request of the instance was rejected`,
    )
  })

  it('of another client at the interface of the endpoint does not count', () => {
    const there = id('eni', 102)
    const other = lineOf({eni: there, from: ['10.0.1.99', 40_000], to: [SSM, 443], action: 'REJECT', at: READ_AT - 600})
    expect(ofSsm(examined(account, [request('ACCEPT'), after(), other]))?.endpoint?.shown).toBe('undecided')
  })
})

describe('a connection that works', () => {
  it('contradicts a proven cause, which is then at most possible', () => {
    const report = examined(named('endpoint groups that allow no inbound traffic'), [
      before(),
      request('ACCEPT'),
      reply('ACCEPT'),
    ])
    expect(ofSsm(report)).toMatchObject({shown: 'both-accepted', agreement: 'disagrees'})
    expect(causeIn(report, 'endpoint.sg-blocks')).toMatchObject({severity: 'blocks', certainty: 'possible'})
  })

  it('two hours before the account was read leaves the cause proven', () => {
    const at = READ_AT - 7200
    const report = examined(named('endpoint groups that allow no inbound traffic'), [
      before(),
      request('ACCEPT', at),
      reply('ACCEPT', at),
    ])
    expect(causeIn(report, 'endpoint.sg-blocks')).toMatchObject({certainty: 'proven'})
    expect(ofSsm(report)?.message).toContain('read later, at 2026-11-20 12:00 UTC')
  })

  it('that was open before the log begins says nothing about a security group, which tracks it', () => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol tcp-flags start end action log-status'
    const old = (from: string, to: string) => `${ENI} ${from} ${to} 6 0 ${READ_AT - 600} ${READ_AT - 540} ACCEPT OK`
    const lines = [header, old('10.0.1.10 10.0.2.20', '40000 443'), old('10.0.2.20 10.0.1.10', '443 40000')]
    const report = examined(named('endpoint groups that allow no inbound traffic'), lines)
    expect(ofSsm(report)).toMatchObject({shown: 'both-accepted', agreement: 'neither'})
    expect(causeIn(report, 'endpoint.sg-blocks')).toMatchObject({certainty: 'proven'})
  })

  it('does not change causes of the identity', () => {
    const account: Account = {
      ...behindEndpoints,
      Instances: [{...itemsOf(behindEndpoints.Instances)[0]!, IamInstanceProfile: undefined} as Instance],
      IamInstanceProfileAssociations: [],
    }
    const report = examined(account, [request('ACCEPT'), reply('ACCEPT')])
    expect(ofSsm(report)).toMatchObject({agreement: 'agrees'})
    expect(report.causes).toEqual(examine(account, INSTANCE).causes)
  })
})

describe('causes of the identity', () => {
  const role = itemsOf(behindEndpoints.Roles)[0]!
  const faults: readonly (readonly [string, Account])[] = [
    [
      'no instance profile',
      {
        ...behindEndpoints,
        Instances: [{...itemsOf(behindEndpoints.Instances)[0]!, IamInstanceProfile: undefined} as Instance],
        IamInstanceProfileAssociations: [],
      },
    ],
    [
      'a role that EC2 cannot assume',
      {
        ...behindEndpoints,
        Roles: [{...role, AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}} as never],
      },
    ],
    ['a role without permissions', {...behindEndpoints, Roles: [{...role, AttachedManagedPolicies: []} as never]}],
  ]
  it.each(faults)('%s does not change, whatever the log shows', (_, account) => {
    const {causes, verdict} = examine(account, INSTANCE)
    expect(causes.some(({severity}) => severity === 'blocks')).toBe(true)
    const works = examined(account, [before(), request('ACCEPT'), reply('ACCEPT')])
    const rejected = examined(account, [before(), request('REJECT')])
    const silent = examined(account, [before()])
    expect([works, rejected, silent].map((report) => ofSsm(report)?.agreement)).toEqual([
      'agrees',
      'disagrees',
      'neither',
    ])
    for (const report of [works, rejected, silent]) expect([report.causes, report.verdict]).toEqual([causes, verdict])
  })
})

describe('a likely cause', () => {
  const hop = (resource: string, verdict: Hop['verdict']): Hop => ({
    at: 'route',
    resource,
    leg: 'hub',
    direction: 'reply',
    verdict,
    because: '',
    fault: {cause: 'tgw.no-route'},
  })
  const certaintyWith = (change: Partial<FlowComparison>, certainty: Finding['certainty'] = 'likely') => {
    const finding: Finding = {cause: 'tgw.no-route', resource: 'tgw-1', certainty, remedies: [], evidence: []} as never
    const comparison = {
      confirmed: [hop('tgw-1', 'blocked')],
      contradicted: [],
      undetermined: [],
      evidence: [],
      ...change,
    }
    return applyFlowLog(finding, [comparison as never], '2026-11-20T12:00:00Z').certainty
  }

  it('is proven by a row that nothing else on the path explains', () => {
    expect(certaintyWith({})).toBe('proven')
  })

  it('stays likely where another hop may explain the row, or other services share the address', () => {
    expect(certaintyWith({confirmed: [hop('tgw-1', 'blocked'), hop('tgw-2', 'blocked')]})).toBe('likely')
    expect(certaintyWith({undetermined: [hop('tgw-2', 'unknown')]})).toBe('likely')
    expect(certaintyWith({isShared: true})).toBe('likely')
  })

  it('is only possible, like a proven one, if a row of the last hour contradicts it; shared addresses lower it by one step less', () => {
    const result = {shown: 'both-accepted', at: READ_AT - 60, records: []} as const
    const against = {confirmed: [], contradicted: [hop('tgw-1', 'blocked')], result}
    expect([certaintyWith(against), certaintyWith(against, 'proven')]).toEqual(['possible', 'possible'])
    const shared = {...against, isShared: true}
    expect([certaintyWith(shared), certaintyWith(shared, 'proven')]).toEqual(['likely', 'likely'])
  })

  it('keeps its certainty if an older row contradicts it: the fault is newer', () => {
    const result = {shown: 'both-accepted', at: READ_AT - 3600, records: []} as const
    expect(certaintyWith({confirmed: [], contradicted: [hop('tgw-1', 'blocked')], result})).toBe('likely')
  })
})

describe('an interface that forwards', () => {
  it('is evaluated by the connections of its own instance', () => {
    const [one] = itemsOf(behindEndpoints.Instances)
    const account = (SourceDestCheck: boolean): Account => ({
      ...behindEndpoints,
      Instances: [
        {...one!, NetworkInterfaces: one!.NetworkInterfaces.map((each) => ({...each, SourceDestCheck}))} as Instance,
      ],
    })
    const client = lineOf({eni: ENI, from: ['10.0.3.9', 41_000], to: [SSM, 443], action: 'REJECT', at: READ_AT - 60})
    const lines = [before(), request('ACCEPT'), reply('ACCEPT'), client]
    expect(ofSsm(examined(account(false), lines))).toMatchObject({shown: 'both-accepted', agreement: 'agrees'})
    expect(ofSsm(examined(account(true), lines))).toMatchObject({shown: 'request-rejected'})
  })
})

describe('another interface of the instance', () => {
  it('that has the connections is named', () => {
    const [one] = itemsOf(behindEndpoints.Instances)
    const [eni] = one?.NetworkInterfaces ?? []
    const second = {...eni, NetworkInterfaceId: 'eni-0b', Attachment: {DeviceIndex: 1, NetworkCardIndex: 0}}
    const account = {...behindEndpoints, Instances: [{...one, NetworkInterfaces: [eni, second]} as Instance]}
    const flow = ofSsm(examined(account, [before(), request('ACCEPT', READ_AT - 600, SSM, 'eni-0b')]))
    expect(flow).toMatchObject({shown: 'undecided', why: 'other-interface'})
    expect(flow?.message).toContain('eni-0b of the instance has connections to it and')
  })
})

describe('addresses of IPv6', () => {
  it('are those of the interface, however they are written', () => {
    const account: Account = {
      ...behindEndpoints,
      NetworkInterfaces: itemsOf(behindEndpoints.NetworkInterfaces).map((one) =>
        one.NetworkInterfaceId === id('eni', 102) ? {...one, Ipv6Addresses: [{Ipv6Address: '2001:db8::20'}]} : one,
      ),
    }
    const line = lineOf({
      eni: ENI,
      from: ['2001:db8::10', 40_000],
      to: ['2001:0db8:0:0:0:0:0:20', 443],
      action: 'REJECT',
      at: READ_AT - 600,
    })
    const flow = ofSsm(examined(account, [line]))
    expect(flow?.message).toContain('rejected the request to [2001:0db8:0:0:0:0:0:20]:443')
  })
})

describe('two addresses of an endpoint', () => {
  it('of which one is not reached confirm that some of the connections fail', () => {
    const account = named('endpoints in two subnets, one of which allows no replies out')
    const second = '10.0.4.20'
    const lines = [before(), request('ACCEPT'), reply('ACCEPT'), request('ACCEPT', READ_AT - 590, second), after()]
    const report = examined(account, lines)
    expect(ofSsm(report)).toMatchObject({shown: 'mixed', agreement: 'agrees'})
    expect(causeIn(report, 'nacl.endpoint-subnet')?.evidence.map(({source}) => source)).toContain(
      `VPC flow log of ${ENI}`,
    )
  })
})

describe('no attempt', () => {
  const minutes = (count: number) => Array.from({length: count}, (_, n) => statusLine(ENI, READ_AT - 60 * (n + 1)))

  it('in longer than the agent waits shows that it did not try', () => {
    const report = examined(behindEndpoints, minutes(100))
    expect(ofSsm(report)).toMatchObject({shown: 'not-tried', agreement: 'neither'})
    expect(report.causes).toEqual(examine(behindEndpoints, INSTANCE).causes)
  })

  it('in less than that shows how long it may wait', () => {
    expect(ofSsm(examined(behindEndpoints, minutes(30)))).toMatchObject({shown: 'undecided', why: 'shorter-than-sleep'})
  })

  it('to services that are used on demand decides nothing', () => {
    const {flowLogs} = examined(behindEndpoints, minutes(100))
    expect(flowLogs?.services.find(({service}) => service === 's3')).toMatchObject({
      shown: 'undecided',
      why: 'not-expected',
    })
  })
})

/** The rows that the first hop that blocks would leave in the log of the instance's interface. */
function rowsOf({hops, port}: Path, address: string): readonly string[] {
  const stop = hops.find(({verdict}) => verdict === 'blocked')
  if (stop && (stop.at === 'name' || stop.at === 'endpoint' || stop.at === 'endpoint-policy')) return []
  const isFilter = (hop: Hop) => hop.leg === 'instance' && (hop.at === 'security-group' || hop.at === 'network-acl')
  const out = (action: 'ACCEPT' | 'REJECT') =>
    lineOf({eni: ENI, from: [OWN, 40_000], to: [address, port], action, at: READ_AT - 600})
  const back = (action: 'ACCEPT' | 'REJECT') =>
    lineOf({eni: ENI, from: [address, port], to: [OWN, 40_000], action, at: READ_AT - 600})
  if (!stop) return [out('ACCEPT'), back('ACCEPT')]
  if (!isFilter(stop)) return [out('ACCEPT'), after()]
  return stop.direction === 'request' ? [out('REJECT')] : [out('ACCEPT'), back('REJECT')]
}

/** The accounts whose instance connects to an IPv4 address for `ssm`, with the path and an address that the name resolves to. */
const cases = [...healthy, ...breakages].flatMap(({name, account}) => {
  const instance = find(account.Instances, 'InstanceId', INSTANCE)
  const path = instance && pathsOf(account, instance).find(({service}) => service === 'ssm')
  const ranges = instance && path && destinationAddresses(account, instance, path)?.addresses[4]
  const first = ranges?.[0]?.[0]
  if (!path || first === undefined || primaryInterfaceOf(instance)?.PrivateIpAddress !== OWN) return []
  return [[name, account, path, ranges === PUBLIC[4] ? '52.94.1.1' : formatAddress(first)] as const]
})

describe.each(cases)('%s', (_, account, path, address) => {
  const asBefore = memo((one: Account) => examine(one, INSTANCE))
  it('matches the rows that it would log', () => {
    const report = examined(account, rowsOf(path, address))
    expect(faultsOf(report)).toEqual([])
    expect(ofSsm(report)?.agreement).not.toBe('disagrees')
    expect(report.verdict).toBe(asBefore(account).verdict)
    expect(report.causes.map(({id: cause}) => cause)).toEqual(asBefore(account).causes.map(({id: cause}) => cause))
  })

  it('is not proven to be blocked if a connection works', () => {
    const rows = [
      lineOf({eni: ENI, from: [OWN, 40_000], to: [address, 443], action: 'ACCEPT', at: READ_AT - 600}),
      lineOf({eni: ENI, from: [address, 443], to: [OWN, 40_000], action: 'ACCEPT', at: READ_AT - 600}),
    ]
    const stop = path.hops.find(({verdict, at}) => verdict === 'blocked' && at !== 'name' && at !== 'endpoint-policy')
    const report = examined(account, [statusLine(ENI, READ_AT - 700), ...rows])
    if (stop === undefined) return expect(ofSsm(report)?.agreement).not.toBe('disagrees')
    expect(ofSsm(report)?.agreement).toBe('disagrees')
    const cause = report.causes.find(
      ({id: one, resource}) => one === stop.fault?.cause && resource === (stop.fault.resource ?? stop.resource),
    )
    if (cause?.severity === 'blocks') expect(cause.certainty).not.toBe('proven')
  })

  it('is examined as before if the log has no attempt', () => {
    const silent = examined(account, [statusLine(ENI, READ_AT - 600)])
    expect({...silent, flowLogs: undefined}).toEqual({...asBefore(account), flowLogs: undefined})
  })
})
