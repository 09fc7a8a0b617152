import {describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/client/aws.ts'
import {isAccessError} from '../../src/collect/client/errors.ts'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {breakOff, type Call, fakeAws, refuse} from '../support/fake-aws.ts'
import {INSTANCE, REGION} from '../support/network.ts'
import {credentials, withoutSockets} from '../support/pretend.ts'
import {answerTo, serve} from '../support/serve.ts'
import {ACCOUNTS} from './accounts.ts'
import {liesIn} from './less-decided.ts'

const [account] = Object.values(ACCOUNTS) as [(typeof ACCOUNTS)[string]]
const waiting = (requestTimeout: number) => ({requestTimeout, throwOnRequestTimeout: true})
const PATIENT = waiting(120_000)
/** Whatever else is late on a busy machine is less data, and nothing wrong. */
const IMPATIENT = waiting(3000)

async function examinedWith(unless: Parameters<typeof serve>[1], requestHandler: object) {
  const fake = serve(account, unless)
  const overrides = {credentials, endpoint: await fake.listen(), requestHandler, maxAttempts: 1}
  try {
    const found = await collect(await connect({region: REGION}, overrides), [INSTANCE], {inspector: true})
    const operations = fake.calls.map(({operation}) => operation)
    return {report: examine({...found, ReadAt: account.ReadAt}, INSTANCE), operations: [...new Set(operations)]}
  } finally {
    fake.close()
  }
}

/** On a machine so busy that nothing responds in time, reporting that is correct. */
const orCannotAsk = (error: unknown): undefined => {
  if (!isAccessError(error)) throw error
}

describe('over real sockets', () => {
  it.each(['silence', 'reset', 'truncated'] as const)('%s of a call ends the run, and decides less', async (how) => {
    const {report: whole, operations} = await examinedWith({}, PATIENT)
    const ends = await Promise.all(
      operations
        .filter((_, at) => how === 'silence' || at % 4 === 0)
        .map(async (broken) => {
          const unless = ({operation}: Call) => (operation === broken ? breakOff(how) : undefined)
          const end = await examinedWith({unless}, how === 'silence' ? IMPATIENT : PATIENT).catch(orCannotAsk)
          return end === undefined ? [] : liesIn(whole, end.report).map((lie) => `${broken}: ${lie}`)
        }),
    )
    expect(ends.length).toBeGreaterThan(how === 'silence' ? 30 : 8)
    expect(ends.flat()).toEqual([])
  })

  it('no response at all is reported in one sentence', async () => {
    const end = await examinedWith({unless: () => breakOff('silence')}, IMPATIENT).catch((error: unknown) => error)
    expect(isAccessError(end) && end.message).toMatch(/^Cannot reach AWS in Region eu-west-1 \(.*no answer.*\)/)
  })
})

const HOUR = 3_600_000
const asDate = (stamp = ''): number =>
  Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

/** AWS accepts signatures that are at most five minutes off. https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const skewed = (by: number, hasDate: boolean) => {
  const fake = fakeAws((call) => answerTo(account, call))
  const now = () => new Date(Date.now() + by)
  const reply: typeof fake.reply = async (request) => {
    const answer = await fake.reply(request)
    if (!('body' in answer)) return answer
    const date = hasDate ? now().toUTCString() : undefined
    const isLate = Math.abs(asDate(request.headers['x-amz-date']) - now().getTime()) > 300_000
    const said = isLate ? await refused(request) : answer
    return {...said, ...(date && {date})}
  }
  return {...fake, reply}
}

const expired = fakeAws(() => refuse('SignatureDoesNotMatch', 'Signature expired: it is now earlier than then.', 403))
const refused = async (request: Parameters<typeof expired.reply>[0]) => {
  const answer = await expired.reply(request)
  if (!('body' in answer)) throw new Error('A refusal is an answer.')
  return answer
}

describe('a clock of this machine that is an hour off', () => {
  const withClock = async (fake: ReturnType<typeof skewed>) => {
    const aws = await connect({region: REGION}, {credentials, requestHandler: withoutSockets(fake), maxAttempts: 3})
    return collect(aws, [INSTANCE], {inspector: true})
  }

  it.each([HOUR, -HOUR])('is corrected with the time that AWS returns: %d ms', async (by) => {
    const found = await withClock(skewed(by, true))
    const {verdict, unreadable} = examine({...found, ReadAt: account.ReadAt}, INSTANCE)
    expect(verdict).toBe('managed')
    // The Route 53 Resolver client, the last without schemas, corrects its clock for one of two calls at a time.
    expect(unreadable.filter(({kind}) => !/^(?:ResolverRules|FirewallRule)/.test(kind))).toEqual([])
    for (const {reason} of unreadable) expect(reason).toMatch(/\(synchronize the clock of this machine\)$/)
  })

  it('is named if AWS does not return the time', async () => {
    const end = await withClock(skewed(HOUR, false)).catch((error: unknown) => error)
    expect(isAccessError(end) && end.message).toMatch(/clock of this machine/)
  })
})
