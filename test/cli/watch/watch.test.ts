import {describe, expect, it} from 'vitest'
import {type Runtime, type WatchFlags, watch} from '../../../src/cli/watch/watch.ts'
import {connect} from '../../../src/collect/client/aws.ts'
import type {Account} from '../../../src/model/account.ts'
import {type Call, fakeAws, type Refusal, refuse} from '../../support/fake-aws.ts'
import {behindEndpointsFaults} from '../../support/faults.ts'
import {behindEndpoints, INSTANCE, instance, online, REGION} from '../../support/network.ts'
import {credentials, withoutSockets} from '../../support/pretend.ts'
import {faultsOf} from '../../support/report-schemas.ts'
import {answerTo} from '../../support/serve.ts'

const MINUTE = 60_000
const START = Date.parse('2026-11-20T12:00:00Z')
const LAUNCHED = new Date(START - 48 * 60 * MINUTE).toISOString()

/** What AWS returns from this minute on. */
type Story = readonly (readonly [minutes: number, account: Account])[]

const healthyAccount: Account = {...behindEndpoints, Instances: [instance({LaunchTime: LAUNCHED})]}
const managed = online(healthyAccount)
const unconnected: Account = {...managed, ConnectionStatuses: [{Target: INSTANCE, Status: 'notconnected'}]}
const withoutPolicy: Account = {
  ...healthyAccount,
  Roles: (healthyAccount.Roles as readonly object[]).map((role) => ({...role, AttachedManagedPolicies: []})) as never,
}
/** The security group of the endpoints allows no inbound traffic. */
const shut = behindEndpointsFaults.find(({name}) => name === 'the endpoint group allows no inbound traffic')!.breaks

interface Options {
  readonly flags?: Partial<WatchFlags>
  readonly isTTY?: boolean
  readonly unless?: (call: Call, minutes: number) => Refusal | undefined
}

/** Watches with a clock that skips every wait. */
async function watched(story: Story, {flags: own = {}, isTTY = false, unless = () => undefined}: Options = {}) {
  let time = START
  const minutes = () => (time - START) / MINUTE
  const now = () => story.findLast(([from]) => from <= minutes())![1]
  const fake = fakeAws((call) => unless(call, minutes()) ?? answerTo(now(), call))
  const written = {stdout: '', stderr: ''}
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns: 100,
    hasColors: () => false,
    write: (text: string) => {
      written[name] += text
      return true
    },
  })
  const asked: number[] = []
  const stage: Runtime = {
    connect: () => connect({region: REGION}, {credentials, requestHandler: withoutSockets(fake), maxAttempts: 1}),
    now: () => time,
    rest: async (milliseconds, tick) => {
      tick()
      time += milliseconds
      asked.push(minutes())
    },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  }
  const flags: WatchFlags = {format: 'text', json: false, verbose: false, quiet: false, 'no-color': true}
  const code = await watch([{id: INSTANCE}], {...flags, ...own}, stage)
  const printed = written.stdout.replace(/^[\s\S]*?(?=^Watching )/m, '')
  return {code, ...written, printed, asked, calls: fake.calls, minutes: minutes()}
}

