import {NOT_IN_FILE} from '../account-file/schema.ts'
import {isOnline} from '../agent/node.ts'
import {type AuditOptions, auditAccount} from '../audit/audit.ts'
import {type FixWriter, wordsOf} from '../audit/groups.ts'
import {
  type AuditedInstance,
  type AuditPart,
  type Group,
  groupIdOf,
  type Inspected,
  ownersOf,
  rootOf,
} from '../audit/report.ts'
import {applySuppressions, hasTag, type SuppressionResult} from '../audit/suppressions.ts'
import {exclusionTags, inspector, isOn} from '../checks/node/inspector.ts'
import {type Account, type CoveredResource, type Instance, isUnreadable, itemsOf} from '../model/account.ts'
import {find} from '../model/lists.ts'
import {deleteTag} from '../remedies/changes/instances.ts'
import {scanInstances} from '../remedies/changes/systems-manager.ts'
import {associationsOf, unreadAssociations} from './associations.ts'
import {type Coverage, isPackageRow, meaningOfRow, reasonOf} from './reasons.ts'

export interface SelectionOptions extends Omit<AuditOptions, 'chosen'> {
  readonly chosen: Choice
}

/** Which instances are listed: examined ones as in an audit, others by what Inspector knows about them. */
export interface Choice {
  readonly instance: (instance: Instance, isCovered: boolean) => boolean
  readonly ids: ReadonlySet<string> | undefined
  readonly tags: readonly string[]
  /** Inspector does not return the VPC of an instance. */
  readonly vpcs: readonly string[] | undefined
}

/** The instances of one account and Region as in an audit, each with its Amazon Inspector coverage. */
export function inspectAccount(account: Account, own: Account['Instances'], options: SelectionOptions): AuditPart {
  const {chosen} = options
  const rows = packageRows(account)
  const part = auditAccount(account, own, {...options, chosen: (one) => chosen.instance(one, rows.has(one.InstanceId))})
  const groups = part.groups.filter(({cause}) => cause !== 'inspector.unmanaged')
  const byId = new Map(groups.map((group) => [group.id, group]))
  const here = new Set(itemsOf(own).map(({InstanceId}) => InstanceId))
  const missingInstances = [...rows.values()]
    .filter((row) => !here.has(row.resourceId) && isChosen(row, chosen))
    .map((row) => ({row, ...causesOfRow(account, row, options)}))
  const examined = part.instances.map((one) => ({...one, inspector: inspected(account, one, rows.get(one.id), byId)}))
  return {
    ...part,
    groups: [...offGroups(account, examined, options.write), ...groups],
    instances: [
      ...examined,
      ...missingInstances.map(({row, findings: [cause]}) => unexaminedInstance(account, row, cause, options.ownerTag)),
    ],
    suppressed: [...part.suppressed, ...missingInstances.flatMap(({suppressed}) => suppressed)],
    expired: [...part.expired, ...missingInstances.flatMap(({expired}) => expired)],
    unreadable: [...part.unreadable, ...unreadAssociations(account)],
  }
}

/** Of several rows for its packages, one that Inspector scans by counts, in any order. */
function packageRows({CoveredResources}: Account): ReadonlyMap<string, CoveredResource> {
  const rows = new Map<string, CoveredResource>()
  for (const row of itemsOf(CoveredResources)) {
    if (!isPackageRow(row)) continue
    if (isScanned(row) || !isScanned(rows.get(row.resourceId))) rows.set(row.resourceId, row)
  }
  return rows
}

const isScanned = (row: CoveredResource | undefined): boolean => row?.scanStatus?.statusCode === 'ACTIVE'

const tagsOf = (row: CoveredResource): Instance['Tags'] =>
  Object.entries(row.resourceMetadata?.ec2?.tags ?? {}).map(([Key, Value]) => ({Key, Value: String(Value)}))

