import fc from 'fast-check'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import type {Audit} from '../../src/audit/report.ts'
import type {Unit} from '../../src/fleet/expected.ts'
import {type ListResult, list} from '../../src/lambda/list.ts'
import {jsonOf, merge} from '../../src/lambda/merge.ts'
import {type Context, unit} from '../../src/lambda/unit.ts'
import type {Account} from '../../src/model/account.ts'
import {three} from '../support/audits.ts'
import {refuse} from '../support/fake-aws.ts'
import {OWNER} from '../support/healthy.ts'
import {BUCKET, type LambdaAws, lambdaAws} from '../support/lambda.ts'

const [IRELAND, LONDON] = ['eu-west-1', 'eu-west-2'] as const
const ACCOUNTS = ['111122223331', '111122223332', '111122223333'] as const
const [FIRST, SECOND, THIRD] = ACCOUNTS

/** Three instances, of which two are broken, with different ids in each account and Region. */
const accountOf = (id: string, region: string): Account =>
  JSON.parse(
    JSON.stringify(three)
      .replaceAll(OWNER, id)
      .replaceAll('i-0aaaaaaaaaaaaaa', `i-0${id}${region === LONDON ? 1 : 0}a`),
  )

const MINUTES_15: Context = {getRemainingTimeInMillis: () => 900_000}
const STARTED = '2026-11-28T09:00:00.000Z'
const NEXT_WEEK = '2026-12-05T09:00:00.000Z'

type Aws = Awaited<ReturnType<typeof lambdaAws>>
let aws: Aws

async function deploy(change: Partial<LambdaAws> = {}, settings: Readonly<Record<string, string>> = {}): Promise<Aws> {
  aws?.close()
  aws = await lambdaAws({accounts: ACCOUNTS, regions: [IRELAND], account: accountOf, ...change})
  const environment = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAlambda',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: IRELAND,
    BUCKET,
    TOPIC: `arn:aws:sns:${IRELAND}:${FIRST}:topic`,
    ROLE_NAME: 'ssm-doctor-audit',
    ACCOUNTS: 'organization',
    REGIONS: 'all',
    EXCLUDED_ACCOUNTS: '',
    EXCLUDED_REGIONS: '',
    FAIL_ON: 'any',
    ...settings,
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  return aws
}

beforeEach(() => {
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  aws.close()
})

const todoOf = ({todo}: ListResult) => aws.json<readonly Unit[]>(todo.Key)

/** The state machine in short: what fails within an item is recorded, and what fails outside ends the execution. */
async function execute(startedAt = STARTED, input: {readonly run?: string} = {}) {
  const listed = await list({startedAt, input})
  for (const one of todoOf(listed)) {
    const event = {run: listed.run, unit: one}
    await unit(event, MINUTES_15)
      .catch((error: Error) => unit({...event, failure: {Error: error.name, Cause: error.message}}, MINUTES_15))
      .catch(() => undefined)
  }
  return await merge({run: listed.run})
}

const reportOf = (run: string) => aws.json<Audit>(`runs/${run}/report/audit.json`)
const idsIn = ({instances}: Audit) => instances.map(({id}) => id).sort()
const placesIn = ({scopes}: Audit) => scopes.map(({account, region, failed}) => [account, region, failed])

