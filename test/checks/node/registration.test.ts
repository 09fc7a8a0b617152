import {describe, expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {registration} from '../../../src/checks/node/registration.ts'
import {examine} from '../../../src/diagnosis/examine.ts'
import {healthyAccount, ID, online, web} from '../../agent/fixtures.ts'
import {causesAfterRemedy, causesOf, findingsOf, notesOf} from '../examine.ts'

const listed = (...nodes: object[]) => ({InstanceInformationList: nodes.map((node) => ({...online, ...node}))})
const lost = {PingStatus: 'ConnectionLost' as const, LastPingDateTime: '2026-11-20T02:00:00.000Z'}

it('passes with a node that pinged two minutes ago', () => {
  expect(notesOf(registration)).toContainEqual({fact: 'It is online and last answered 2 minutes ago.'})
  expect(causesOf(registration)).toEqual([])
})

it('fails for a node that is not listed', () => {
  expect(causesOf(registration, listed())).toEqual(['registration.never-registered'])
})

it('does not fail yet for an instance that was launched three minutes ago', () => {
  const young = {...web, LaunchTime: '2026-11-20T11:57:00.000Z'}
  expect(notesOf(registration, listed(), young)).toMatchObject([{unknown: expect.stringContaining('not listed yet')}])
})

it('shows how long ago a node with a lost connection pinged', () => {
  expect(findingsOf(registration, listed(lost))).toMatchObject([
    {cause: 'registration.connection-lost', message: expect.stringContaining('10 hours ago')},
  ])
})

it('adds that a node is stale after more than thirty days', () => {
  expect(causesOf(registration, listed({...lost, LastPingDateTime: '2026-10-20T12:00:00.000Z'}))).toEqual([
    'registration.connection-lost',
    'registration.stale-30d',
  ])
})

it('does not trust the online status of a node whose last ping was hours ago', () => {
  expect(notesOf(registration, listed({LastPingDateTime: '2026-11-20T02:00:00.000Z'}))).toContainEqual({
    unknown: `AWS reports ${ID} as online, but its last ping was 10 hours ago.`,
  })
})

it('finds that an online node has no connection for sessions', () => {
  const ConnectionStatuses = [{Target: ID, Status: 'notconnected'}]
  expect(causesOf(registration, {ConnectionStatuses})).toEqual(['registration.session-notconnected'])
  expect(causesOf(registration, {...listed(lost), ConnectionStatuses})).toEqual(['registration.connection-lost'])
})

it.each([
  ['2.3.930.0', 'so sessions fail; its agent takes commands from ec2messages.'],
  ['3.3.3270.0', 'so sessions and commands fail.'],
])('says what fails without that connection for agent %s', (AgentVersion, words) => {
  const change = {...listed({AgentVersion}), ConnectionStatuses: [{Target: ID, Status: 'notconnected'}]}
  expect(findingsOf(registration, change)).toContainEqual(
    expect.objectContaining({
      cause: 'registration.session-notconnected',
      message: expect.stringContaining(words),
    }),
  )
})

it('is unknown if it could not be read whether an online node is connected, unless that was not asked for', () => {
  const refused = {unreadable: 'AccessDeniedException: no', error: 'AccessDeniedException'}
  const unknown = {
    unknown: 'It is online and last answered 2 minutes ago; whether it is connected for sessions could not be read.',
    kind: 'ConnectionStatuses',
  }
  expect(notesOf(registration, {ConnectionStatuses: refused})).toContainEqual(unknown)
  expect(notesOf(registration, {ConnectionStatuses: [{Target: ID, ...refused}]})).toContainEqual(unknown)
  expect(notesOf(registration, {ConnectionStatuses: {unreadable: 'not asked for', error: 'NotAsked'}})).toContainEqual({
    fact: 'It is online and last answered 2 minutes ago.',
  })
})

describe('agent versions', () => {
  it('advises to update an agent that is not the latest', () => {
    expect(causesOf(registration, listed({AgentVersion: '3.3.4364.0', IsLatestVersion: false}))).toEqual([
      'registration.outdated-agent',
    ])
  })

  it('does not prove by IsLatestVersion that an agent on Windows is not the latest', () => {
    const certaintyOf = (change: object) =>
      findingsOf(registration, listed({AgentVersion: '3.3.4364.0', IsLatestVersion: false, ...change}))[0]?.certainty
    expect(certaintyOf({PlatformType: 'Windows'})).toBe('likely')
    expect(certaintyOf({PlatformType: 'Windows', AgentVersion: '3.1.1732.0'})).toBeUndefined()
    expect(certaintyOf({PlatformType: 'Linux'})).toBeUndefined()
  })

  // https://github.com/bottlerocket-os/bottlerocket/issues/2661
  it('updates Bottlerocket as a whole, on which no command updates the agent', () => {
    const old = {AgentVersion: '3.3.131.0', IsLatestVersion: false}
    const stepsOn = (PlatformName: string) =>
      JSON.stringify(findingsOf(registration, listed({...old, PlatformName}))[0]?.remedies?.[0]?.steps)
    expect(stepsOn('Amazon Linux')).toContain('AWS-UpdateSSMAgent')
    expect(stepsOn('Bottlerocket')).not.toContain('AWS-UpdateSSMAgent')
    expect(stepsOn('Bottlerocket')).toContain('apiclient update apply --reboot')
  })

  it('updates an agent on macOS that is too old for the document with Homebrew', () => {
    const stepsOn = (AgentVersion: string, PlatformVersion: string) =>
      JSON.stringify(
        findingsOf(
          registration,
          listed({AgentVersion, IsLatestVersion: false, PlatformType: 'MacOS', PlatformName: 'macOS', PlatformVersion}),
        )[0]?.remedies?.[0]?.steps,
      )
    expect(stepsOn('3.0.1390.0', '12.6')).toContain('brew upgrade amazon-ssm-agent')
    expect(stepsOn('3.0.1390.0', '10.15.7')).toContain('AWS-UpdateSSMAgent')
    expect(stepsOn('3.1.941.0', '12.6')).toContain('AWS-UpdateSSMAgent')
  })

  it('names what an old agent cannot do', () => {
    expect(findingsOf(registration, listed({AgentVersion: '3.1.1732.0'}))).toMatchObject([
      {message: expect.stringContaining('Default Host Management Configuration (3.2.582.0)')},
    ])
  })
})

describe('associations', () => {
  const failing = listed({AssociationStatus: 'Failed'})
  const InstanceAssociations = [
    {InstanceId: ID, AssociationName: 'nightly-patching', Status: 'Failed', ErrorCode: 'InvalidDocument'},
    {InstanceId: ID, AssociationName: 'inventory', Status: 'Success'},
  ]

  it('names the associations that fail', () => {
    expect(findingsOf(registration, {...failing, InstanceAssociations})).toMatchObject([
      {cause: 'registration.associations-failing', message: expect.stringContaining('nightly-patching')},
    ])
  })

  it('reports failing associations without knowing which', () => {
    const InstanceAssociations = {unreadable: 'AccessDeniedException'}
    expect(causesOf(registration, {...failing, InstanceAssociations})).toEqual(['registration.associations-failing'])
  })

  it.each([
    [undefined, true],
    ['Pending', true],
    ['Success', false],
  ])('counts one that fails where the status of the node is %s: %s', (AssociationStatus, expected) => {
    const {AssociationStatus: _, ...node} = listed({}).InstanceInformationList[0]!
    const InstanceInformationList = [{...node, ...(AssociationStatus !== undefined && {AssociationStatus})}]
    expect(causesOf(registration, {InstanceInformationList, InstanceAssociations})).toEqual(
      expected ? ['registration.associations-failing'] : [],
    )
  })

  it('does not count associations that fail because the node is offline', () => {
    expect(causesOf(registration, listed({...lost, AssociationStatus: 'Failed'}))).toEqual([
      'registration.connection-lost',
    ])
  })
})

it('is unknown for a node that is listed without a ping status', () => {
  const account = {...healthyAccount, ...listed({PingStatus: undefined})}
  expect(notesOf(registration, account)).toContainEqual({
    unknown: expect.stringContaining(`Systems Manager lists ${ID} without its ping status`),
  })
  expect(examine(account, ID)).toMatchObject({verdict: 'undecided', registration: {status: 'unknown'}})
})

describe('hybrid registrations', () => {
  const shadow = {InstanceId: 'mi-0a1b2c3d4e5f60099', IPAddress: '10.0.1.10', ComputerName: 'IP-10-0-1-10.ec2.internal'}

  it('finds the hybrid node that looks like the instance, and removes nothing because of a shared address and host name', () => {
    expect(findingsOf(registration, listed(shadow))).toMatchObject([
      {cause: 'registration.never-registered'},
      {cause: 'registration.hybrid-shadow', certainty: 'likely', resource: 'mi-0a1b2c3d4e5f60099'},
    ])
    const {remedies} = findingsOf(registration, listed(shadow))[1] ?? {}
    expect(remedies?.[0]?.steps).toEqual([{on: 'instance', line: 'sudo ssm-cli get-instance-information'}])
  })

  it('is identified with the command of the snap on Ubuntu', () => {
    const image = [{InstanceId: ID, ImageMetadata: {Name: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-1'}}]
    const {remedies} = findingsOf(registration, {...listed(shadow), InstanceImageMetadata: image})[1] ?? {}
    expect(remedies?.[0]?.steps).toEqual([
      {on: 'instance', line: 'sudo /snap/amazon-ssm-agent/current/ssm-cli get-instance-information'},
    ])
  })

  it('clears the list on the model', () => {
    const only = listed({}, {...shadow, SourceId: ID})
    expect(causesAfterRemedy(registration, only)).toEqual([])
  })

  it('proves it by the host name that EC2 forms of the instance id', () => {
    const named = {...shadow, ComputerName: `${ID}.eu-west-1.compute.internal`}
    expect(findingsOf(registration, listed(named))[1]).toMatchObject({certainty: 'proven'})
    expect(findingsOf(registration, listed(named))[1]?.message).toContain('the id of the instance as its host name')
    const inContainer = {...named, IPAddress: '172.17.0.1'}
    expect(findingsOf(registration, listed(inContainer))[1]).toMatchObject({certainty: 'proven'})
  })

  it.each(['ip-10-0-1-10', 'ip-10-0-1-10.eu-west-1.compute.internal'])('takes %s for the name of the host', (name) => {
    const {PrivateDnsName: _, ...unnamed} = web
    const found = findingsOf(registration, listed({...shadow, ComputerName: name}), unnamed)
    expect(found[1]).toMatchObject({certainty: 'likely'})
  })

  it('does not look for a Windows host on a Linux instance', () => {
    expect(causesOf(registration, listed({...shadow, PlatformType: 'Windows'}))).toEqual([
      'registration.never-registered',
    ])
  })

  it.each([
    ['2026-09-01T00:00:00Z', ['registration.connection-lost']],
    ['2026-11-20T11:58:00Z', ['registration.connection-lost', 'registration.hybrid-shadow']],
  ])('hides the instance only if it answered later than the instance did: at %s', (LastPingDateTime, expected) => {
    expect(causesOf(registration, listed(lost, {...shadow, LastPingDateTime}))).toEqual(expected)
  })

  it.each(['Microsoft.Compute/virtualMachines', 'compute.googleapis.com/Instance'])(
    'does not look for the host in another cloud, whatever private address it has: %s',
    (SourceType) => {
      expect(causesOf(registration, listed({...shadow, SourceType, SourceId: 'vm-1'}))).toEqual([
        'registration.never-registered',
      ])
    },
  )

  it('treats a shared address alone as a hint', () => {
    const elsewhere = {...shadow, ComputerName: 'printer'}
    expect(findingsOf(registration, listed(elsewhere))[1]).toMatchObject({certainty: 'possible'})
  })

  it('ignores a node with the same address while the instance is online under its own id', () => {
    expect(causesOf(registration, listed({}, shadow))).toEqual([])
  })

  it('does not match a node because both have no address', () => {
    const nameless = {InstanceId: 'mi-0a1b2c3d4e5f60099', ComputerName: '', IPAddress: undefined}
    expect(causesOf(registration, listed(nameless))).toEqual(['registration.never-registered'])
  })

  it('proves a hybrid registration that the host itself shows', () => {
    const inside = {
      kind: 'hybrid-registration',
      nodeId: 'mi-0a1b2c3d4e5f60099',
      source: 'ssm-cli get-diagnostics',
      line: 'x',
    } as const
    expect(findingsOf(registration, listed(), web, [], [inside])[1]).toMatchObject({
      cause: 'registration.hybrid-shadow',
      certainty: 'proven',
      resource: 'mi-0a1b2c3d4e5f60099',
    })
  })
})

describe('a hybrid registration that the log shows', () => {
  const inside = (change: Partial<Signal>): Signal => ({
    kind: 'hybrid-registration',
    source: 'errors.log',
    line: 'x',
    ...change,
  })
  const found = (signal: Signal, ...nodes: readonly object[]) =>
    findingsOf(registration, listed(...nodes), web, [], [signal])[1]
  const ubuntu = [{InstanceId: ID, ImageMetadata: {Name: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-1'}}]

  it('is deregistered if this account lists it, and only cleared on the host otherwise', () => {
    const nodeId = 'mi-0a1b2c3d4e5f60099'
    expect(found(inside({nodeId}), {InstanceId: nodeId})?.remedies?.[0]?.title).toContain('Deregister')
    expect(found(inside({nodeId}))?.remedies?.[0]?.title).toBe(`Clear the hybrid registration on ${ID}`)
  })

  it('is likely if only its fingerprint is named', () => {
    expect(found(inside({kind: 'fingerprint'}))).toMatchObject({certainty: 'likely', resource: ID})
  })

  it('is cleared with snap on Ubuntu', () => {
    const facts = {...listed(), InstanceImageMetadata: ubuntu}
    expect(findingsOf(registration, facts, web, [], [inside({})])[1]?.remedies?.[0]?.steps).toContainEqual({
      on: 'instance',
      line: 'sudo /snap/amazon-ssm-agent/current/amazon-ssm-agent -register -clear',
    })
  })

  it('is cleared with Upstart on Amazon Linux 1', () => {
    const image = [{InstanceId: ID, ImageMetadata: {Name: 'amzn-ami-hvm-2018.03.0.20230306.1-x86_64-gp2'}}]
    const facts = {...listed(), InstanceImageMetadata: image}
    expect(findingsOf(registration, facts, web, [], [inside({})])[1]?.remedies?.[0]?.steps).toEqual([
      {on: 'instance', line: 'sudo stop amazon-ssm-agent'},
      {on: 'instance', line: 'sudo amazon-ssm-agent -register -clear'},
      {on: 'instance', line: 'sudo start amazon-ssm-agent'},
    ])
  })
})
