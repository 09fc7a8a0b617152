import type {Instance, Role} from '../model/account.ts'
import type {Path} from '../network/path.ts'
import {memo} from '../util/memo.ts'
import {ESSENTIAL, FURTHER, LEGACY_MESSAGES} from './capabilities.ts'
import {type CallPathFacts, networkContextTo, serviceOf} from './network-context.ts'
import type {Credentials, NetworkContext} from './policy/context.ts'
import {type Decision, type Denial, isUnallowedByRole} from './policy/evaluate.ts'
import {mayCall, type RoleFacts, sharedDecisionsOf} from './role.ts'

/** The decisions of a role on the calls of the agent. */
export interface Permission {
  readonly action: string
  readonly capability: (typeof ESSENTIAL)[number]['id']
  readonly decision: Decision
  /** Absent where the decision was not made for one path. */
  readonly network?: NetworkContext
}

/** Every call that the agent makes, evaluated on its path. */
export function permissionsOf(
  facts: RoleFacts & CallPathFacts,
  caller: {readonly instance: Instance; readonly role: Role; readonly credentials: Credentials},
  paths: readonly Path[],
  needsLegacy: boolean,
): readonly Permission[] {
  const shared = sharedDecisionsOf(facts, caller.role)
  const known = lists(shared).get(needsLegacy)
  if (known) return known
  const capabilities = [...ESSENTIAL, ...(needsLegacy ? [LEGACY_MESSAGES] : []), ...FURTHER]
  const permissions = capabilities.flatMap(({id, actions}) => {
    const network = networkContextTo(facts, caller.instance, paths, serviceOf(actions[0] ?? ''))
    return actions.map((action) => ({
      action,
      capability: id,
      decision: mayCall(facts, caller, action, network),
      network,
    }))
  })
  if (permissions.every(({action}) => shared.has(action))) lists(shared).set(needsLegacy, permissions)
  return permissions
}

/** All decisions of a role, if each of them applies to every instance. */
const lists = memo((_: ReadonlyMap<string, Decision>) => new Map<boolean, readonly Permission[]>())

/** An agent that polls `ec2messages` accepts no command without them, so they are required only for such an agent. */
export const isEssential = ({capability}: Permission): boolean =>
  capability === LEGACY_MESSAGES.id || ESSENTIAL.some(({id}) => id === capability)

/** Nothing allows it, and no layer other than the role's own policies denies it. */
export const isUnallowed = ({decision}: Pick<Permission, 'decision'>): boolean =>
  decision.decision === 'denied' && isUnallowedByRole(decision)

/** No policy of the role allows it, whether or not one of them also denies it. */
export const isMissing = ({decision}: Pick<Permission, 'decision'>): boolean =>
  decision.decision === 'denied' && (isUnallowedByRole(decision) || isDeniedAndUnallowed(decision))

const isDeniedAndUnallowed = ({layer, nothingAllows}: Denial): boolean => layer === 'identity' && nothingAllows === true

/** What the node needs to be managed, and the role does not allow. */
export const missingEssentials = (permissions: readonly Permission[]): readonly Permission[] =>
  permissions.filter((permission) => isEssential(permission) && isMissing(permission))

export const actionsOf = (permissions: readonly Permission[]): readonly string[] =>
  permissions.map(({action}) => action)
