import type {ChecklistStep, Report} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import {labelOf, linesOf, proofOf} from '../checklist.ts'
import {locationOf, says, titleOf} from '../text/head.ts'
import {PATH_WORD} from '../text/paths.ts'
import {unreadSummary} from '../text/unread.ts'
import {escaped, fenced, linked} from './markdown.ts'

/** A longer fix is left to the other formats: half of one should not be pasted. */
const MAX_COMMAND_LINES = 12

/** Reports for a ticket or a chat, one screen each. https://github.github.com/gfm/ */
export const markdownReports = (reports: readonly Report[]): string => reports.map(markdownReport).join('\n\n---\n\n')

function markdownReport(report: Report): string {
  const {verdict, paths, checklist, unreadable, sinceWhen} = report
  const root = rootCauseOf(report)
  const dead = paths.filter((path) => path.verdict !== 'open')
  const [first, ...others] = checklist
  const proof = proofOf(report)
  const titles = (isShown: (step: ChecklistStep) => boolean) =>
    others.flatMap((step, at) => (isShown(step) ? [`${at + 2}. ${escaped(step.title)}`] : []))
  return [
    `### ${escaped(titleOf(report))} ${says(report)}: ${verdict}`,
    ...(root ? ['', `**Root cause:** ${escaped(root.message)} \`${root.id}\``] : []),
    '',
    escaped(locationOf(report)),
    ...(sinceWhen ? brokeLines(sinceWhen) : []),
    ...(dead.length === 0 ? [] : ['', `**Network:** ${escaped(brokenPaths(dead))}.`]),
    ...(first === undefined ? [] : ['', ...stepLines(first)]),
    ...block(titles(({part}) => part === 'fix')),
    ...block(proof === undefined ? [] : [proof]),
    ...block(titles(({part}) => part !== 'fix')),
    ...(unreadable.length === 0 ? [] : ['', escaped(unreadSummary(unreadable))]),
  ].join('\n')
}

const block = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines])

/** The answer for the root cause, and those for other causes with a known change. */
const brokeLines = ({causes, notes}: NonNullable<Report['sinceWhen']>): readonly string[] => {
  const [first, ...others] = causes
  const shown = [...(first ? [first] : []), ...others.filter(({answer}) => answer === 'changed')]
  return [
    ...shown.flatMap(({resource, message, notes: own}) => [
      '',
      `**When it broke:** ${escaped([`${resource}: ${message}`, ...own].join(' '))}`,
    ]),
    ...(shown.length === 0 ? notes.flatMap((note) => ['', `**When it broke:** ${escaped(note)}`]) : []),
  ]
}

const brokenPaths = (paths: Report['paths']): string =>
  paths.map(({service, verdict}) => `${service} ${PATH_WORD[verdict]}`).join(', ')

function stepLines(step: ChecklistStep): readonly string[] {
  const {title, docs, cost} = step
  const lines = linesOf(step).filter(Boolean)
  return [
    `**${labelOf(step)}:** ${escaped(title)}${cost === undefined ? '' : ` (${escaped(cost)})`}`,
    ...(lines.length === 0 || lines.length > MAX_COMMAND_LINES ? [] : ['', ...fenced(lines)]),
    ...(docs === '' ? [] : ['', linked(docs)]),
  ]
}