describe('a run', () => {
  it('lists accounts, audits each and merges the reports', async () => {
    await deploy({denied: [SECOND]})
    const {run, code, instances, notExamined} = await execute()
    expect({code, instances, notExamined}).toEqual({code: 1, instances: 6, notExamined: 1})
    const denied = expect.stringMatching(/^Cannot assume role arn:aws:iam::111122223332:role\/ssm-doctor-audit /)
    expect(placesIn(reportOf(run))).toEqual([
      [FIRST, IRELAND, null],
      [SECOND, 'unknown', denied],
      [THIRD, IRELAND, null],
    ])
    const reports = [...aws.objects.keys()].filter((key) => key.includes('/report/'))
    expect(reports.map((key) => key.split('/').at(-1)).sort()).toEqual([
      'audit.csv',
      'audit.html',
      'audit.json',
      'audit.md',
    ])
    expect(aws.messages).toMatchObject([{subject: 'ssm-doctor: 4 of 6 instances not managed'}])
  })

  it('is compared with the last finished one', async () => {
    let isFixed = false
    const broken = (id: string, region: string) => accountOf(id, region)
    const fixed = (id: string, region: string): Account => ({
      ...accountOf(id, region),
      Instances: [accountOf(id, region).Instances].flat().slice(0, 1) as never,
    })
    await deploy({account: (id, region) => (isFixed && id === FIRST ? fixed(id, region) : broken(id, region))})
    await execute()
    isFixed = true
    const {run} = await execute(NEXT_WEEK)
    expect(run).toBe('2026-12-05T09-00-00.000Z')
    expect(reportOf(run).changes?.resolved.length).toBeGreaterThan(0)
    expect(aws.messages[1]?.message).toMatch(
      /^Since .*: 0 newly broken, 0 with another cause, 0 fixed, 4 still broken$/m,
    )
  })

  it('is compared with the newest one also after an older one was continued by its name', async () => {
    await deploy({accounts: [FIRST]})
    const {run} = await execute()
    const newest = reportOf((await execute(NEXT_WEEK)).run).readAt
    await execute('2026-12-06T09:00:00.000Z', {run})
    const last = await execute('2026-12-12T09:00:00.000Z')
    expect(reportOf(last.run).changes?.baseline).toBe(newest)
  })

  it('is continued within a day, with what is missing and the same settings', async () => {
    await deploy()
    const {run, units} = await list({startedAt: STARTED})
    expect(units).toBe(3)
    await unit({run, unit: {account: FIRST, regions: null}}, MINUTES_15)
    const again = await list({startedAt: '2026-11-28T20:00:00.000Z'})
    expect(again.run).toBe(run)
    expect(todoOf(again).map(({account}) => account)).toEqual([SECOND, THIRD])
    expect((await list({startedAt: '2026-11-29T09:00:01.000Z'})).run).not.toBe(run)
    vi.stubEnv('INCLUDE_STOPPED', 'true')
    expect((await list({startedAt: '2026-11-28T20:00:00.000Z'})).run).not.toBe(run)
    await expect(list({startedAt: STARTED, input: {run}})).rejects.toThrow(`Run ${run} was begun with other settings`)
  })

  it('that is finished is followed by a new one', async () => {
    await deploy()
    const {run} = await execute()
    expect((await list({startedAt: '2026-11-28T10:00:00.000Z'})).run).not.toBe(run)
  })

  it('uses the named accounts and Regions except the excluded ones, each Region of a large account separately', async () => {
    await deploy(
      {regions: [IRELAND, LONDON]},
      {ACCOUNTS: ACCOUNTS.join(','), EXCLUDED_ACCOUNTS: SECOND, EXCLUDED_REGIONS: LONDON, SPLIT_ACCOUNTS: THIRD},
    )
    expect(todoOf(await list({startedAt: STARTED}))).toEqual([
      {account: FIRST, regions: null},
      {account: THIRD, regions: [IRELAND]},
    ])
    await deploy({}, {REGIONS: `${IRELAND},${LONDON}`, SPLIT_ACCOUNTS: THIRD})
    expect(todoOf(await list({startedAt: STARTED}))).toEqual([
      {account: FIRST, regions: [IRELAND, LONDON]},
      {account: SECOND, regions: [IRELAND, LONDON]},
      {account: THIRD, regions: [IRELAND]},
      {account: THIRD, regions: [LONDON]},
    ])
  })

  it('excludes what suppressions.json accepts', async () => {
    await deploy()
    aws.objects.set('suppressions.json', '[{"cause": "imds.disabled", "owner": "search", "reason": "moves in May"}]')
    const {run} = await execute()
    expect(reportOf(run).suppressed).toHaveLength(3)
  })

  it.each([
    ['never', 0],
    ['any', 1],
    ['blocks', 1],
    ['new', 0],
  ])('fails on %s with code %d', async (failOn, code) => {
    await deploy({}, {FAIL_ON: failOn})
    await execute()
    const second = await execute(NEXT_WEEK)
    expect(second.code).toBe(code)
  })

  it('in which nothing could be examined has code 2, whatever --fail-on is', async () => {
    await deploy({denied: ACCOUNTS}, {FAIL_ON: 'never'})
    expect((await execute()).code).toBe(2)
    expect(aws.messages).toMatchObject([{subject: 'ssm-doctor: no instances; 3 accounts and Regions not examined'}])
  })
})