function isChosen(row: CoveredResource, {ids, tags, vpcs}: Choice): boolean {
  if (vpcs !== undefined || (ids !== undefined && !ids.has(row.resourceId))) return false
  return tags.every((tag) => hasTag({Tags: tagsOf(row)}, tag))
}

function inspected(
  account: Account,
  instance: AuditedInstance,
  row: CoveredResource | undefined,
  groups: ReadonlyMap<string, Group>,
): Inspected {
  const {id} = instance
  const root = rootOf(instance)
  const change = root && groups.get(groupIdOf(root))?.change?.title
  const associations = associationsOf(account, id, row)
  const explanation = row ? knownHere(account, id, explanationOf(row)) : unlisted(account)
  const untag = explanation.coverage === 'excluded' ? untagging(account, id) : undefined
  return {...explanation, examined: true, associations, change: untag ?? change ?? null}
}

type Explanation = Pick<Inspected, 'coverage' | 'status' | 'reason' | 'scanMode' | 'lastScanned' | 'meaning'>

function explanationOf(row: CoveredResource): Explanation {
  const {scanStatus, scanMode, lastScannedAt} = row
  const raw = {status: scanStatus?.statusCode ?? null, reason: scanStatus?.reason ?? null, scanMode: scanMode ?? null}
  const {coverage, sentence} = meaningOfRow(row)
  return {coverage, ...raw, lastScanned: lastScannedAt ?? null, meaning: sentence}
}

/** The exclusion is intended, so it is not a cause; this is how to end it. */
function untagging(account: Account, InstanceId: string): string | undefined {
  const instance = find(account.Instances, 'InstanceId', InstanceId)
  const [key] = instance ? exclusionTags(instance) : []
  return instance && key !== undefined ? deleteTag(instance, key).title : undefined
}

/**
 * Inspector detects after a while that a node is managed, and that an instance was started.
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html
 */
function knownHere(account: Account, InstanceId: string, explanation: Explanation): Explanation {
  const instance = find(account.Instances, 'InstanceId', InstanceId)
  const {coverage, reason} = explanation
  const isManaged =
    coverage === 'uncovered' &&
    reasonOf(reason) === 'UNMANAGED_EC2_INSTANCE' &&
    instance !== undefined &&
    isOnline(account, instance)
  const isStarted = coverage === 'stopped' && instance?.State.Name === 'running'
  if (coverage === 'excluded' && instance && exclusionTags(instance).length === 0)
    return {
      ...explanation,
      meaning: 'Amazon Inspector reports that a tag excludes it from scans, and it has no tag InspectorEc2Exclusion.',
    }
  if (!isManaged && !isStarted) return explanation
  const what = isManaged ? 'The node is online' : 'It runs'
  return {
    ...explanation,
    coverage: 'pending',
    meaning: `${what}; Amazon Inspector updates its coverage automatically.`,
  }
}

/** A file that was written without Inspector data has neither of the two. */
const isSilent = ({CoveredResources, AccountStatuses}: Account): boolean =>
  itemsOf(CoveredResources).length === 0 &&
  isUnreadable(AccountStatuses) &&
  AccountStatuses.unreadable === NOT_IN_FILE.unreadable

/** Why Inspector does not list it: its coverage was not read, it is disabled, or it does not cover the instance. */
function unlisted(account: Account): Explanation {
  const {CoveredResources, Caller, Region} = account
  const off = offIn(account)
  const [coverage, meaning]: readonly [Coverage, string] = isUnreadable(CoveredResources)
    ? ['unknown', `Amazon Inspector coverage could not be read: ${CoveredResources.unreadable}`]
    : isSilent(account)
      ? ['unknown', "The account file does not contain Amazon Inspector's coverage."]
      : off
        ? ['disabled', `Amazon Inspector is ${off} for EC2 in account ${Caller?.Account} in ${Region}.`]
        : ['unlisted', 'Amazon Inspector does not list it.']
  return {coverage, status: null, reason: null, scanMode: null, lastScanned: null, meaning}
}

