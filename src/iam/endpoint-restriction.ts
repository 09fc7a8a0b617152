import type {Account, VpcEndpoint} from '../model/account.ts'
import {hasWith} from '../model/lists.ts'
import {type Policy, policyOf, type Source, type Statement} from './policy/policy.ts'

export type Restriction = Source & {readonly policy: Policy}

/** The policy of the endpoint, unless it allows everything. */
export function restrictionOf({PolicyDocument, VpcEndpointId}: VpcEndpoint): Restriction | undefined {
  const policy = PolicyDocument === undefined ? undefined : policyOf(PolicyDocument)
  return policy && !isFullAccess(policy) ? {name: VpcEndpointId, kind: 'endpoint', policy} : undefined
}

/** Whether an endpoint has a policy that depends on the caller, so that paths depend on credentials, and they on paths. */
export const hasRestrictions = ({VpcEndpoints}: Pick<Account, 'VpcEndpoints'>): boolean =>
  hasWith(VpcEndpoints, isRestricted, true)

const isRestricted = (endpoint: VpcEndpoint) => [restrictionOf(endpoint) !== undefined]

/** The default policy of an endpoint, or an equivalent one. */
const isFullAccess = ({malformed, statements}: Policy): boolean =>
  malformed.length === 0 && statements.every(({effect}) => effect === 'Allow') && statements.some(allowsEverything)

const allowsEverything = ({actions, resources, principals, conditions}: Statement): boolean =>
  conditions.length === 0 &&
  !actions.not &&
  actions.values.includes('*') &&
  principals?.everyone === true &&
  !principals.not &&
  resources?.not === false &&
  resources.values.includes('*')