it('a report of any size is JSON', () => {
  const report = {schema: 'x', list: Array.from({length: 25_000}, (_, id) => ({id, text: '"é"'})), none: [], at: {b: 1}}
  expect(JSON.parse(new TextDecoder().decode(jsonOf(report)))).toEqual(report)
})

describe('a unit', () => {
  const event = {run: '2026-11-28T09-00-00.000Z', unit: {account: FIRST, regions: [IRELAND, LONDON]}}
  const failureAt = (region: string) =>
    aws.json<Audit>(`runs/${event.run}/failed/${FIRST}.${region}.json`)?.scopes[0]?.failed

  it('that runs out of time reports it, and names the container', async () => {
    await deploy({unless: () => undefined})
    await list({startedAt: STARTED})
    const result = await unit(event, {getRemainingTimeInMillis: () => 60_000})
    expect(result).toMatchObject({examined: 0, failed: 2})
    expect(failureAt(LONDON)).toMatch(/^It does not fit into the 15 minutes .* in a container \(docs\/deploy\.md\)\.$/)
  })

  it('that examined some of its Regions in time is to be invoked again for the others', async () => {
    await deploy({hangs: ({region}) => region === LONDON})
    await list({startedAt: STARTED})
    await expect(unit(event, {getRemainingTimeInMillis: () => 62_000})).rejects.toMatchObject({name: 'Unfinished'})
    expect([...aws.objects.keys()].filter((key) => /\/(?:parts|failed)\//.test(key))).toEqual([
      `runs/${event.run}/parts/${FIRST}.${IRELAND}.json`,
    ])
  })

  it.each([
    ['Sandbox.Timedout', /^It does not fit .*\(Sandbox\.Timedout\)$/],
    ['Runtime.ExitError', /^It does not fit .*\(Runtime\.ExitError\)$/],
    ['TypeError', /^TypeError: x is not a function$/],
  ])('that ended with %s leaves a part with the reason', async (name, says) => {
    await deploy()
    await list({startedAt: STARTED})
    const Cause = JSON.stringify({errorType: name, errorMessage: 'x is not a function\n at y'})
    await unit({...event, failure: {Error: name, Cause}}, MINUTES_15)
    expect(failureAt(IRELAND)).toMatch(says)
  })

  it('examines no Region twice, and keeps the more precise reason', async () => {
    await deploy({unless: (_, {region}) => (region === LONDON ? refuse('OptInRequired', 'no', 403) : undefined)})
    await list({startedAt: STARTED})
    await unit(event, MINUTES_15)
    const first = aws.objects.get(`runs/${event.run}/parts/${FIRST}.${IRELAND}.json`)
    aws.asked.length = 0
    await unit(event, MINUTES_15)
    await unit({...event, failure: {Error: 'TypeError', Cause: 'later'}}, MINUTES_15)
    expect(aws.objects.get(`runs/${event.run}/parts/${FIRST}.${IRELAND}.json`)).toBe(first)
    expect(failureAt(LONDON)).toContain('is not enabled')
  })
})

