import type {ChecklistStep} from '../diagnosis/report.ts'

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
