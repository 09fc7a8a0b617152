import {type Audit, type AuditedCause, type AuditedInstance, groupIdOf} from '../../audit/report.ts'
import type {Severity} from '../../checks/severity.ts'
import {hashOf} from '../../util/hash.ts'
import {plain} from '../../util/plain-text.ts'
import {
  catalogEntryOf,
  causeIds,
  causesIn,
  fixOf,
  isInspection,
  OTHER_STATUS,
  placeOf,
  sentenceOf,
} from '../audit-facts.ts'
import {jsonText} from './json.ts'

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  blocks: 'error',
  degrades: 'warning',
  undecided: 'note',
  advises: 'note',
  symptom: 'note',
}

/** SARIF 2.1.0, as code scanning reads it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifAudit(audit: Audit, version: string): string {
  const failed = audit.scopes.filter((scope) => scope.failed !== null)
  const results = causesIn(audit).map(({instance, cause, group}) => {
    const fix = fixOf(group)
    return resultOf(instance, cause, `${sentenceOf(instance, cause, group)}${fix === undefined ? '' : ` ${fix}.`}`)
  })
  const rules = isInspection(audit) ? [...causeIds, OTHER_STATUS] : causeIds
  const invocation = {
    executionSuccessful: failed.length === 0,
    endTimeUtc: audit.readAt,
    toolExecutionNotifications: failed.map(({failed: why, ...place}) => ({
      level: 'error',
      message: {text: `${placeOf(place)}: ${why}`},
    })),
  }
  return sarifLog(isInspection(audit) ? 'inspector' : 'audit', version, rules.map(ruleOf), results, [invocation])
}

/** One run of a command, with what it can find and what it found. */
export const sarifLog = (
  command: string,
  version: string,
  rules: readonly object[],
  results: readonly object[],
  invocations?: readonly object[],
): string =>
  jsonText(
    {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {driver: {name: 'ssm-doctor', version, semanticVersion: version, rules}},
          automationDetails: {id: `ssm-doctor/${command}`},
          ...(invocations && {invocations}),
          columnKind: 'utf16CodeUnits',
          results,
        },
      ],
    },
    0,
  )

function ruleOf(id: string) {
  const {title, docs, check, severity} = catalogEntryOf(id)
  return {
    id,
    name: id.replaceAll(/(?:^|[.-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: {text: title},
    fullDescription: {text: `${title}, found by check ${check}.`},
    help: {text: `${title}. ${docs}`},
    ...(docs && {helpUri: docs}),
    defaultConfiguration: {level: LEVELS[severity]},
    properties: {tags: ['aws', 'systems-manager', check]},
  }
}

const RULES = new Map([...causeIds, OTHER_STATUS].map((id, index) => [id, index]))

/** A lone surrogate, which a tag may contain, is not valid in an address. */
const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd')

function resultOf(instance: AuditedInstance, cause: AuditedCause, text: string) {
  const {account, region, id, vpc, owner} = instance
  const parts = [account ?? 'unknown', region, id, ...(cause.resource === id ? [] : [cause.resource]), cause.id]
  const place = parts.map((part) => encodeURIComponent(wellFormed(part))).join('/')
  const identity = `${groupIdOf(cause)}@${id}`
  const ruleIndex = RULES.get(cause.id)
  return {
    ruleId: cause.id,
    ...(ruleIndex !== undefined && {ruleIndex}),
    level: LEVELS[cause.severity],
    kind: cause.severity === 'undecided' ? 'open' : 'fail',
    message: {text: plain(text)},
    locations: [
      {
        // Code scanning requires a file, and merges results at the same location: each result has its own path.
        physicalLocation: {artifactLocation: {uri: `aws/${place}`}, region: {startLine: 1}},
        logicalLocations: [{name: id, fullyQualifiedName: `${account ?? 'unknown'}/${region}/${id}`, kind: 'resource'}],
      },
    ],
    // https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    partialFingerprints: {primaryLocationLineHash: `${hashOf(identity)}:1`, 'ssmDoctorCause/v1': identity},
    properties: {
      resource: cause.resource,
      certainty: cause.certainty,
      verdict: instance.verdict,
      vpc,
      owner: owner && plain(owner),
    },
  }
}
