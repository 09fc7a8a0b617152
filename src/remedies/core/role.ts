import {type Account, type ItemOf, isUnreadable, type Role} from '../../model/account.ts'
import {withItem, withItems} from '../../model/joins.ts'

/** Simulation results of a role's policies are dropped with their change; the decision of the organization is kept. */
const organizationOnly = (simulation: ItemOf<'PolicySimulations'>): ItemOf<'PolicySimulations'> =>
  isUnreadable(simulation)
    ? simulation
    : {
        ...simulation,
        EvaluationResults: simulation.EvaluationResults.map((result) => ({...result, EvalDecision: undefined})),
      }

const forgetDecisions = (account: Account): Account =>
  withItems(account, 'PolicySimulations', (simulations) => simulations.map(organizationOnly))

/** A copy of the account in which one role is changed. */
export const withRole = (account: Account, arn: string, change: (role: Role) => Role): Account =>
  forgetDecisions(withItem(account, 'Roles', 'Arn', arn, (role) => (isUnreadable(role) ? role : change(role))))

/** A copy of the account in which a policy has a new default version; every role that uses it changes with it. */
export const withPolicyDocument = (account: Account, arn: string, document: object): Account =>
  forgetDecisions(
    withItem(account, 'Policies', 'Arn', arn, (policy) =>
      isUnreadable(policy)
        ? policy
        : {
            ...policy,
            PolicyVersionList: [
              ...policy.PolicyVersionList.map((version) => ({...version, IsDefaultVersion: false})),
              {IsDefaultVersion: true, Document: {...document}},
            ],
          },
    ),
  )