describe('a unit whose calls AWS throttles', () => {
  const event = {run: '2026-11-28T09-00-00.000Z', unit: {account: FIRST, regions: [IRELAND, LONDON]}}
  const keysUnder = (kind: string) => [...aws.objects.keys()].filter((key) => key.includes(`/${kind}/`))
  beforeEach(() => {
    // No wait between two attempts.
    vi.spyOn(Math, 'random').mockReturnValue(0)
  })

  it('altogether is to be invoked again, and leaves nothing behind', async () => {
    let isThrottled = true
    await deploy({regions: [IRELAND, LONDON], throttled: () => isThrottled})
    await list({startedAt: STARTED})
    await expect(unit(event, MINUTES_15)).rejects.toMatchObject({name: 'Throttled'})
    expect(keysUnder('parts')).toEqual([])
    isThrottled = false
    expect(await unit(event, MINUTES_15)).toEqual({account: FIRST, examined: 2, failed: 0})
  })

  it('in one Region keeps the other, and is complete once it was invoked again', async () => {
    let [assumed, most] = [0, 1]
    await deploy({accounts: [FIRST], regions: [IRELAND, LONDON], throttled: () => ++assumed > most})
    await list({startedAt: STARTED})
    assumed = 0
    await expect(unit(event, MINUTES_15)).rejects.toMatchObject({name: 'Throttled'})
    expect([keysUnder('parts').length, keysUnder('failed').length]).toEqual([1, 1])
    most = Number.POSITIVE_INFINITY
    expect(await unit(event, MINUTES_15)).toEqual({account: FIRST, examined: 2, failed: 0})
    await merge({run: event.run})
    expect(placesIn(reportOf(event.run))).toEqual([
      [FIRST, IRELAND, null],
      [FIRST, LONDON, null],
    ])
  })
})

describe('messages name the parameters of the template', () => {
  it.each([
    [{EXCLUDED_ACCOUNTS: '1'}, /^ExcludedAccounts: expected an account id of 12 digits, found "1"\.$/],
    [{EXCLUDED_REGIONS: 'london', REGIONS: IRELAND}, /use one such as ExcludedRegions eu-west-1\.$/],
    [{ACCOUNTS: `${FIRST},1`}, /^Accounts: expected an account id or the ARN of a role, found "1"\.$/],
    [{ACCOUNTS: `${FIRST},organization`}, /^Accounts: name accounts, or organizational units/],
  ])('%j', async (settings, sentence) => {
    await deploy({}, settings)
    await expect(list({startedAt: STARTED})).rejects.toThrow(sentence)
  })

  it('where an excluded account is none of the organization', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    await deploy({}, {EXCLUDED_ACCOUNTS: '111122223339'})
    await list({startedAt: STARTED})
    expect(warn.mock.calls).toEqual([
      ['ExcludedAccounts 111122223339: this account is not among those to be examined.'],
    ])
  })

  it('where the organization cannot be listed', async () => {
    await deploy({closed: true})
    await expect(list({startedAt: STARTED})).rejects.toThrow(/List the accounts yourself with Accounts\.$/)
  })
})

describe('Security Hub', () => {
  it('gets the findings of each account through the role there, and resolved ones are archived', async () => {
    let isFixed = false
    await deploy(
      {
        account: (id, region) => {
          const account = accountOf(id, region)
          return isFixed ? {...account, Instances: [account.Instances].flat().slice(0, 1) as never} : account
        },
      },
      {SECURITY_HUB: 'true'},
    )
    await execute()
    const opened = aws.findings.flatMap(({batch}) => batch)
    expect(new Set(aws.findings.map(({account}) => account))).toEqual(new Set(ACCOUNTS))
    for (const {account, region, batch} of aws.findings)
      for (const {Id} of batch) expect(Id.startsWith(`ssm-doctor/${account}/${region}/`)).toBe(true)
    isFixed = true
    aws.findings.length = 0
    await execute(NEXT_WEEK)
    const later = aws.findings.flatMap(({batch}) => batch as readonly {Id: string; RecordState: string}[])
    const archived = later.filter(({RecordState}) => RecordState === 'ARCHIVED').map(({Id}) => Id)
    expect(archived.length).toBeGreaterThan(0)
    expect(opened.map(({Id}) => Id)).toEqual(expect.arrayContaining(archived))
  })

  it('gets findings of a Region that the account of the functions may not have enabled', async () => {
    await deploy({accounts: [FIRST], regions: ['af-south-1']}, {SECURITY_HUB: 'true', REGIONS: 'af-south-1'})
    const event = {run: (await list({startedAt: STARTED})).run, unit: {account: FIRST, regions: ['af-south-1']}}
    const before = aws.asked.length
    await unit(event, MINUTES_15)
    expect(aws.findings.map(({region}) => region)).toEqual(['af-south-1'])
    const calls = aws.asked.slice(before)
    const untilImport = calls.slice(
      0,
      calls.findIndex(({service}) => service === 'securityhub'),
    )
    expect(untilImport.findLast(({service}) => service === 'sts')).toMatchObject({region: IRELAND})
  })

  it('that rejects findings is reported and stops nothing', async () => {
    const body = {Code: 'InvalidAccessException', Message: 'Account 111122223332 is not subscribed to AWS Security Hub'}
    await deploy({hub: (id) => (id === SECOND ? {status: 401, body} : undefined)}, {SECURITY_HUB: 'true'})
    const {notExamined} = await execute()
    expect(notExamined).toBe(0)
    expect(aws.messages[0]?.message).toMatch(
      /Security Hub did not take all findings of 1 account and Region: .*not subscribed/,
    )
  })
})

