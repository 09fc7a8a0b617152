import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {unzipSync} from 'fflate'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Audit} from '../../src/audit/report.ts'
import {run} from '../executable/run.ts'
import {three} from '../support/audits.ts'
import {fakeAws, type Reply, refuse} from '../support/fake-aws.ts'
import {aFolder} from '../support/folder.ts'
import {OWNER} from '../support/healthy.ts'
import {hasAwsCli, hasMoto} from '../support/moto.ts'
import {anOrganization, type Instead, type Invocation, MANAGEMENT, REGION} from '../support/organization.ts'
import {outputOf} from '../support/programs.ts'
import {auditFaultsOf} from '../support/report-schemas.ts'
import {answerTo} from '../support/serve.ts'

const ROOT = new URL('../..', import.meta.url).pathname

/** With the management account; as many as CI has time for. */
const ACCOUNTS = 100

type Organization = Awaited<ReturnType<typeof anOrganization>>

/** What is wrong with some of the accounts, by their index in the organization. */
const PLACES = {denied: 10, throttled: 20, crowded: 30, lost: 40, slow: 50, wide: 60} as const

/** Three instances, of which two are broken, in a separate account. */
function memberOf(account: string, regions: readonly string[], throttledCalls: number) {
  let left = throttledCalls
  const text = JSON.stringify(three).replaceAll(OWNER, account)
  const own = (region: string) =>
    JSON.parse(text.replaceAll('i-0aaaaaaaaaaaaaa', `i-0${account}${regions.indexOf(region)}a`))
  return fakeAws((call) => {
    if (call.operation === 'DescribeRegions') return {Regions: regions.map((RegionName) => ({RegionName}))}
    if (call.service === 'ec2' && left-- > 0) return refuse('RequestLimitExceeded', 'Request limit exceeded.', 503)
    return answerTo(own(call.region), call)
  })
}

interface Execution {
  readonly status: string
  readonly error?: string
  readonly output?: string
}

