import {isOnline, nodeOf} from '../../agent/node.ts'
import {type InspectorCause, isPackageRow, meaningOfRow} from '../../inspector/reasons.ts'
import {
  type AccountStatus,
  type Context,
  type CoveredResource,
  type Facts,
  type Instance,
  isUnreadable,
  itemsOf,
} from '../../model/account.ts'
import {inspectorApi, inspectorGuide} from '../../model/documentation.ts'
import {accountIdOf} from '../../model/instance.ts'
import {allWith} from '../../model/lists.ts'
import {deleteTag} from '../../remedies/changes/instances.ts'
import {scanInstances, startAssociationsOnce} from '../../remedies/changes/systems-manager.ts'
import {type Remedy, ssm} from '../../remedies/core/remedy.ts'
import {minutesBetween} from '../../util/time.ts'
import {advises, type Certainty, defineCheck, degrades, type Note} from '../check.ts'
import type {Severity} from '../severity.ts'
import {TELEMETRY_KINDS, telemetry} from './inspector-telemetry.ts'

const COVERAGE = inspectorGuide('assessing-coverage')
const SCANNING = inspectorGuide('scanning-ec2')
const STATUS = inspectorApi('API_BatchGetAccountStatus')

const OPTIONAL_KINDS = [
  ...new Set([
    ...TELEMETRY_KINDS,
    'CoveredResources',
    'AccountStatuses',
    'InstanceAssociations',
    'InstanceInformationList',
  ] as const),
]

type InspectorFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]> & Context

/** Amazon Inspector scans through the managed node; the check is skipped where it is not used. */
export const inspector = defineCheck({
  id: 'inspector',
  title: 'Amazon Inspector coverage',
  why: "Inspector's agent-based scan reads the software inventory that Systems Manager collects from the node.",
  causes: {
    'inspector.unmanaged': degrades('an instance that Inspector calls unmanaged', COVERAGE),
    'inspector.no-inventory': degrades('a missing software inventory', COVERAGE),
    'inspector.stale-inventory': degrades('an outdated software inventory', COVERAGE),
    'inspector.excluded': advises('a tag that excludes the instance from scans', SCANNING),
    'inspector.unsupported-os': advises('an operating system that Inspector does not support', COVERAGE),
    'inspector.ec2-disabled': advises('EC2 scanning disabled in Inspector', STATUS),
    'inspector.ssm-limit': degrades('a quota of Systems Manager that Inspector has reached', STATUS),
    'inspector.telemetry-endpoint': degrades("a missing endpoint for Inspector's telemetry", SCANNING),
    'inspector.telemetry-permission': degrades(
      "a role that is not authorized to send Inspector's telemetry",
      'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonInspector2ManagedTelemetryPolicy.html',
    ),
  },
  dependsOn: ['path', 'credentials', 'machine'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, paths) => {
    const rows = packageRows(facts, instance)
    const status = statusOf(facts, instance, rows)
    const notes = [
      ...(status ? accountNotes(status, rows) : []),
      ...rows.flatMap((row) => coverage(facts, instance, row)),
      ...(rows.some(usesOwnAgent) ? telemetry(facts, instance, paths, rows.some(isScanned)) : []),
    ]
    return notes.length > 0 ? notes : [{skip: 'The account data has no coverage of this instance by Amazon Inspector.'}]
  },
})

const packageRows = ({CoveredResources}: InspectorFacts, {InstanceId}: Instance): readonly CoveredResource[] =>
  allWith(CoveredResources, 'resourceId', InstanceId).filter(isPackageRow)

function statusOf(
  facts: InspectorFacts,
  instance: Instance,
  rows: readonly CoveredResource[],
): AccountStatus | undefined {
  const owner = rows[0]?.accountId ?? accountIdOf(facts, instance)
  return itemsOf(facts.AccountStatuses).find(({accountId}) => accountId !== undefined && accountId === owner)
}

/** Whether Inspector scans EC2, or is about to. */
export const isOn = (status: string | undefined): boolean => status === 'ENABLED' || status === 'ENABLING'

function accountNotes({accountId = '', state, resourceState}: AccountStatus, rows: readonly CoveredResource[]) {
  const {status, errorCode} = resourceState?.ec2 ?? {}
  const notes: Note[] = []
  const isUsed = isOn(state?.status) || rows.length > 0
  if (status !== undefined && !isOn(status) && isUsed)
    notes.push({
      cause: 'inspector.ec2-disabled',
      resource: accountId,
      message: `Amazon Inspector is ${status} for EC2 in account ${accountId}, so it scans no instance there.`,
      evidence: [{fact: `resourceState.ec2.status is ${status}`, source: 'inspector2:BatchGetAccountStatus'}],
      remedies: [scanInstances(accountId, errorCode)],
    })
  if (errorCode?.startsWith('EC2_SSM_'))
    notes.push({
      cause: 'inspector.ssm-limit',
      resource: accountId,
      message: `Amazon Inspector has reached a quota of Systems Manager in account ${accountId} (${errorCode}), so it cannot set up scanning.`,
      evidence: [{fact: `resourceState.ec2.errorCode is ${errorCode}`, source: 'inspector2:BatchGetAccountStatus'}],
      remedies: [
        {
          title: 'Delete unused resource data syncs or association versions, or request a quota increase',
          steps: [ssm('ListResourceDataSync', {}), ssm('ListAssociations', {})],
          docs: STATUS,
        },
      ],
    })
  return notes
}

