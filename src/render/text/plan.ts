import {isBroken, isUndetermined, planExitCode} from '../../plan/exit-code.ts'
import {notModeledIn, unreadIn} from '../../plan/ignored.ts'
import {type PlanChange, type PlannedInstance, type PlanReport, plannedName} from '../../plan/plan-report.ts'
import {counted} from '../../util/counted.ts'
import {groupBy} from '../../util/group-by.ts'
import {firstOf} from '../../util/list-in-words.ts'
import {plain} from '../../util/plain-text.ts'
import {markOf, type Terminal} from './terminal.ts'
import {indented, wrap} from './width.ts'

const WORDS: Readonly<Record<PlanChange, string>> = {
  lost: 'would no longer be managed',
  degraded: 'would be degraded',
  unknown: 'cannot be determined before the plan is applied',
  new: 'would be launched',
  fixed: 'would be fixed',
  removed: 'would be terminated',
  unchanged: 'would stay as they are',
}
const SHOWN: readonly PlanChange[] = ['lost', 'degraded', 'unknown', 'new', 'fixed', 'removed']

const MAX_NAMED = 10

/** The effect of the plan on managed instances: first what gets worse, with the responsible change. */
export function textPlan(report: PlanReport, terminal: Terminal): string {
  const {totals, instances, elsewhere} = report
  const lines = [...wrap(plain(`${markOf(tone(report), terminal)} ${planHeadline(report)}`), terminal.columns)]
  for (const change of SHOWN) {
    const own = instances.filter((one) => one.change === change)
    if (own.length === 0) continue
    lines.push('', terminal.paint('bold', `${own.length} ${WORDS[change]}`))
    const groups = [...groupBy(own, outcomeOf).values()]
    for (const group of groups.slice(0, MAX_NAMED)) lines.push(...groupLines(group, terminal))
    const more = groups.slice(MAX_NAMED).flat().length
    if (more > 0) lines.push(`  and ${more} more; --json lists them all`)
  }
  if (totals.unchanged > 0)
    lines.push('', `${counted(totals.unchanged, 'instance stays', 'instances stay')} as before.`)
  for (const note of [notReadSentence(report), notModeledSentence(report)])
    if (note !== '') lines.push('', ...wrap(plain(note), terminal.columns))
  if (elsewhere.length > 0)
    lines.push('', ...wrap(plain(`In another account or Region: ${elsewhere.join(', ')}.`), terminal.columns))
  return lines.join('\n')
}

export function planHeadline(report: PlanReport): string {
  const {totals, instances} = report
  const broken = instances.filter((one) => one.change === 'new' && isBroken(one)).length
  const undetermined = instances.filter(isUndetermined).length
  const unread = unreadIn(report).length
  const ofAttributes = notModeledIn(report).filter(({attributes}) => attributes).length
  const notModeled = notModeledIn(report).length - ofAttributes
  const parts = [
    totals.lost > 0 ? `${counted(totals.lost, 'managed instance')} would be lost` : '',
    totals.degraded > 0 ? `${totals.degraded} would be degraded` : '',
    broken > 0 ? `${counted(broken, 'new instance')} would be unmanaged or degraded` : '',
    undetermined > 0 ? `${undetermined} cannot be determined before the plan is applied` : '',
    totals.fixed > 0 ? `${totals.fixed} would be fixed` : '',
    unread > 0 ? `${counted(unread, 'stack or module in it was', 'stacks or modules in it were')} not read` : '',
    notModeled > 0 ? `the effect of ${counted(notModeled, 'unmodeled resource')} is unknown` : '',
    ofAttributes > 0
      ? `the effect of ${counted(ofAttributes, 'change')} that ${ofAttributes === 1 ? 'is' : 'are'} not modeled is unknown`
      : '',
  ].filter((part) => part !== '')
  if (parts.length > 0) return `This plan: ${parts.join(', ')}.`
  return isEmpty(report)
    ? 'No instance was examined: the plan launches none, and no account with instances was given.'
    : 'This plan makes no managed instance worse.'
}

const isEmpty = ({totals}: PlanReport): boolean => Object.values(totals).every((count) => count === 0)

/** The effect of a plan is only complete with what could not be read. */
export function notReadSentence(report: PlanReport): string {
  const unread = unreadIn(report)
  return unread.length === 0
    ? ''
    : `Not read: ${unread.map(({address, type}) => `${address} (${type})`).join(', ')}. What is in there may launch instances, and others may depend on it: examine its template or its change set with --cloudformation.`
}

/** A resource, with the attributes whose change is not modeled. */
const notModeledName = ({address, attributes}: PlanReport['ignored'][number]): string =>
  attributes ? `${address} (${attributes.join(', ')})` : address

export function notModeledSentence(report: PlanReport): string {
  const relevant = notModeledIn(report)
  return relevant.length === 0
    ? ''
    : `Not modeled, although an instance depends on it, in ${report.source.file}: ${relevant.map(notModeledName).join(', ')}.`
}

function tone(report: PlanReport) {
  const code = planExitCode(report)
  return code === 1 ? 'bad' : code === 3 ? 'open' : isEmpty(report) ? 'none' : 'good'
}

const markFor = (one: PlannedInstance) =>
  isBroken(one) ? 'bad' : isUndetermined(one) ? 'open' : one.change === 'removed' ? 'none' : 'good'

/** Instances with the same causes are listed together. */
const outcomeOf = ({after, causes, unknown}: PlannedInstance): string =>
  JSON.stringify([after, causes.map(({id, resource, by}) => [id, resource, by]), unknown])

function groupLines(group: readonly PlannedInstance[], terminal: Terminal): readonly string[] {
  const [first] = group
  if (!first) return []
  const verdict = first.change === 'new' ? `: ${first.after}` : ''
  const indent = (text: string, margin: number) => indented(text, terminal.columns, margin)
  return [
    ...indent(`${markOf(markFor(first), terminal)} ${firstOf(group.map(plannedName), MAX_NAMED)}${verdict}`, 2),
    ...first.causes.flatMap(({message, id, by}) => [
      ...indent(`${message} [${id}]`, 4),
      ...by.flatMap(({address, attributes}) =>
        indent(`Changed by ${address}${attributes.length > 0 ? `: ${attributes.join(', ')}` : ''}`, 6),
      ),
    ]),
    ...first.unknown.flatMap((sentence) => indent(sentence, 4)),
    ...first.fixes.flatMap(({title, text}) => [
      ...indent(`Fix: ${title}`, 4),
      ...text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => `      ${plain(line)}`),
    ]),
  ]
}