describe('findings that Security Hub rejects', () => {
  /** More than fit into one batch. */
  const many = (id: string, region: string): Account => {
    const account = accountOf(id, region)
    const [, broken] = [account.Instances].flat() as {InstanceId: string}[]
    const copies = Array.from({length: 120}, (_, at) => ({...broken, InstanceId: `i-0${String(at).padStart(16, '0')}`}))
    return {...account, Instances: copies as never}
  }

  it('with their batch leave the others imported, and the reason is mailed', async () => {
    const invalid = {Code: 'InvalidInputException', Message: "Invalid parameter 'Findings[0].Title'. data is too long"}
    let batches = 0
    const hub = () => (batches++ === 0 ? {status: 400, body: invalid} : undefined)
    await deploy({accounts: [FIRST], account: many, hub}, {SECURITY_HUB: 'true'})
    await execute()
    expect(batches).toBeGreaterThan(1)
    expect(aws.findings.length).toBe(batches - 1)
    expect(aws.messages[0]?.message).toMatch(/Security Hub took \d+ of \d+ findings \(Invalid parameter .*too long\)\./)
  })

  it('alone are quoted with their error', async () => {
    const failed = (Id = '') => ({Id, ErrorCode: 'InvalidInput', ErrorMessage: 'Finding does not adhere to ASFF'})
    const hub = (_: string, findings: readonly {Id: string}[]) => ({
      status: 200,
      body: {SuccessCount: findings.length - 1, FailedCount: 1, FailedFindings: [failed(findings[0]?.Id)]},
    })
    await deploy({accounts: [FIRST], hub}, {SECURITY_HUB: 'true'})
    await execute()
    expect(aws.messages[0]?.message).toMatch(
      /took \d+ of \d+ findings \(InvalidInput: Finding does not adhere to ASFF\)\./,
    )
  })
})

