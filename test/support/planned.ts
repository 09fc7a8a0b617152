import {planFor} from '../../src/diagnosis/plan/plan.ts'

/** The plan, and the account after every fix that AWS's API can apply. */
export function planned(...about: Parameters<typeof planFor>) {
  const plan = planFor(...about)
  const fixes = plan.steps.flatMap(({part, remedy}) => (part === 'fix' ? (remedy.apply ?? []) : []))
  return {...plan, account: fixes.reduce((model, apply) => apply(model), about[0])}
}
