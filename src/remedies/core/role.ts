import {isUnreadable, type Role} from '../../model/account.ts'
import {type Effect, edit, editAll, inOrder} from '../../model/effect.ts'

/** Simulation results of a role's policies are dropped with their change; the decision of the organization is kept. */
export const forgetDecisions: Effect = editAll('PolicySimulations', (simulation) =>
  isUnreadable(simulation)
    ? simulation
    : {
        ...simulation,
        EvaluationResults: simulation.EvaluationResults.map((result) => ({...result, EvalDecision: undefined})),
      },
)

export const editRole = (arn: string, change: (role: Role) => Role): Effect =>
  inOrder(edit('Roles', arn, change), forgetDecisions)
