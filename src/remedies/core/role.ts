import type {Role} from '../../model/account.ts'
import {isUnreadable} from '../../model/account.ts'
import {type Effect, edit, editAll} from '../../model/effect.ts'

/** Simulation results of a role's policies are dropped with their change; the decision of the organization is kept. */
export const forgetDecisions: Effect = editAll('PolicySimulations', (simulation) =>
  isUnreadable(simulation)
    ? simulation
    : {
        ...simulation,
        EvaluationResults: simulation.EvaluationResults.map((result) => ({...result, EvalDecision: undefined})),
      },
)

/** One role changes. */
export const editRole =
  (arn: string, change: (role: Role) => Role): Effect =>
  (account) =>
    forgetDecisions(edit('Roles', arn, change)(account))

/** A policy has a new default version; every role that uses it changes with it. */
export const setPolicyDocument =
  (arn: string, document: object): Effect =>
  (account) =>
    forgetDecisions(
      edit('Policies', arn, (policy) => ({
        ...policy,
        PolicyVersionList: [
          ...policy.PolicyVersionList.map((version) => ({...version, IsDefaultVersion: false})),
          {IsDefaultVersion: true, Document: {...document}},
        ],
      }))(account),
    )