describe('a watch', () => {
  it('shows which step took effect, how long the agent waits, when the node is online, and how long it took', async () => {
    const {code, stdout, stderr, printed} = await watched([
      [0, withoutPolicy],
      [3, healthyAccount],
      [20, managed],
    ])
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    expect(stdout).toMatch(/^FAIL .*is not a managed node: unmanaged\n/)
    expect(printed).toMatchInlineSnapshot(`
      "Watching i-00000000000000001 for up to 45 min; press Ctrl-C to stop.
      +3:11   ok   Step 1 took effect: Attach AmazonSSMManagedInstanceCore to role web
                   (iam.no-registration-permission is resolved)
      +3:11   ok   Nothing visible in AWS now prevents the agent from registering. It retries on its own
                   within 30 min, by 12:33 UTC. Restarting the agent is faster; restart the instance where
                   you cannot access it:
                   sudo systemctl restart amazon-ssm-agent  # on the instance
                   aws ec2 reboot-instances --instance-ids i-00000000000000001 --region eu-west-1
      +20:23  ok   The node is online in Fleet Manager, agent 3.3.3883.0, sessions connected.
      +20:23  ok   web-1 (i-00000000000000001) is a healthy managed node: it took 20 min 24 s, 17 min 12 s
                   after the last step took effect.
      "
    `)
  })

  it('shows a fault that an earlier one hid as a separate step', async () => {
    const {printed} = await watched([
      [0, withoutPolicy],
      [3, shut(withoutPolicy)],
      [9, shut(healthyAccount)],
      [12, managed],
    ])
    expect(printed).toMatchInlineSnapshot(`
      "Watching i-00000000000000001 for up to 45 min; press Ctrl-C to stop.
      +3:11   FAIL New: sg-00000000000000002 of endpoint vpce-00000000000000001 does not allow inbound TCP
                   443 from i-00000000000000001 (10.0.1.10). This affects ssm, ssmmessages, ec2messages.
                   (endpoint.sg-blocks)
      +3:11   -    Step 2 is new:
        2. Allow inbound TCP 443 from security group sg-00000000000000001 in security group
           sg-00000000000000002
           aws ec2 authorize-security-group-ingress --group-id sg-00000000000000002 --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-00000000000000001}]' --region eu-west-1
           Effect: No other collected instance uses sg-00000000000000002. Endpoints that use it:
           vpce-00000000000000001, vpce-00000000000000002, vpce-00000000000000003.
           Or: Allow inbound TCP 443 from 10.0.0.0/16 in security group sg-00000000000000002
           https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
      +9:23   ok   Step 1 took effect: Attach AmazonSSMManagedInstanceCore to role web
                   (iam.no-registration-permission is resolved)
      +12:35  ok   Step 2 took effect: Allow inbound TCP 443 from security group sg-00000000000000001 in
                   security group sg-00000000000000002 (endpoint.sg-blocks is resolved)
      +12:35  ok   The node is online in Fleet Manager, agent 3.3.3883.0, sessions connected.
      +12:35  ok   web-1 (i-00000000000000001) is a healthy managed node: it took 12 min 36 s.
      "
    `)
  })

  it('waits for sessions too', async () => {
    const {code, printed} = await watched([
      [0, healthyAccount],
      [2, unconnected],
      [5, managed],
    ])
    expect(code).toBe(0)
    expect(printed).toMatch(
      /online in Fleet Manager.*sessions not connected[\s\S]*sessions connected[\s\S]*it took 5 min/,
    )
  })

  it('ends with the exit code of the last examination and one sentence when the time is out', async () => {
    const {code, printed, minutes} = await watched([[0, withoutPolicy]], {flags: {timeout: '90s'}})
    expect(code).toBe(1)
    expect(minutes).toBe(1.5)
    expect(printed).toMatchInlineSnapshot(`
      "Watching i-00000000000000001 for up to 1 min 30 s; press Ctrl-C to stop.
      +1:30   FAIL After 1 min 30 s web-1 (i-00000000000000001) is still unmanaged: No policy of role web
                   allows ssm:UpdateInstanceInformation or 4 more actions, so the node cannot register or
                   send heartbeats.
      "
    `)
  })

  it('does not wait if there is nothing to wait for', async () => {
    expect(await watched([[0, managed]])).toMatchObject({
      code: 0,
      minutes: 0,
      printed: expect.not.stringMatching(/Watch/),
    })
    const gone = {...healthyAccount, Instances: [instance({State: {Name: 'terminated'}})]}
    expect(await watched([[0, gone]])).toMatchObject({code: 1, minutes: 0})
    expect(await watched([[0, {...healthyAccount, Instances: []}]])).toMatchObject({
      code: 1,
      minutes: 0,
      stdout: expect.stringContaining('[target.not-found]'),
    })
  })
})

