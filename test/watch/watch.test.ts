import {describe, expect, it} from 'vitest'
import type {ChecklistStep, Report, ReportedCause} from '../../src/diagnosis/report.ts'
import {
  type Change,
  cannotObserve,
  isOver,
  type Observation,
  updated,
  type Watch,
  watchFrom,
} from '../../src/watch/watch.ts'

const MINUTE = 60_000

const cause = (id: string, check: string, change: Partial<ReportedCause> = {}): ReportedCause => ({
  id,
  check,
  severity: 'blocks',
  certainty: 'proven',
  resource: 'a',
  message: `${id} it is.`,
  evidence: [],
  ...change,
})
const step = (title: string, ...causes: readonly string[]): ChecklistStep => ({
  part: 'fix',
  title,
  causes,
  commands: [],
  docs: '',
  alternatives: [],
})
const POLICY = cause('iam.no-registration-permission', 'role-permissions')
const ROUTE = cause('route.none', 'route')
const SILENT = cause('os.agent-not-running', 'agent', {certainty: 'likely'})
const ABSENT = {status: 'absent', lastPing: null, agentVersion: null, connected: null} as const
const ONLINE = {...ABSENT, status: 'online', connected: true} as const

const report = (change: Partial<Report>): Report => ({
  schema: 'ssm-doctor/report/1',
  instance: {id: 'i', name: null, account: null, region: 'eu-west-1', vpc: null, subnet: null, platform: null},
  verdict: 'unmanaged',
  registration: ABSENT,
  checks: ['role-permissions', 'route', 'agent'].map((id) => ({id, title: id, status: 'pass', notes: []})),
  causes: [],
  paths: [],
  checklist: [],
  verified: null,
  unreadable: [],
  ...change,
})
const faulty = (...causes: readonly ReportedCause[]) =>
  report({causes, checklist: causes.map(({id, resource}) => step(`Mend ${id} of ${resource}`, id))})

const at = (minutes: number, what: Report, more: Partial<Observation> = {}): Observation => ({
  at: minutes * MINUTE,
  report: what,
  ...more,
})
/** The changes at the last of several polls. */
function last(...sights: readonly Observation[]): readonly Change[] {
  const [first, ...others] = sights
  let watch: Watch = watchFrom(first!)
  let changes: readonly Change[] = []
  for (const sight of others) ({watch, changes} = updated(watch, sight))
  return changes
}
const kinds = (changes: readonly Change[]) => changes.map(({kind}) => kind)

describe('a step took effect', () => {
  it('when its cause is resolved and it is no longer proposed', () => {
    expect(last(at(0, faulty(POLICY, ROUTE)), at(1, faulty(ROUTE)))).toEqual([
      {kind: 'effect', number: 1, title: 'Mend iam.no-registration-permission of a', resolved: [POLICY.id]},
    ])
  })
  it('of two for the same cause, the one whose resource is fixed', () => {
    const other = {...ROUTE, resource: 'b'}
    expect(last(at(0, faulty(ROUTE, other)), at(1, faulty(other)))).toMatchObject([{kind: 'effect', number: 1}])
  })
  it('not while it is still proposed', () => {
    const both = report({causes: [ROUTE, POLICY], checklist: [step('Mend', ROUTE.id, POLICY.id)]})
    const half = report({causes: [ROUTE], checklist: [step('Mend', ROUTE.id)]})
    expect(last(at(0, both), at(1, half))).toEqual([])
  })
  it('not when its check is unknown', () => {
    const blind = report({checks: [{id: 'route', title: 'route', status: 'unknown', notes: []}]})
    expect(kinds(last(at(0, faulty(ROUTE)), at(1, blind)))).not.toContain('effect')
  })
  it('not when something could not be read that was read before, but once it is read again', () => {
    const gap = report({unreadable: [{kind: 'RouteTables', reason: 'slow down', permission: null}]})
    const sights = [at(0, faulty(ROUTE)), at(1, gap), at(2, gap), at(3, report({}))]
    expect(kinds(last(...sights.slice(0, 2)))).toEqual(['gaps'])
    expect(kinds(last(...sights.slice(0, 3)))).toEqual([])
    expect(kinds(last(...sights))).toEqual(['effect', 'unblocked'])
  })
  it('not because the agent is no longer suspected, but because it is online', () => {
    expect(kinds(last(at(0, faulty(SILENT)), at(1, faulty(ROUTE))))).toEqual(['cause', 'step'])
    const online = report({registration: ONLINE, verdict: 'managed'})
    expect(kinds(last(at(0, faulty(SILENT)), at(1, online)))).toEqual(['effect', 'registration'])
  })
  it('under the number that it was shown with, even if earlier ones are done', () => {
    expect(last(at(0, faulty(POLICY, ROUTE)), at(1, faulty(ROUTE)), at(2, report({})))).toMatchObject([
      {kind: 'effect', number: 2},
      {kind: 'unblocked'},
    ])
  })
  it('and is a new step when its cause returns', () => {
    expect(last(at(0, faulty(POLICY, ROUTE)), at(1, faulty(ROUTE)), at(2, faulty(POLICY, ROUTE)))).toMatchObject([
      {kind: 'cause', cause: POLICY},
      {kind: 'step', number: 3},
    ])
  })
})

