import {checklistFor} from '../../src/diagnosis/checklist/checklist.ts'

/** The checklist, and the account after every fix that AWS's API can apply. */
export function checklistWithModel(...about: Parameters<typeof checklistFor>) {
  const checklist = checklistFor(...about)
  const fixes = checklist.steps.flatMap(({part, remedy}) => (part === 'fix' ? (remedy.apply ?? []) : []))
  return {...checklist, account: fixes.reduce((model, apply) => apply(model), about[0])}
}
