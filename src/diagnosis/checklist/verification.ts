import {identityOf} from '../../iam/identity.ts'
import {isSimulationRefused} from '../../iam/role.ts'
import type {Account, Kind} from '../../model/account.ts'
import {type Diagnosis, findingsOf, isRegistrationUnknown, unreadKindsOf} from '../diagnosis.ts'
import {registrationOf} from '../registration.ts'
import type {ChecklistContext} from './context.ts'
import {impairingOf, isOnInstanceOnly, remainingOf} from './progress.ts'
import type {ProposedStep} from './proposed-step.ts'

/**
 * Whether the steps fix everything. Causes that AWS's API cannot change, however uncertain, and steps for another account
 * make it false; unknowns make it null.
 */
export function verificationOf(
  context: ChecklistContext,
  steps: readonly ProposedStep[],
  first: Diagnosis,
  last: Diagnosis,
  model: Account,
): {readonly verified: boolean | null; readonly unread: readonly Kind[]} {
  const needsOthers = steps.some(({part, account}) => part === 'fix' && account !== undefined)
  if (needsOthers || impairingOf(first).some(isOnInstanceOnly) || remainingOf(last).length > 0)
    return {
      verified: false,
      unread: isConcluded(first) && isOrganizationUnread(context.account, first) ? ORGANIZATION : [],
    }
  const open = openAfter(context, first, last, model)
  return open.isOpen ? {verified: null, unread: open.unread} : {verified: true, unread: []}
}

/** The call that shows what the organization allows. */
const ORGANIZATION: readonly Kind[] = ['PolicySimulations']

/** The agent is considered at fault because nothing else was found. */
const isConcluded = (first: Diagnosis): boolean =>
  impairingOf(first).some(({check, certainty = 'proven'}) => check.fallback && certainty !== 'proven')

/**
 * Whether the agent itself is at fault is checked for a node that is known to be unregistered: if that is unknown,
 * nothing is verified. The same applies if a path is unknown, if sessions may fail because of the preferences, or if
 * the organization may deny what the role allows.
 */
function openAfter({account, instance}: ChecklistContext, first: Diagnosis, last: Diagnosis, model: Account) {
  const {status} = registrationOf(account, instance)
  const unread = isOrganizationUnread(model, last) ? ORGANIZATION : []
  const isOpen =
    unread.length > 0 ||
    status === 'unknown' ||
    (status !== 'online' && isUnexplained(first)) ||
    isRegistrationUnknown(last) ||
    last.paths.some(({verdict}) => verdict === 'unknown') ||
    areSessionsUnknown(last)
  return {isOpen, unread: [...unreadKindsOf(last), ...unread]}
}

/** The reason that the node does not register may be among what is unknown. */
const isUnexplained = (first: Diagnosis): boolean =>
  isRegistrationUnknown(first) && !findingsOf(first).some(({severity}) => severity === 'blocks')

const areSessionsUnknown = ({outcomes}: Diagnosis): boolean =>
  outcomes.some(({check, status}) => check.id === 'session-preferences' && status === 'unknown')

/** The organization allows what an open channel needs; otherwise the simulation of the role shows whether it does. */
function isOrganizationUnread(model: Account, {instance, paths}: Diagnosis): boolean {
  const {status, connected} = registrationOf(model, instance)
  if (status === 'online' && connected === true) return false
  const {role} = identityOf(model, instance, paths)
  return role !== undefined && isSimulationRefused(model, role)
}