/** The state of Inspector for EC2 in the account. */
const stateIn = ({AccountStatuses, Caller}: Account) =>
  itemsOf(AccountStatuses).find(({accountId}) => accountId !== undefined && accountId === Caller?.Account)
    ?.resourceState?.ec2

/** Its status, if it does not scan there. */
function offIn(account: Account): string | undefined {
  const status = stateIn(account)?.status
  return isOn(status) ? undefined : status
}

const OFF = 'inspector.ec2-disabled'

/** One finding for the account instead of one for each instance. */
function offGroups(
  account: Account,
  instances: readonly (AuditedInstance & {readonly inspector: Inspected})[],
  write: FixWriter | undefined,
): readonly Group[] {
  const accountId = account.Caller?.Account
  const off = instances.filter((one) => one.inspector.coverage === 'disabled')
  if (accountId === undefined || off.length === 0) return []
  const remedy = scanInstances(accountId, stateIn(account)?.errorCode)
  const where = {id: groupIdOf({id: OFF, resource: accountId}), account: accountId, region: account.Region}
  const affected = off.map(({id}) => id)
  const snippet = write?.(remedy, {...where, affected, step: 1})
  return [
    {
      id: where.id,
      cause: OFF,
      resource: accountId,
      severity: inspector.causes[OFF]!.severity,
      account: accountId,
      region: account.Region,
      message: off[0]!.inspector.meaning,
      docs: inspector.causes[OFF]!.docs,
      affected,
      owners: ownersOf(off),
      change: {...wordsOf(remedy, account), ...(snippet !== undefined && {snippet}), fixes: null, alsoFixes: []},
    },
  ]
}

/** A cause that the status of Inspector alone proves. */
type RowCause = Pick<Group, 'cause' | 'resource' | 'severity'>

function causesOfRow(
  {ReadAt}: Account,
  row: CoveredResource,
  {suppressions = []}: Pick<SelectionOptions, 'suppressions'>,
): SuppressionResult<RowCause> {
  const {cause} = meaningOfRow(row)
  const causes = cause ? [{cause, severity: inspector.causes[cause]!.severity, resource: row.resourceId}] : []
  return applySuppressions(causes, {InstanceId: row.resourceId, Tags: tagsOf(row)}, suppressions, ReadAt)
}

/**
 * A delegated administrator sees the instances of all members; without reading their account no cause can be
 * determined.
 */
function unexaminedInstance(
  {Caller, Region, Instances}: Account,
  row: CoveredResource,
  rowCause: RowCause | undefined,
  ownerTag: string,
): AuditedInstance {
  const explanation = explanationOf(row)
  const elsewhere = row.accountId !== undefined && row.accountId !== Caller?.Account
  const why = elsewhere
    ? `It is in account ${row.accountId}, which was not examined here.`
    : isUnreadable(Instances)
      ? 'EC2 did not return it.'
      : 'EC2 no longer lists it in this Region.'
  const tags = tagsOf(row)
  const tagOf = (key: string) => tags.find(({Key}) => Key === key)?.Value ?? null
  return {
    id: row.resourceId,
    name: tagOf('Name'),
    account: row.accountId ?? null,
    region: Region,
    vpc: null,
    verdict: 'undecided',
    rootCause: rowCause?.severity === 'degrades' ? rowCause.cause : null,
    causes: rowCause
      ? [{id: rowCause.cause, resource: rowCause.resource, severity: rowCause.severity, certainty: 'proven'}]
      : [],
    owner: tagOf(ownerTag),
    inspector: {
      ...explanation,
      ...(elsewhere || isUnreadable(Instances) ? {} : {coverage: 'terminating' as const}),
      meaning: `${explanation.meaning} ${why}`,
      examined: false,
      associations: [],
      change: null,
    },
  }
}
