import {nodeOf} from '../../agent/node.ts'
import {consoleSignals} from '../../agent/output/console.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {ASSOCIATIONS} from '../../iam/capabilities.ts'
import {IDENTITY_KINDS, identityOf} from '../../iam/identity.ts'
import {CORE, HOST_MANAGEMENT} from '../../iam/managed-policies.ts'
import {networkContextTo} from '../../iam/network-context.ts'
import {actionsOf, isMissing, missingEssentials, type Permission, permissionsOf} from '../../iam/permissions.ts'
import type {Credentials} from '../../iam/policy/context.ts'
import {mayCall, type RoleRef} from '../../iam/role.ts'
import {usedBy} from '../../iam/role-usage.ts'
import {type Facts, type Instance, isUnreadable, type Role} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {allWith} from '../../model/lists.ts'
import type {Path} from '../../network/path.ts'
import {grantActions} from '../../remedies/changes/roles.ts'
import {forNumber} from '../../util/counted.ts'
import {inList} from '../../util/list-in-words.ts'
import {defineCheck, degrades, type Evidence, type Finding, type Note, unknownNote} from '../check.ts'
import {certaintyOf} from './permission-findings.ts'
import {isUnread} from './permission-unknowns.ts'

const OPTIONAL_KINDS = [
  ...new Set([
    ...IDENTITY_KINDS,
    'Instances',
    'InstanceAssociations',
    'CoveredResources',
    'ConsoleOutputs',
    'InstanceImageMetadata',
  ] as const),
]
type AssociationFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>

/** A role with only the essential permissions is fine until something on the node needs more. */
export const associationPermissions = defineCheck({
  id: 'association-permissions',
  title: 'Association permissions',
  why: 'State Manager, Inventory and the agent-based scan of Amazon Inspector need permissions beyond registration and sessions.',
  subject: 'both',
  causes: {
    'iam.no-association-permission': degrades(
      'a role that is not allowed to run associations or report inventory',
      ssmGuide('setup-instance-permissions'),
    ),
  },
  dependsOn: ['credentials', 'machine'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, paths, evidence) => {
    const {role, credentials} = identityOf(facts, instance, paths)
    if (role === undefined || credentials === 'none' || credentials === 'unknown')
      return [{skip: 'The role of the agent is not known.'}]
    const permissions = permissionsOf(facts, {instance, role, credentials}, paths, false)
    if (missingEssentials(permissions).length > 0)
      return [
        {skip: `Role ${role.RoleName} lacks permissions for registration, messages or sessions, which come first.`},
      ]
    const needed = [
      ...permissions.filter(({capability}) => capability === ASSOCIATIONS.id),
      ...(deepInspection(facts, instance).length > 0
        ? [readingParameter(facts, {instance, role, credentials}, paths)]
        : []),
    ]
    const denied = needed.filter(isMissing)
    const missing = actionsOf(denied)
    if (missing.length === 0) return [noteOnRest(role, needed)]
    const signals = [...consoleSignals(facts, instance), ...evidence]
    const needs = needsOf(facts, instance, missing, signals)
    return [{...certaintyOf(denied), ...missingPermissions(facts, role, credentials, missing, needs)}]
  },
})

/** What a Deny, a boundary or the organization denies is reported with the other permissions of the role. */
function noteOnRest({RoleName}: Role, needed: readonly Permission[]): Note {
  const denied = actionsOf(needed.filter(({decision}) => decision.decision === 'denied'))
  if (denied.length > 0) return {skip: `Role ${RoleName} is denied ${denied.join(', ')}, as role permissions show.`}
  const open = needed.find(({decision}) => decision.decision === 'unknown')
  if (open === undefined) return {fact: `Role ${RoleName} allows what ${ASSOCIATIONS.title} need.`}
  const unknown = `Cannot determine whether role ${RoleName} allows what ${ASSOCIATIONS.title} need: ${open.decision.because}.`
  return unknownNote(unknown, isUnread(open) ? 'Policies' : undefined)
}

/** What on the node is observed to need the permissions. */
interface Required {
  /** Fits after "so". */
  readonly effect: string
  readonly evidence: Evidence
  readonly contradicted?: boolean
}

function missingPermissions(
  facts: AssociationFacts,
  role: Role,
  credentials: Credentials,
  missing: readonly string[],
  needs: readonly Required[],
): Finding {
  const policy = credentials === 'profile' || missing.includes(PARAMETER) ? CORE : HOST_MANAGEMENT
  const [first] = needs
  const isContradicted = needs.length > 0 && needs.every(({contradicted}) => contradicted)
  return {
    cause: 'iam.no-association-permission',
    ...(first ? {} : {severity: 'advises'}),
    ...(isContradicted ? {certainty: 'likely'} : {}),
    resource: role.Arn,
    message: `No policy of role ${role.RoleName} allows ${inList(missing, 'or')}${first ? `, so ${first.effect}` : `; ${ASSOCIATIONS.title} need them`}.`,
    evidence: [{fact: `missing: ${missing.join(', ')}`, source: 'iam:GetRole'}, ...needs.map(({evidence}) => evidence)],
    actions: missing,
    remedies: grantActions(facts, role, policy, missing, usedBy(facts, role.Arn)),
  }
}

