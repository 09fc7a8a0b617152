import {type Account, type Instance, type InstanceProfile, isUnreadable, itemsOf, type Role} from '../model/account.ts'
import {ESSENTIAL} from './capabilities.ts'
import {mayCall, type RoleFacts, readableRoles} from './role.ts'
import {trustsEc2} from './trust.ts'

type SuitableFacts = RoleFacts & Pick<Account, 'InstanceProfiles' | 'Roles'>

/**
 * Whether EC2 can assume the role, and the role certainly allows everything that a managed node needs.
 * A role that can create roles is not proposed.
 */
function isCandidate(facts: SuitableFacts, instance: Instance, role: Role): boolean {
  if (trustsEc2(role)(facts).effect !== 'allow') return false
  const roleRef = {role, credentials: 'profile', instance} as const
  const may = (action: string) => mayCall(facts, roleRef, action).decision
  return (
    ESSENTIAL.flatMap(({actions}) => actions).every((action) => may(action) === 'allowed') &&
    may('iam:CreateRole') === 'denied'
  )
}

interface Candidate {
  readonly roles: readonly Role[]
  readonly profiles: readonly InstanceProfile[]
}

interface Known {
  readonly Policies: Account['Policies']
  readonly InstanceProfiles: Account['InstanceProfiles']
  readonly candidates: Candidate
}

const byRoles = new WeakMap<Account['Roles'], Known>()

const policiesOf = ({AttachedManagedPolicies, RolePolicyList}: Role): number =>
  AttachedManagedPolicies.length + RolePolicyList.length

/**
 * The roles and profiles of the account that could manage an instance, those with the fewest policies first: the role of
 * another workload would give the instance that one's permissions too. Computed once for all instances.
 */
export function suitableIn(facts: SuitableFacts, instance: Instance): Candidate {
  const known = byRoles.get(facts.Roles)
  if (known?.Policies === facts.Policies && known.InstanceProfiles === facts.InstanceProfiles) return known.candidates
  const roles = readableRoles(facts)
    .filter((role) => isCandidate(facts, instance, role))
    .toSorted((a, b) => policiesOf(a) - policiesOf(b))
  const ranks = new Map(roles.map(({Arn}, at) => [Arn, at]))
  const rankOf = ({Roles}: InstanceProfile) => ranks.get(Roles[0]?.Arn ?? '') ?? -1
  const profiles = itemsOf(facts.InstanceProfiles)
    .filter((profile): profile is InstanceProfile => !isUnreadable(profile) && rankOf(profile) >= 0)
    .toSorted((a, b) => rankOf(a) - rankOf(b))
  const candidates = {roles, profiles}
  byRoles.set(facts.Roles, {Policies: facts.Policies, InstanceProfiles: facts.InstanceProfiles, candidates})
  return candidates
}