describe('the agent waits on once nothing blocks', () => {
  const unblocked = (causes: readonly ReportedCause[], up?: number) =>
    last(
      at(0, faulty(...causes), up === undefined ? {} : {launched: -up * MINUTE}),
      at(1, report({}), {restart: 'wake', ...(up !== undefined && {launched: -up * MINUTE})}),
    ).find(({kind}) => kind === 'unblocked')

  it.each([
    ['refused', [POLICY], 300, 31],
    ['without a path for days', [ROUTE], 5000, 61],
    ['without a path, whenever it was started', [ROUTE], undefined, 61],
    ['without a path for ten minutes', [ROUTE], 10, 1 + 6],
    ['without a path for half an hour', [ROUTE], 30, 1 + 11],
  ])('%s', (_, causes, up, wakes) => {
    expect(unblocked(causes, up)).toEqual({kind: 'unblocked', nextAttemptAt: wakes * MINUTE, restart: 'wake'})
  })

  it('for an unknown time if no such fault was present', () => {
    expect(unblocked([cause('instance.instance-check-failed', 'status-checks')])).toEqual({
      kind: 'unblocked',
      restart: 'wake',
    })
  })

  it('and is not suspected before its next attempt, but afterwards', () => {
    const sights = [at(0, faulty(POLICY)), at(1, faulty(SILENT)), at(20, faulty(SILENT)), at(32, faulty(SILENT))]
    expect(kinds(last(...sights.slice(0, 2)))).toEqual(['effect', 'unblocked'])
    expect(kinds(last(...sights.slice(0, 3)))).toEqual([])
    expect(kinds(last(...sights))).toEqual(['cause', 'step'])
    expect(kinds(last(...sights, at(33, faulty(SILENT))))).toEqual([])
  })

  it('less if its instance is started again', () => {
    const sights = [at(0, faulty(POLICY), {launched: -MINUTE}), at(1, report({}), {launched: -MINUTE})]
    let watch = watchFrom(sights[0]!)
    ;({watch} = updated(watch, sights[1]!))
    expect(watch.unblocked?.nextAttemptAt).toBe(31 * MINUTE)
    const again = updated(watch, at(5, report({}), {launched: 4 * MINUTE}))
    expect(kinds(again.changes)).toEqual(['started'])
    expect(again.watch.unblocked?.nextAttemptAt).toBe(10 * MINUTE)
  })

  it('not at all once it is blocked again', () => {
    let {watch} = updated(watchFrom(at(0, faulty(POLICY))), at(1, report({})))
    ;({watch} = updated(watch, at(2, faulty(ROUTE))))
    expect(watch.unblocked).toBeUndefined()
  })
})

describe('an instance that is stopped in between', () => {
  const still = faulty(cause('instance.not-running', 'instance-state'))

  it('is reported, and nothing counts as resolved', () => {
    expect(kinds(last(at(0, faulty(ROUTE)), at(1, still)))).toEqual(['cause'])
    expect(kinds(last(at(0, faulty(ROUTE)), at(1, still), at(2, still)))).toEqual([])
    expect(kinds(last(at(0, faulty(ROUTE)), at(1, still), at(2, faulty(ROUTE))))).toEqual([])
  })
  it('does not count as resolved by being stopped if it was stopped from the start', () => {
    expect(kinds(last(at(0, still), at(1, faulty(ROUTE))))).toEqual(['effect', 'cause', 'step'])
  })
})

describe('waiting does not help', () => {
  it.each([
    [report({verdict: 'managed'}), true],
    [faulty(cause('instance.terminated', 'instance-state')), true],
    [faulty(cause('target.wrong-region', 'target')), true],
    [report({verdict: 'degraded', registration: ONLINE}), false],
    [faulty(cause('instance.not-running', 'instance-state')), false],
  ])('%#', (what, over) => {
    expect(isOver(what)).toBe(over)
  })

  it('if the list of nodes is denied, but not if it is slow', () => {
    const unread = (error: string) =>
      report({
        registration: {...ABSENT, status: 'unknown'},
        unreadable: [{kind: 'InstanceInformationList', reason: `${error}: no`, permission: null, error}],
      })
    expect(cannotObserve(unread('AccessDeniedException'))).toBe(true)
    expect(cannotObserve(unread('ThrottlingException'))).toBe(false)
  })
})
