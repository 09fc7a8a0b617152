import type {ChecklistStep, Report} from '../diagnosis/report.ts'
import {forNumber} from '../util/counted.ts'

/** The parts of a checklist in their order, and what a step of each is for. */
export const PARTS: readonly (readonly [part: ChecklistStep['part'], title: string, label: string])[] = [
  ['fix', 'What to fix', 'Fix'],
  ['investigate', 'What to find out', 'Investigate'],
  ['improve', 'What to improve', 'Improve'],
]

export const labelOf = ({part}: ChecklistStep): string => PARTS.find(([one]) => one === part)?.[2] ?? ''

/** The commands of a step, or the requested form of it, line by line. */
export const linesOf = ({snippet, commands}: Pick<ChecklistStep, 'snippet' | 'commands'>): readonly string[] =>
  snippet === '' ? [] : (snippet === undefined ? commands : [snippet]).flatMap((text) => text.split('\n'))

/** What the model showed of the fixes, if there are any. */
export function proofOf({checklist, verified}: Pick<Report, 'checklist' | 'verified'>): string | undefined {
  const steps = checklist.filter(({part}) => part === 'fix').length
  if (steps === 0) return undefined
  if (verified === false) return 'This could not be fully verified on the model; run ssm-doctor again afterwards.'
  const these = forNumber(steps, 'this step fixes', 'these steps fix')
  const limit = verified === null ? ' in the data that could be read' : ''
  return `Verified on a model: ${these} every blocking and degrading cause${limit}.`
}