describe('what a watch reads', () => {
  it('is one call between examinations while the node is not listed, and less and less often', async () => {
    const {calls, asked} = await watched([[0, withoutPolicy]])
    const counted = (operation: string) => calls.filter((call) => call.operation === operation).length
    const examinations = counted('DescribeRouteTables')
    expect(counted('DescribeInstanceInformation')).toBe(asked.length)
    expect({examinations, asked: asked.length}).toEqual({examinations: 11, asked: 48})
    const seconds = asked.slice(1).map((at, i) => Math.floor(60 * (at - asked[i]!)))
    expect(seconds.slice(0, 6)).toEqual([15, 22, 33, 50, 60, 60])
    expect(Math.max(...seconds)).toBe(60)
  })

  it('is read again soon after a change', async () => {
    const {asked} = await watched([
      [0, withoutPolicy],
      [20, healthyAccount],
    ])
    const after = asked.findIndex((at) => at >= 20)
    expect(asked.slice(after, after + 12).some((at, i, some) => i > 0 && at - some[i - 1]! < 0.3)).toBe(true)
  })
})

describe('what cannot be read for a while', () => {
  it('is reported once, read less often, and changes no finding', async () => {
    const {code, printed, calls} = await watched(
      [
        [0, withoutPolicy],
        [12, managed],
      ],
      {
        unless: ({operation}, minutes) =>
          minutes > 2 && minutes < 10 && operation === 'DescribeInstanceInformation'
            ? refuse('ThrottlingException', 'Rate exceeded')
            : undefined,
      },
    )
    expect(code).toBe(0)
    expect(printed.match(/could not be read/g)).toHaveLength(1)
    expect(printed).not.toMatch(/took effect[\s\S]*could not be read/)
    expect(calls.filter(({operation}) => operation === 'DescribeInstanceInformation').length).toBeLessThan(25)
  })

  it('resolves no cause if a list is denied from one poll to the next', async () => {
    const {printed} = await watched([[0, shut(healthyAccount)]], {
      flags: {timeout: '10m'},
      unless: ({operation}, minutes) =>
        minutes > 2 && operation === 'DescribeSecurityGroups' ? refuse('UnauthorizedOperation') : undefined,
    })
    expect(printed).not.toMatch(/took effect|keeps the agent/)
    expect(printed.match(/Could not be read this time/g)).toHaveLength(1)
  })

  it('is no reason to watch if the list of nodes is always denied', async () => {
    const {code, stdout, minutes} = await watched([[0, healthyAccount]], {
      unless: ({operation}) =>
        operation === 'DescribeInstanceInformation' ? refuse('AccessDeniedException', 'no') : undefined,
    })
    expect({code, minutes}).toEqual({code: 3, minutes: 0})
    expect(stdout).toMatch(new RegExp(`${INSTANCE} cannot be watched: .*needs ssm:DescribeInstanceInformation`))
  })

  it('continues when credentials expire in between', async () => {
    const {code, printed} = await watched(
      [
        [0, withoutPolicy],
        [8, managed],
      ],
      {unless: (_, minutes) => (minutes > 2 && minutes < 7 ? refuse('ExpiredToken', 'expired', 403) : undefined)},
    )
    expect(code).toBe(0)
    expect(printed).toMatch(/Retrying with longer pauses/)
  })
})

describe('an instance that is stopped for a while', () => {
  it('is not fixed by it, and its agent starts over', async () => {
    const stopped = {...withoutPolicy, Instances: [instance({LaunchTime: LAUNCHED, State: {Name: 'stopped'}})]}
    const again = {...healthyAccount, Instances: [instance({LaunchTime: new Date(START + 9 * MINUTE).toISOString()})]}
    const {printed} = await watched([
      [0, withoutPolicy],
      [2, stopped],
      [10, again],
      [14, online(again)],
    ])
    expect(printed).toMatchInlineSnapshot(`
      "Watching i-00000000000000001 for up to 45 min; press Ctrl-C to stop.
      +3:11   FAIL New: Instance i-00000000000000001 is stopped, so no agent is running on it; Systems
                   Manager does not list stopped instances. (instance.not-running)
      +13:23  -    The instance was started again; its agent retries immediately.
      +13:23  ok   Step 1 took effect: Attach AmazonSSMManagedInstanceCore to role web
                   (iam.no-registration-permission is resolved)
      +13:23  ok   Nothing visible in AWS now prevents the agent from registering. It retries on its own
                   within 1 min 36 s, by 12:15 UTC.
      +14:11  ok   The node is online in Fleet Manager, agent 3.3.3883.0, sessions connected.
      +14:11  ok   web-1 (i-00000000000000001) is a healthy managed node: it took 14 min 11 s, 48 s after
                   the last step took effect.
      "
    `)
  })
})