describe('findings in Security Hub that are resolved', () => {
  const THIRD_WEEK = '2026-12-12T09:00:00.000Z'
  const inMarch = '2027-03-20T09:00:00.000Z'
  const rejected = {status: 401, body: {Code: 'InvalidAccessException', Message: 'not subscribed'}}

  /** What is archived in a run after one in which the findings did not reach Security Hub. */
  async function archivedAfter(lost: 'denied' | 'rejected', last: string): Promise<readonly string[]> {
    let week = 1
    const denied: string[] = []
    await deploy(
      {
        accounts: [FIRST, SECOND],
        denied,
        hub: (id) => (id === SECOND && week === 2 && lost === 'rejected' ? rejected : undefined),
        account: (id, region) => {
          const account = accountOf(id, region)
          return week === 1 ? account : {...account, Instances: [account.Instances].flat().slice(0, 1) as never}
        },
      },
      {SECURITY_HUB: 'true'},
    )
    await execute()
    week = 2
    if (lost === 'denied') denied.push(SECOND)
    await execute(NEXT_WEEK)
    week = 3
    denied.length = 0
    aws.findings.length = 0
    vi.useFakeTimers({toFake: ['Date'], now: Date.parse(last)})
    await execute(last)
    vi.useRealTimers()
    return aws.findings
      .filter(({account}) => account === SECOND)
      .flatMap(({batch}) => batch as readonly {Id: string; RecordState: string}[])
      .filter(({RecordState}) => RecordState === 'ARCHIVED')
      .map(({Id}) => Id)
  }

  it.each([
    ['the role could not be assumed', 'denied'],
    ['Security Hub rejected all findings', 'rejected'],
  ] as const)('in a week in which %s are archived by the next run', async (_, lost) => {
    expect((await archivedAfter(lost, THIRD_WEEK)).length).toBeGreaterThan(0)
  })

  it('more than 90 days ago, which Security Hub deleted, are not imported again', async () => {
    expect(await archivedAfter('denied', inMarch)).toEqual([])
  })

  it('are not looked for in earlier runs while Security Hub rejects findings', async () => {
    await deploy({accounts: [FIRST], hub: () => rejected}, {SECURITY_HUB: 'true'})
    await execute()
    const before = aws.asked.length
    const {run} = await execute(NEXT_WEEK)
    const parts = aws.asked.slice(before).filter(({path}) => path.includes('/parts/') && !path.includes(run))
    expect(parts).toEqual([])
  })

  it('are archived while one of the other findings is rejected in every run', async () => {
    let isFixed = false
    const archived: string[] = []
    const hub = (_: string, findings: readonly {Id: string; RecordState?: string}[]) => {
      archived.push(...findings.flatMap(({Id, RecordState}) => (RecordState === 'ARCHIVED' ? Id : [])))
      const failed = {Id: findings[0]?.Id, ErrorCode: 'InvalidInput', ErrorMessage: 'Finding does not adhere to ASFF'}
      const body = {SuccessCount: findings.length - 1, FailedCount: 1, FailedFindings: [failed]}
      return isFixed && findings.every(({RecordState}) => RecordState === 'ARCHIVED') ? undefined : {status: 200, body}
    }
    const account = (id: string, region: string): Account => {
      const {Instances, ...rest} = accountOf(id, region)
      const [healthy, broken] = [Instances].flat() as {InstanceId: string}[]
      const other = {...broken, InstanceId: 'i-0a1b2c3d4e5f60099'}
      return {...rest, Instances: (isFixed ? [healthy, broken] : [healthy, broken, other]) as never}
    }
    await deploy({accounts: [FIRST], account, hub}, {SECURITY_HUB: 'true'})
    await execute()
    isFixed = true
    await execute(NEXT_WEEK)
    expect(archived.length).toBeGreaterThan(0)
    expect(aws.messages.at(-1)?.message).toMatch(/Security Hub took \d+ of \d+ findings \(InvalidInput:/)
  })

  it('are not reported as rejected once a later attempt imported them', async () => {
    let isRejected = true
    await deploy({accounts: [FIRST], hub: () => (isRejected ? rejected : undefined)}, {SECURITY_HUB: 'true'})
    const {run, todo} = await list({startedAt: STARTED})
    const [one] = aws.json<readonly Unit[]>(todo.Key)
    const isStoringPart = () => /parts.*\.json/.test(aws.asked.at(-1)?.path ?? '')
    aws.downWhile(isStoringPart)
    await expect(unit({run, unit: one!}, MINUTES_15)).rejects.toThrow('killed')
    aws.downWhile(() => false)
    isRejected = false
    await unit({run, unit: one!}, MINUTES_15)
    await merge({run})
    expect(aws.messages[0]?.message).not.toMatch(/Security Hub/)
  })
})

describe('a run that is killed', () => {
  it('at any step and started again loses nothing and counts nothing twice', async () => {
    await deploy({regions: [IRELAND, LONDON], accounts: [FIRST, SECOND]})
    const {run} = await execute()
    const whole = reportOf(run)
    const steps = aws.asked.length
    expect(whole.totals.instances).toBe(12)
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({min: 1, max: steps}), {minLength: 1, maxLength: 3}),
        async (kills) => {
          await deploy({regions: [IRELAND, LONDON], accounts: [FIRST, SECOND]})
          for (const kill of kills) {
            const until = aws.asked.length + kill
            aws.downWhile(() => aws.asked.length > until)
            await execute().catch(() => undefined)
          }
          aws.downWhile(() => false)
          const sent = aws.messages.length
          const last = await execute()
          const sum = reportOf(last.run)
          expect(idsIn(sum)).toEqual(idsIn(whole))
          expect(placesIn(sum)).toEqual(placesIn(whole))
          expect(sum.totals).toEqual(whole.totals)
          expect(aws.messages.length).toBeGreaterThan(sent)
        },
      ),
      {numRuns: 20},
    )
  })
})