/** Without both of the first two the agent does not get its associations; either one is enough. */
const POLLING = ['ssm:ListInstanceAssociations', 'ssm:ListAssociations']
const RUNNING = ['ssm:GetDocument', 'ssm:UpdateInstanceAssociationStatus']
const INVENTORY = 'ssm:PutInventory'
const INVENTORY_DOCUMENT = 'AWS-GatherSoftwareInventory'

/** Where the plugin of Amazon Inspector reads its paths. The default policy of host management does not allow it. */
const PARAMETER = 'ssm:GetParameter'

const readingParameter = (facts: AssociationFacts, caller: RoleRef, paths: readonly Path[]): Permission => ({
  action: PARAMETER,
  capability: ASSOCIATIONS.id,
  decision: mayCall(
    facts,
    caller,
    PARAMETER,
    networkContextTo(facts, caller.instance, paths, 'ssm'),
    `arn:${facts.Partition}:ssm:${facts.Region}:${accountOf(caller.role.Arn)}:parameter/inspector-aws/service/inspector-linux-application-paths`,
  ),
})

function needsOf(
  facts: AssociationFacts,
  instance: Instance,
  missing: readonly string[],
  signals: readonly Signal[],
): readonly Required[] {
  const lacks = (action: string): boolean => missing.includes(action)
  const runs = !POLLING.every(lacks) && !RUNNING.some(lacks)
  const reports = runs && !lacks(INVENTORY)
  return [
    ...(reports ? [] : withoutInventory(facts, instance)),
    ...(reports && !lacks(PARAMETER) ? [] : deepInspection(facts, instance)),
    ...associations(facts, instance, {runs, reports}),
    ...refusals(signals, missing),
  ]
}

const withoutInventory = (facts: AssociationFacts, instance: Instance): readonly Required[] =>
  reportedBy(facts, instance, ['NO_INVENTORY', 'STALE_INVENTORY'], 'no software inventory')

/** https://docs.aws.amazon.com/inspector/latest/user/deep-inspection.html */
const deepInspection = (facts: AssociationFacts, instance: Instance): readonly Required[] =>
  reportedBy(facts, instance, ['DEEP_INSPECTION_NO_INVENTORY'], 'no packages of programming languages')

/** A scan of snapshots needs no inventory. */
const reportedBy = (
  {CoveredResources}: AssociationFacts,
  {InstanceId}: Instance,
  reasons: readonly string[],
  what: string,
): readonly Required[] =>
  allWith(CoveredResources, 'resourceId', InstanceId).flatMap(({scanStatus, scanMode, scanType}) =>
    scanType !== 'NETWORK' && scanMode !== 'EC2_AGENTLESS' && reasons.includes(scanStatus?.reason ?? '')
      ? [
          {
            effect: `Amazon Inspector gets ${what} of ${InstanceId}`,
            evidence: {fact: `scanStatus.reason is ${scanStatus?.reason}`, source: 'inspector2:ListCoverage'},
          },
        ]
      : [],
  )

function associations(
  facts: AssociationFacts,
  instance: Instance,
  {runs, reports}: {readonly runs: boolean; readonly reports: boolean},
): readonly Required[] {
  const {InstanceId} = instance
  const targeting = allWith(facts.InstanceAssociations, 'InstanceId', InstanceId)
  const hit = targeting.flatMap((one) =>
    isUnreadable(one) || (one.Name === INVENTORY_DOCUMENT ? reports : runs) ? [] : [one],
  )
  if (targeting.length === 0 && !runs) return unlisted(facts, instance)
  if (hit.length === 0) return []
  const named = hit.map(({AssociationName, Name, AssociationId}) => AssociationName ?? Name ?? AssociationId ?? '')
  return [
    {
      effect: `${forNumber(hit.length, 'an association that targets', `${hit.length} associations that target`)} ${InstanceId} cannot run`,
      evidence: {fact: `associated: ${named.join(', ')}`, source: 'ssm:DescribeInstanceAssociationsStatus'},
      contradicted: hit.every(({Status}) => Status === 'Success'),
    },
  ]
}

/** Systems Manager has a status of associations only for a node that one targets. */
const unlisted = (facts: AssociationFacts, instance: Instance): readonly Required[] =>
  nodeOf(facts, instance)?.AssociationStatus === 'Failed'
    ? [
        {
          effect: `the associations that target ${instance.InstanceId} cannot run`,
          evidence: {fact: 'AssociationStatus is Failed', source: 'ssm:DescribeInstanceInformation'},
        },
      ]
    : []

const refusals = (signals: readonly Signal[], missing: readonly string[]): readonly Required[] =>
  ofKind(signals, 'access-denied')
    .filter(({action}) => action !== undefined && missing.includes(action))
    .map((signal) => ({
      effect: 'the agent is denied when it requests its associations',
      evidence: lineEvidence(signal),
    }))
    .slice(0, 1)