interface Words {
  readonly message: string
  readonly certainty?: Certainty
  readonly severity?: Severity
  readonly remedies?: readonly Remedy[]
}

/**
 * What Inspector updates on its own once the node is managed, and never on a model.
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html
 */
export const FOLLOWS_REGISTRATION: ReadonlySet<string> = new Set(['inspector.unmanaged', 'inspector.stale-inventory'])

/** Inspector updates an instance some time after it has become managed. */
const WORDS: Readonly<Record<InspectorCause, (facts: InspectorFacts, instance: Instance) => Words>> = {
  'inspector.unmanaged': (facts, instance) =>
    isOnline(facts, instance)
      ? {
          severity: 'advises',
          message: `Amazon Inspector still reports ${instance.InstanceId} as unmanaged, although the node is online; it updates automatically.`,
        }
      : {
          // Inspector's statement may be older than the list of nodes, which could not be read.
          ...(isUnreadable(facts.InstanceInformationList) && {certainty: 'likely' as const}),
          message: `Amazon Inspector does not scan ${instance.InstanceId} through Systems Manager, because it is not a managed node; scans resume automatically once it is.`,
        },
  'inspector.no-inventory': (facts, instance) => ({
    message: `Amazon Inspector has no software inventory for ${instance.InstanceId}: its association is missing or failing.`,
    remedies: inventoryRemedies(facts, instance),
  }),
  'inspector.stale-inventory': (facts, instance) =>
    isSilentForLong(facts, instance)
      ? {
          message: `Amazon Inspector has seen no new software inventory of ${instance.InstanceId} for seven days, because the node is not online; it updates automatically once the node is.`,
        }
      : {
          message: `Amazon Inspector has seen no new software inventory of ${instance.InstanceId} for seven days.`,
          remedies: inventoryRemedies(facts, instance),
        },
  'inspector.excluded': (_, instance) => {
    const tags = exclusionTags(instance)
    return {
      message:
        tags.length > 0
          ? `A tag excludes ${instance.InstanceId} from the scans of Amazon Inspector.`
          : `Amazon Inspector reports that a tag excludes ${instance.InstanceId} from its scans, and the instance has no tag InspectorEc2Exclusion.`,
      remedies: tags.map((key) => deleteTag(instance, key)),
    }
  },
  'inspector.unsupported-os': (_, instance) => ({
    message: `Amazon Inspector does not support the operating system of ${instance.InstanceId}.`,
  }),
}

function coverage(facts: InspectorFacts, instance: Instance, row: CoveredResource): readonly Note[] {
  const {scanStatus} = row
  const reason = scanStatus?.reason ?? 'no reason'
  const {cause} = meaningOfRow(row)
  if (!cause) return [{fact: `Amazon Inspector: ${scanStatus?.statusCode ?? 'no status'}, ${reason}.`}]
  const evidence = [{fact: `scanStatus.reason is ${reason}`, source: 'inspector2:ListCoverage'}]
  return [{cause, ...WORDS[cause](facts, instance), resource: instance.InstanceId, evidence}]
}

const STALE_MINUTES = 7 * 24 * 60

/** A node that has not answered for as long has sent no inventory either, whatever its associations are. */
function isSilentForLong(facts: InspectorFacts, instance: Instance): boolean {
  if (isUnreadable(facts.InstanceInformationList) || isOnline(facts, instance)) return false
  const lastPing = nodeOf(facts, instance)?.LastPingDateTime
  return lastPing === undefined || (minutesBetween(lastPing, facts.ReadAt) ?? 0) >= STALE_MINUTES
}

/** The key is case-insensitive, with any value. */
export const exclusionTags = ({Tags}: Instance): readonly string[] =>
  Tags.flatMap(({Key}) => (Key?.toLowerCase() === 'inspectorec2exclusion' ? [Key] : []))

function inventoryRemedies({InstanceAssociations}: InspectorFacts, {InstanceId}: Instance): readonly Remedy[] {
  const ids = allWith(InstanceAssociations, 'InstanceId', InstanceId).flatMap((item) =>
    !isUnreadable(item) && item.Name === 'AWS-GatherSoftwareInventory' && item.AssociationId
      ? [item.AssociationId]
      : [],
  )
  return ids.length > 0 ? [startAssociationsOnce(ids)] : [describeAssociations(InstanceId)]
}

/** The inventory association is Inspector's own, or one that collects from all instances. */
const describeAssociations = (InstanceId: string): Remedy => ({
  title: `Check that AWS-GatherSoftwareInventory is associated with ${InstanceId}, and its status`,
  steps: [ssm('DescribeInstanceAssociationsStatus', {InstanceId})],
  docs: SCANNING,
})

/** Scanned by Inspector's own scanner, not by the plugin of Systems Manager. */
export const usesOwnAgent = ({scanMode}: CoveredResource): boolean =>
  scanMode === 'EC2_INSPECTOR_AGENT_BASED' || scanMode === 'VM_INSPECTOR_AGENT_BASED'

/** What the scanner sent arrived when Inspector last examined it. */
const isScanned = (row: CoveredResource): boolean => usesOwnAgent(row) && row.scanStatus?.reason === 'SUCCESSFUL'
