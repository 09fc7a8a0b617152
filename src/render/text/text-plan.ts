import {isBroken, isUndetermined} from '../../plan/exit-code.ts'
import {type PlanChange, type PlannedInstance, type PlanReport, plannedName} from '../../plan/plan-report.ts'
import {plain} from '../../util/plain-text.ts'
import {markOf, type Terminal} from './terminal.ts'
import {wrap} from './width.ts'

const WORDS: Readonly<Record<PlanChange, string>> = {
  lost: 'would no longer be managed',
  degraded: 'would be degraded',
  unknown: 'cannot be determined before the plan is applied',
  new: 'would be launched',
  fixed: 'would be fixed',
  removed: 'would be terminated',
  unchanged: 'would stay as they are',
}
const TOLD: readonly PlanChange[] = ['lost', 'degraded', 'unknown', 'new', 'fixed', 'removed']

const MOST_NAMED = 10

/** What the plan does to managed instances: first what gets worse, with the change that does it. */
export function textPlan(report: PlanReport, terminal: Terminal): string {
  const {totals, instances, ignored, elsewhere, source} = report
  const lines = [...wrap(plain(`${markOf(tone(report), terminal)} ${planHeadline(report)}`), terminal.columns)]
  for (const change of TOLD) {
    const own = instances.filter((one) => one.change === change)
    if (own.length === 0) continue
    lines.push('', terminal.paint('bold', `${own.length} ${WORDS[change]}`))
    const groups = alike(own)
    for (const group of groups.slice(0, MOST_NAMED)) lines.push(...groupLines(group, terminal))
    const more = groups.slice(MOST_NAMED).flat().length
    if (more > 0) lines.push(`  and ${more} more; --json lists them all`)
  }
  if (totals.unchanged > 0)
    lines.push('', `${totals.unchanged} ${totals.unchanged === 1 ? 'instance stays' : 'instances stay'} as before.`)
  const relevant = ignored.filter((one) => one.relevant)
  if (relevant.length > 0)
    lines.push(
      '',
      ...wrap(
        plain(
          `Not modeled, although an instance depends on it, in ${source.file}: ${relevant.map(({address}) => address).join(', ')}.`,
        ),
        terminal.columns,
      ),
    )
  if (elsewhere.length > 0)
    lines.push('', ...wrap(plain(`In another account or Region: ${elsewhere.join(', ')}.`), terminal.columns))
  return lines.join('\n')
}

export const planHeadline = ({totals, instances}: PlanReport): string => {
  const broken = instances.filter((one) => one.change === 'new' && isBroken(one)).length
  const undetermined = instances.filter(isUndetermined).length
  const parts = [
    totals.lost > 0 ? `${totals.lost} managed ${noun(totals.lost)} would be lost` : '',
    totals.degraded > 0 ? `${totals.degraded} would be degraded` : '',
    broken > 0 ? `${broken} new ${noun(broken)} would be unmanaged or degraded` : '',
    undetermined > 0 ? `${undetermined} cannot be determined before the plan is applied` : '',
    totals.fixed > 0 ? `${totals.fixed} would be fixed` : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? `This plan: ${parts.join(', ')}.` : 'This plan makes no managed instance worse.'
}

const noun = (count: number): string => (count === 1 ? 'instance' : 'instances')

const tone = ({instances}: PlanReport) =>
  instances.some(isBroken) ? 'bad' : instances.some(isUndetermined) ? 'open' : 'good'

const markFor = (one: PlannedInstance) =>
  isBroken(one) ? 'bad' : isUndetermined(one) ? 'open' : one.change === 'removed' ? 'none' : 'good'

/** Instances with the same causes stand together. */
function alike(instances: readonly PlannedInstance[]): readonly (readonly PlannedInstance[])[] {
  const groups = new Map<string, PlannedInstance[]>()
  for (const one of instances) {
    const key = JSON.stringify([one.after, one.causes.map(({id, resource, by}) => [id, resource, by]), one.unknown])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

function groupLines(group: readonly PlannedInstance[], terminal: Terminal): readonly string[] {
  const [first] = group
  if (!first) return []
  const shown = group.slice(0, MOST_NAMED).map(plannedName)
  const more = group.length > MOST_NAMED ? ` and ${group.length - MOST_NAMED} more` : ''
  const verdict = first.change === 'new' ? `: ${first.after}` : ''
  const indent = (text: string, by: number) =>
    wrap(plain(text), terminal.columns - by).map((line) => `${' '.repeat(by)}${line}`)
  return [
    ...indent(`${markOf(markFor(first), terminal)} ${shown.join(', ')}${more}${verdict}`, 2),
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
