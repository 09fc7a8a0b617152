import {expect, it} from 'vitest'
import {connect} from '../../src/collect/client/aws.ts'
import {isAccessError} from '../../src/collect/client/errors.ts'
import {collectPreflight} from '../../src/collect/preflight.ts'
import {itemsOf} from '../../src/model/account.ts'
import {missingResources} from '../../src/preflight/launch.ts'
import {preflight} from '../../src/preflight/preflight.ts'
import {textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {isUsageError} from '../../src/util/usage-error.ts'
import {type Call, fakeAws, isRefusal, type Refusal} from '../support/fake-aws.ts'
import {id, REGION} from '../support/network.ts'
import {credentials, withoutSockets} from '../support/pretend.ts'
import {answerTo} from '../support/serve.ts'
import type {Fields, Value} from '../support/wire.ts'
import {ACCOUNTS} from './accounts.ts'
import {FAULTS, type Fault} from './faults.ts'
import {changedAt, fieldsIn} from './fields.ts'

const account = ACCOUNTS['absent, and nothing explains it']!
const LAUNCH = {
  subnet: id('subnet', 1),
  groups: [id('sg', 1)],
  role: 'arn:aws:iam::111122223333:role/web',
  image: 'ami-0000000000000000a',
}
const IMAGES = {
  Images: [{ImageId: LAUNCH.image, Name: 'al2023', PlatformDetails: 'Linux/UNIX', OwnerId: '137112412989'}],
}

/** What is read only for a launch; the rest is also read for instances. */
function answerOf(call: Call): Fields | Refusal {
  if (call.operation === 'DescribeImages') return IMAGES
  const isOfSubnet = call.operation === 'DescribeSubnets' && JSON.stringify(call.input).includes('subnet-id')
  return isOfSubnet ? {Subnets: [...itemsOf(account.Subnets).slice(0, 1)] as Fields[]} : answerTo(account, call)
}

const actionOf = ({service, operation}: Call) => `${service}:${operation}`

/** The examination of a launch while the calls of one action fail, and what AWS returned. */
async function launchWith(action: string, fault: Fault) {
  const answers = new Map<string, Fields>()
  const hits = (call: Call) => actionOf(call) === action
  const fake = fakeAws(
    (call) => {
      const answer = (hits(call) && fault.unless?.(call)) || answerOf(call)
      if (isRefusal(answer)) return answer
      answers.set(actionOf(call), answer)
      return hits(call) ? (fault.change?.(call, answer) ?? answer) : answer
    },
    (call, reply) => (hits(call) ? (fault.spoil?.(call, reply) ?? reply) : reply),
  )
  const aws = await connect({region: REGION}, {credentials, requestHandler: withoutSockets(fake), maxAttempts: 1})
  const found = await collectPreflight(aws, LAUNCH)
  const launch = {...LAUNCH, platformDetails: found.platformDetails}
  const strangers = missingResources(found.account, launch, found.hasImage)
  const text =
    strangers.length > 0
      ? strangers.join()
      : textReport(preflight(found.account, launch).report, {terminal: PIPE, verbose: true})
  return {text, answers}
}

const ended = (error: unknown): {readonly text: string} => {
  if (!isAccessError(error) && !isUsageError(error)) throw error
  return {text: error.message}
}

const WHOLE = await launchWith('', {name: 'none'})
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const UNFIT = /\bundefined\b|\[object|\bNaN\b|\n\s+at |[\u0000-\u0009\u000b-\u001f\u202e]/

/** A quarter of all faults; all of them with MATRIX=full, which the nightly run sets. */
const inTurn = <T>(items: readonly T[], turn: number): readonly T[] =>
  process.env.MATRIX === 'full' ? items : items.filter((_, at) => (at + turn) % 4 === 0)

it('a launch is examined, or one sentence says why not, whichever call fails and however', async () => {
  expect(WHOLE.answers.size).toBeGreaterThan(25)
  for (const [turn, action] of [...WHOLE.answers.keys()].entries())
    for (const fault of inTurn(FAULTS, turn)) {
      const {text} = await launchWith(action, fault).catch(ended)
      expect({action, fault: fault.name, unfit: UNFIT.exec(text)?.[0]}).toEqual({action, fault: fault.name})
    }
})

const CHANGES: Readonly<Record<string, (value: Value, gone: symbol) => Value>> = {
  'is left out': (_, gone) => gone,
  'is of another shape': (value) =>
    typeof value === 'number' ? String(value) : typeof value === 'string' ? 7 : Array.isArray(value) ? 'one' : value,
}

it.each(Object.entries(CHANGES))('a launch is examined when a field of a response %s', async (name, change) => {
  for (const [turn, [action, answer]] of [...WHOLE.answers].entries())
    for (const way of inTurn(fieldsIn(answer), turn)) {
      const {text} = await launchWith(action, {name, change: (_, one) => changedAt(one, way, change)}).catch(ended)
      expect({action, way, unfit: UNFIT.exec(text)?.[0]}).toEqual({action, way})
    }
})