describe('output', () => {
  it('is one document on stdout with --json, and the changes are on stderr', async () => {
    const {stdout, stderr} = await watched(
      [
        [0, withoutPolicy],
        [3, managed],
      ],
      {flags: {json: true}},
    )
    const report = JSON.parse(stdout)
    expect(faultsOf(report)).toEqual([])
    expect(report.verdict).toBe('managed')
    expect(stderr).toMatch(/Step 1 took effect/)
  })

  it('is one line with --quiet', async () => {
    const {stdout, stderr} = await watched([[0, withoutPolicy]], {flags: {quiet: true, timeout: '1m'}})
    expect(stdout).toMatch(/^i-\w+ {2}unmanaged {2}iam.no-registration-permission .*\n$/)
    expect(stderr).toBe('')
  })

  it('shows on a terminal what it waits for, and clears it', async () => {
    const {stdout, stderr} = await watched(
      [
        [0, withoutPolicy],
        [3, healthyAccount],
        [6, managed],
      ],
      {isTTY: true},
    )
    const waits = stderr.split('\r\u001b[K').filter((text) => text !== '')
    expect(waits).toContain('0:10 of 45:00: 1 step to go …')
    expect(waits.some((text) => /the agent retries within 2\d min/.test(text))).toBe(true)
    expect(stderr.endsWith('\r\u001b[K')).toBe(true)
    expect(stdout).not.toContain('\r')
    expect(stdout).toMatch(/✓ Step 1 took effect/)
  })
})

describe('Amazon Inspector, once the node is managed', () => {
  const covered = (reason: string) => [
    {
      resourceId: INSTANCE,
      resourceType: 'AWS_EC2_INSTANCE',
      scanType: 'PACKAGE',
      scanStatus: {statusCode: reason === 'SUCCESSFUL' ? 'ACTIVE' : 'INACTIVE', reason},
    },
  ]
  it.each([
    ['SUCCESSFUL', /Amazon Inspector: Amazon Inspector scans it\./],
    ['UNMANAGED_EC2_INSTANCE', /still reports it as unmanaged/],
  ])('%s', async (reason, says) => {
    const {stdout, code} = await watched([[0, {...managed, CoveredResources: covered(reason) as never}]])
    expect(stdout).toMatch(says)
    expect(code).toBe(0)
  })

  it('is not mentioned if access is denied or EC2 is not scanned', async () => {
    const unless = ({service}: Call) => (service === 'inspector2' ? refuse('AccessDeniedException') : undefined)
    expect((await watched([[0, managed]], {unless})).stdout).not.toMatch(/Inspector/)
    expect((await watched([[0, managed]])).stdout).not.toMatch(/Inspector/)
  })
})

describe('what cannot be watched', () => {
  const flags: WatchFlags = {format: 'text', json: false, verbose: false, quiet: false, 'no-color': true}

  it.each([
    [['i-0aaaaaaaaaaaaaa01'], {account: ['a.json']}, /an account file does not change/],
    [[], {}, /Specify the instance to watch/],
    [['i-0aaaaaaaaaaaaaa01', 'i-0aaaaaaaaaaaaaa02'], {}, /one instance; specify one/],
    [['i-0aaaaaaaaaaaaaa01'], {timeout: 'soon'}, /such as 90s, 45m or 2h/],
  ])('%j %j', async (ids, own, says) => {
    await expect(
      watch(
        ids.map((one) => ({id: one})),
        {...flags, ...own},
      ),
    ).rejects.toThrow(says)
  })
})