const DENIED: Reply = {
  status: 403,
  type: 'text/xml',
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error></ErrorResponse>',
}
const SLOW: Instead = {
  body: {errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 900.00 seconds'},
  functionError: true,
}
const CROWDED: Instead = {
  status: 429,
  body: {Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User', message: 'Rate Exceeded.'},
}

describe.skipIf(!hasMoto() || !hasAwsCli())('an organization (skipped without moto and the AWS CLI)', () => {
  let org: Organization
  let ids: readonly string[]
  let definition: string
  let bucket: string
  const placeOf = (account: string) => ids.indexOf(account)
  const members = new Map<string, ReturnType<typeof memberOf>>()
  const invocations: Invocation[] = []
  let merges = 0
  let slow = 0
  let crowded = 0

  function behave(invocation: Invocation): Instead | undefined {
    invocations.push(invocation)
    const {unit, failure} = invocation.event
    if (unit === undefined) {
      // The first merge is lost with its function.
      const isBroken = invocation.name.includes('Merge') && merges++ === 0
      return isBroken ? {body: {errorType: 'Runtime.ExitError', errorMessage: 'exit'}, functionError: true} : undefined
    }
    const at = placeOf(unit.account)
    if (at === PLACES.lost) return {body: {}}
    if (at === PLACES.slow && failure === undefined && slow++ === 0) return SLOW
    if (at === PLACES.crowded && crowded++ === 0) return CROWDED
    return undefined
  }

  function memberAt(account: string) {
    const known = members.get(account)
    if (known) return known
    const at = placeOf(account)
    const fresh = memberOf(
      account,
      at === PLACES.wide ? [REGION, 'eu-west-2'] : [REGION],
      at === PLACES.throttled ? 3 : 0,
    )
    members.set(account, fresh)
    return fresh
  }

  /** moto interprets state machines that are created after its interpreter is enabled, and one of them once in each Region. */
  async function execute(name: string, region: string): Promise<Execution> {
    const states = <T>(operation: string, body: object) =>
      org.call<T>('states', `AWSStepFunctions.${operation}`, '/', body, region)
    const roleArn = `arn:aws:iam::${MANAGEMENT}:role/states`
    const machine = await states<{readonly stateMachineArn: string}>('CreateStateMachine', {name, definition, roleArn})
    const started = await states<{readonly executionArn: string}>('StartExecution', {...machine, name, input: '{}'})
    for (;;) {
      const execution = await states<Execution>('DescribeExecution', started)
      if (execution.status !== 'RUNNING') return execution
      await new Promise((next) => setTimeout(next, 200))
    }
  }

  beforeAll(async () => {
    const folder = aFolder()
    const zip = join(folder, 'zip')
    mkdirSync(zip)
    outputOf(process.execPath, ['scripts/package-lambda.mjs'], {cwd: ROOT})
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(join(ROOT, 'deploy/lambda.zip')))))
      writeFileSync(join(zip, name), bytes)
    org = await anOrganization(zip, {
      member: (account, asked) => memberAt(account).reply(asked),
      assume: (account) => (placeOf(account) === PLACES.denied ? DENIED : undefined),
      invoke: behave,
    })
    const organizations = (operation: string, body: object) =>
      org.call<{readonly CreateAccountStatus: {readonly AccountId: string}}>(
        'organizations',
        `AWSOrganizationsV20161128.${operation}`,
        '/',
        body,
      )
    await organizations('CreateOrganization', {FeatureSet: 'ALL'})
    const created: string[] = [MANAGEMENT]
    for (let n = 1; n < ACCOUNTS; n++) {
      const {CreateAccountStatus} = await organizations('CreateAccount', {
        AccountName: `a${n}`,
        Email: `a${n}@example.com`,
      })
      created.push(CreateAccountStatus.AccountId)
    }
    ids = created

    const template = join(folder, 'packaged.yaml')
    await org.aws('s3', 'mb', 's3://artifacts')
    await org.aws(
      ...['cloudformation', 'package', '--template-file', join(ROOT, 'deploy/audit.yaml')],
      ...['--s3-bucket', 'artifacts', '--output-template-file', template],
    )
    await org.aws(
      ...['cloudformation', 'deploy', '--template-file', template, '--stack-name', 'ssm-doctor'],
      ...['--capabilities', 'CAPABILITY_IAM'],
    )
    const {StackResourceSummaries} = JSON.parse(
      await org.aws('cloudformation', 'list-stack-resources', '--stack-name', 'ssm-doctor'),
    )
    const idOf = (name: string): string =>
      StackResourceSummaries.find((one: {LogicalResourceId: string}) => one.LogicalResourceId === name)
        .PhysicalResourceId
    bucket = idOf('Bucket')
    await org.aws(
      ...['sns', 'subscribe', '--topic-arn', idOf('Topic'), '--protocol', 'http'],
      ...['--notification-endpoint', `${org.endpoint}/messages`],
    )
    const deployed = await org.call<{readonly definition: string}>(
      'states',
      'AWSStepFunctions.DescribeStateMachine',
      '/',
      {
        stateMachineArn: idOf('StateMachine'),
      },
    )
    definition = deployed.definition
    await fetch(`${org.endpoint}/moto-api/config`, {
      method: 'POST',
      body: JSON.stringify({stepfunctions: {execute_state_machine: true}}),
    })
  })
  afterAll(() => org?.stop())

  it('is audited by the deployed state machine, and is notified if a step fails', async () => {
    expect(await execute('first', REGION)).toMatchObject({status: 'FAILED', error: 'AuditFailed'})
    expect(org.messages.map(({Subject}) => Subject)).toEqual(['ssm-doctor: the audit failed'])
    expect(org.messages[0]?.Message).toContain('Runtime.ExitError')
    const examined = invocations.filter(({event}) => event.unit !== undefined && event.failure === undefined)
    expect(new Set(examined.map(({event}) => event.unit?.account))).toEqual(new Set(ids))
  })

  it('continues with what is missing if it is started again', async () => {
    invocations.length = 0
    const {status, error, output = ''} = await execute('second', 'eu-central-1')
    expect([status, error]).toEqual(['SUCCEEDED', undefined])
    expect(JSON.parse(output).merged).toMatchObject({code: 0, instances: (ACCOUNTS - 1) * 3, notExamined: 2})
    const again = invocations.flatMap(({event}) => (event.unit ? [placeOf(event.unit.account)] : []))
    expect(again.sort((a, b) => a - b)).toEqual([PLACES.denied, PLACES.lost, PLACES.slow])

    const {Subject, Message = ''} = org.messages[1] ?? {}
    // In the second Region of one account all three are broken: the endpoints are of the first.
    expect(Subject).toBe(`ssm-doctor: ${(ACCOUNTS - 1) * 2 + 1} of ${(ACCOUNTS - 1) * 3} instances not managed`)
    expect(Message.split('\n').length).toBeLessThanOrEqual(20)
    expect(Message).toContain(`${ACCOUNTS + 1} accounts and Regions, 2 not examined`)
    expect(org.messages).toHaveLength(2)
  })

  it('has the same result as one run of the command line over all of it, except for what was lost', async () => {
    const {run: name} = JSON.parse(await org.object(bucket, 'finished.json'))
    const merged: Audit = JSON.parse(await org.object(bucket, `runs/${name}/report/audit.json`))
    expect(auditFaultsOf(merged)).toEqual([])
    const lost = {account: ids[PLACES.lost], region: 'unknown', failed: 'There is no part of it.'}
    expect(merged.scopes.filter(({failed}) => failed !== null)).toMatchObject([
      {account: ids[PLACES.denied], failed: expect.stringContaining('Cannot assume role')},
      lost,
    ])
    const flags = ['--organization', '--role-name', 'ssm-doctor-audit', '--all-regions', '--concurrency', '16']
    const {stdout, stderr} = await run(['audit', ...flags, '--exclude-account', String(ids[PLACES.lost]), '--json'], {
      env: org.environment,
    })
    expect(stderr).toContain(`${ACCOUNTS} accounts and Regions (1 not examined)`)
    const whole: Audit = JSON.parse(stdout)
    expect(sorted({...merged, scopes: merged.scopes.filter(({account}) => account !== lost.account)})).toEqual(
      sorted(whole),
    )
  })
})

/** A report without the times when it was read, each list sorted. */
const sorted = ({scopes, instances, groups, totals}: Audit) => ({
  totals,
  scopes: scopes.map((scope) => JSON.stringify({...scope, readAt: null})).sort(),
  instances: instances.map((one) => JSON.stringify(one)).sort(),
  groups: groups.map((group) => JSON.stringify({...group, affected: group.affected.toSorted()})).sort(),
})
