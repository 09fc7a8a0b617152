import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type VpcEndpoint} from '../../src/model/account.ts'
import {withItems} from '../../src/model/edits.ts'
import {
  ANYWHERE,
  behindEndpoints,
  behindNat,
  group,
  INSTANCE,
  id,
  online,
  rule,
  withHubEndpoints,
} from '../support/network.ts'

const REFUSED = {
  unreadable: 'UnauthorizedOperation: no',
  error: 'UnauthorizedOperation',
  action: 'ec2:DescribeVpcEndpointServices',
} as const

const isOld = ({ServiceName}: VpcEndpoint) => ServiceName.endsWith('.ec2messages')
const withoutOld = withItems(behindEndpoints, 'VpcEndpoints', (all) => all.filter((one) => !isOld(one)))
const oldEndpoint = (change: Partial<VpcEndpoint>): Account =>
  withItems(behindEndpoints, 'VpcEndpoints', (all) => all.map((one) => (isOld(one) ? {...one, ...change} : one)))

const polling = (account: Account): Account =>
  withItems(online(account), 'InstanceInformationList', (all) =>
    all.map((one) => ({...one, AgentVersion: '3.2.2303.0'})),
  )

const causesOf = (account: Account) =>
  examine(account, INSTANCE)
    .causes.filter(({severity, id: cause}) => severity !== 'symptom' && cause !== 'registration.outdated-agent')
    .map(({severity, id: cause}) => `${severity} ${cause}`)
const checkOf = (account: Account, check: string) => examine(account, INSTANCE).checks.find((one) => one.id === check)
const pathOf = (account: Account) => examine(account, INSTANCE).paths.find(({service}) => service === 'ec2messages')

/** What blocks `ec2messages` alone: no endpoint, and faults of one that exists. */
const FAULTS: readonly (readonly [string, string, Account])[] = [
  ['no endpoint', 'endpoint.ec2messages-missing', withoutOld],
  ['a failed endpoint', 'endpoint.not-available', oldEndpoint({State: 'failed'})],
  [
    'an endpoint policy',
    'endpoint.policy-denies',
    oldEndpoint({
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{Effect: 'Deny', Principal: '*', Action: '*', Resource: '*'}],
      },
    }),
  ],
  [
    'the group of the endpoint',
    'endpoint.sg-blocks',
    {
      ...oldEndpoint({Groups: [{GroupId: id('sg', 3)}]}),
      SecurityGroups: [
        ...itemsOf(behindEndpoints.SecurityGroups),
        group(3, [rule(443, {cidr: '192.0.2.0/24'})], [ANYWHERE]),
      ],
      NetworkInterfaces: itemsOf(behindEndpoints.NetworkInterfaces).map((one) =>
        one.NetworkInterfaceId === id('eni', 302) ? {...one, Groups: [{GroupId: id('sg', 3)}]} : one,
      ),
    },
  ],
]

// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
describe.each(FAULTS)('what blocks ec2messages alone: %s', (_, cause, account) => {
  const severityOf = (one: Account) => causesOf(one).find((text) => text.endsWith(` ${cause}`))

  it('degrades a node whose agent polls the service', () => {
    expect(severityOf(polling(account))).toBe(`degrades ${cause}`)
  })
  it('is advice if the version of the agent is unknown', () => {
    expect(severityOf(account)).toBe(`advises ${cause}`)
  })
  it('is no finding for a newer agent', () => {
    expect(severityOf(online(account))).toBeUndefined()
  })
  it('is undecided if the agent polls the service and it was not read whether the Region has it', () => {
    const unread = {...polling(account), ServiceNames: REFUSED}
    expect(severityOf(unread)).toBe(`undecided ${cause}`)
    expect(pathOf(unread)?.verdict).toBe('unknown')
    const {verified, unreadable, causes} = examine(unread, INSTANCE)
    expect(verified).toBeNull()
    expect(unreadable).toMatchObject([{kind: 'ServiceNames', permission: 'ec2:DescribeVpcEndpointServices'}])
    expect(causes.find((one) => one.id === cause)?.message).toContain(
      'Cannot determine whether Region eu-west-1 has the service ec2messages.',
    )
  })
})

it('a missing zone or route for ec2messages alone is advice if the version of the agent is unknown', () => {
  const noZone = withItems(withHubEndpoints, 'HostedZones', (all) =>
    all.filter(({Name}) => !Name.startsWith('ec2messages')),
  )
  expect(causesOf(noZone)).toContain('advises dns.phz-not-associated')
  const neither = withItems(noZone, 'VpcEndpoints', (all) => all.filter((one) => !isOld(one)))
  expect(causesOf(neither)).toContain('advises route.none')
})

it('what also blocks ssm blocks, whatever the agent needs', () => {
  const closed = {
    ...behindEndpoints,
    SecurityGroups: [group(1, [], []), ...itemsOf(behindEndpoints.SecurityGroups).slice(1)],
  }
  for (const account of [
    closed,
    {...closed, InstanceInformationList: [{...POLLING, PingStatus: 'ConnectionLost'}], ServiceNames: REFUSED},
  ])
    expect(causesOf(account as Account)).toContain('blocks sg.no-egress-443')
})

const POLLING = {
  InstanceId: INSTANCE,
  AgentVersion: '3.2.2303.0',
  PlatformType: 'Linux',
  LastPingDateTime: '2026-11-19T11:58:00.000Z',
}

describe('a Region whose services were not read', () => {
  it('matters to nothing that is open', () => {
    const report = examine({...polling(behindEndpoints), ServiceNames: REFUSED}, INSTANCE)
    expect(report.unreadable).toEqual([])
    expect(report.verified).toBe(true)
  })
  it('is not needed by an agent that is updated, which costs nothing', () => {
    const {checklist} = examine({...polling(withoutOld), ServiceNames: REFUSED}, INSTANCE)
    expect(checklist.filter(({causes}) => causes.includes('endpoint.ec2messages-missing'))).toMatchObject([
      {part: 'investigate', title: `Update SSM Agent on ${INSTANCE}`},
    ])
  })
  it('leaves the check of endpoints unknown where one is missing', () => {
    expect(checkOf({...polling(withoutOld), ServiceNames: REFUSED}, 'endpoint')?.status).toBe('unknown')
    expect(checkOf({...polling(behindNat), ServiceNames: REFUSED}, 'endpoint')?.status).toBe('skip')
  })
})
