import type {CoveredResource} from '../model/account.ts'
import {entryOf} from '../util/entry-of.ts'

/** What a status of Amazon Inspector means for an instance. */
export const COVERAGES = [
  /** Scanned through Systems Manager, or by Inspector's own scanner. */
  'covered',
  /** Scanned from snapshots of its volumes: covered without Systems Manager. */
  'agentless',
  /** Packages of the operating system are scanned, those of programming languages not, or not all. */
  'limited',
  /** The first scan is pending. */
  'pending',
  'stopped',
  /** The instance is being terminated, or Inspector is being disabled in its account. */
  'terminating',
  /** Excluded with a tag. */
  'excluded',
  'unsupported',
  'uncovered',
  /** Not listed by Inspector. */
  'unlisted',
  /** Inspector does not scan EC2 in the account: one finding says so for all its instances. */
  'disabled',
  'unknown',
] as const

export type Coverage = (typeof COVERAGES)[number]

interface Meaning {
  readonly coverage: Coverage
  readonly sentence: string
  /** The cause of the catalog that the status of Inspector alone proves. */
  readonly cause?: InspectorCause
}

export type InspectorCause =
  | 'inspector.unmanaged'
  | 'inspector.no-inventory'
  | 'inspector.stale-inventory'
  | 'inspector.excluded'
  | 'inspector.unsupported-os'

const SNAPSHOTS = 'Amazon Inspector scans snapshots of its volumes, without Systems Manager.'
const deep = (sentence: string): Meaning => ({coverage: 'limited', sentence})
const uncovered = (sentence: string, cause?: InspectorCause): Meaning => ({
  coverage: 'uncovered',
  sentence,
  ...(cause && {cause}),
})

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  SUCCESSFUL: {coverage: 'covered', sentence: 'Amazon Inspector scans it.'},
  PENDING_INITIAL_SCAN: {coverage: 'pending', sentence: 'Its first scan is pending.'},
  UNMANAGED_EC2_INSTANCE: uncovered(
    'It is not a managed node; scans start automatically once it is.',
    'inspector.unmanaged',
  ),
  NO_INVENTORY: uncovered(
    'There is no software inventory of it: the inventory association is missing or fails.',
    'inspector.no-inventory',
  ),
  STALE_INVENTORY: uncovered('Its software inventory is more than seven days old.', 'inspector.stale-inventory'),
  EXCLUDED_BY_TAG: {
    coverage: 'excluded',
    sentence: 'Its tag InspectorEc2Exclusion excludes it from scans.',
    cause: 'inspector.excluded',
  },
  UNSUPPORTED_OS: {
    coverage: 'unsupported',
    sentence: 'Amazon Inspector does not support its operating system.',
    cause: 'inspector.unsupported-os',
  },
  EC2_INSTANCE_STOPPED: {coverage: 'stopped', sentence: 'It is stopped; scans resume once it runs.'},
  RESOURCE_TERMINATED: {
    coverage: 'terminating',
    sentence: 'It is terminated; Amazon Inspector is removing it.',
  },
  PENDING_DISABLE: {coverage: 'terminating', sentence: 'Its scans are being disabled.'},
  ACCESS_DENIED: uncovered('A policy denies Amazon Inspector access to it.'),
  ACCESS_DENIED_TO_ENCRYPTION_KEY: uncovered('The policy of the KMS key of its volumes denies Amazon Inspector.'),
  INTERNAL_ERROR: uncovered('Amazon Inspector has an internal error, which resolves automatically.'),
  DEEP_INSPECTION_NO_INVENTORY: deep(
    'The plugin for packages of programming languages has not reported yet; after six hours, check its associations.',
  ),
  DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED: deep(
    'It has more than 5000 packages of programming languages, so they are not scanned; narrow the custom paths.',
  ),
  DEEP_INSPECTION_DAILY_SSM_INVENTORY_LIMIT_EXCEEDED: deep(
    'It has reached the daily inventory limit of Systems Manager.',
  ),
  DEEP_INSPECTION_COLLECTION_TIME_LIMIT_EXCEEDED: deep(
    'Collecting its packages of programming languages exceeds the limit of 15 minutes.',
  ),
  AGENTLESS_INSTANCE_STORAGE_LIMIT_EXCEEDED: uncovered(
    'It has too many volumes, or too large ones, for agentless scanning (8 volumes, 1200 GB together); a managed node is scanned without snapshots.',
  ),
  AGENTLESS_INSTANCE_COLLECTION_TIME_LIMIT_EXCEEDED: uncovered(
    'Agentless scanning of it takes too long; a managed node is scanned without snapshots.',
  ),
}

/** Status codes that mean the same for EC2 and for other resources. */
const SAME: Readonly<Record<string, string>> = {
  RESOURCE_STOPPED: 'EC2_INSTANCE_STOPPED',
  RESOURCE_UNMANAGED: 'UNMANAGED_EC2_INSTANCE',
}

/** The reason under its name in this tool; a new one stays as it is. */
export const reasonOf = (reason: string | null | undefined): string | null =>
  reason === null || reason === undefined ? null : (entryOf(SAME, reason) ?? reason)

const knownOf = (reason: string | null): Meaning | undefined =>
  reason === null ? undefined : entryOf(MEANINGS, reason)

/** The cause behind a reason, if it is in the catalog. */
export const causeOf = (reason: string | null | undefined): InspectorCause | undefined =>
  knownOf(reasonOf(reason))?.cause

/** Coverage lists images, functions and virtual machines of other clouds too. */
export const isEc2Row = ({
  resourceType,
  resourceId,
}: {
  readonly resourceType?: string | undefined
  readonly resourceId?: string | undefined
}): boolean => (resourceType === undefined ? /^i-/.test(resourceId ?? '') : resourceType === 'AWS_EC2_INSTANCE')

/** An instance may have a row for its packages and one for its network; only the first needs Systems Manager. */
export const isPackageRow = (row: CoveredResource): boolean => row.scanType !== 'NETWORK' && isEc2Row(row)

/**
 * What Inspector reports about an instance, interpreted with its scan mode. New reasons are common: they are passed on
 * as they are.
 */
export function meaningOf(status: string | null, given: string | null, scanMode: string | null): Meaning {
  const reason = reasonOf(given)
  const known = knownOf(reason)
  const isAgentless = status === 'ACTIVE' && scanMode === 'EC2_AGENTLESS'
  if (isAgentless && (!known || AGENTLESS_ANYWAY.has(reason ?? ''))) return {coverage: 'agentless', sentence: SNAPSHOTS}
  if (known) return known
  const sentence = `Amazon Inspector reports ${status ?? 'no status'}, ${reason ?? 'no reason'}.`
  return {coverage: status === 'ACTIVE' ? 'covered' : 'unknown', sentence}
}

export const meaningOfRow = ({scanStatus, scanMode}: CoveredResource): Meaning =>
  meaningOf(scanStatus?.statusCode ?? null, scanStatus?.reason ?? null, scanMode ?? null)

/** What prevents scans through Systems Manager does not prevent scans of snapshots. */
const AGENTLESS_ANYWAY = new Set(['SUCCESSFUL', 'UNMANAGED_EC2_INSTANCE', 'NO_INVENTORY', 'STALE_INVENTORY'])

const NOT_COVERED: ReadonlySet<Coverage> = new Set(['uncovered', 'limited', 'unlisted'])

/** Whether vulnerabilities of the instance may be missed unintentionally. */
export const isUncovered = (coverage: Coverage): boolean => NOT_COVERED.has(coverage)
