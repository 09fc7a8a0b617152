import {boolean, option, string} from '@oclif/core/flags'
import type {Flag} from '@oclif/core/interfaces'
import {PREFERENCES} from '../../remedies/core/remedy.ts'
import {REPORT_FORMAT_NAMES, type ReportFormat} from '../output/report-formats.ts'
import {roleArnIn} from './role-arn.ts'

type ValueOf<F> = F extends Flag<infer V> ? V : never
type Optional<V> = undefined extends V ? true : V extends boolean ? true : false

/** What is given for flags: those without a default may be absent, and switches that are off. */
export type ValuesOf<Flags> = {
  readonly [K in keyof Flags as Optional<ValueOf<Flags[K]>> extends true ? never : K]: ValueOf<Flags[K]>
} & {
  readonly [K in keyof Flags as Optional<ValueOf<Flags[K]>> extends true ? K : never]?: ValueOf<Flags[K]> | undefined
}

/** A flag that takes one value each time it is given. */
export const many = {multiple: true, multipleNonGreedy: true} as const

/** Where the data comes from: account files, or live AWS with these credentials. */
export const accountFlags = {
  account: string({
    summary: 'Account file instead of live AWS: a file, a folder, a quoted glob, or - for standard input.',
    helpValue: 'FILE',
    helpGroup: 'SOURCE',
    ...many,
  }),
  region: string({summary: 'AWS Region.', helpGroup: 'SOURCE'}),
  profile: string({
    summary: 'AWS named profile.',
    helpGroup: 'SOURCE',
    exclusive: ['account'],
  }),
  'role-arn': string({
    summary: 'IAM role to assume.',
    helpGroup: 'SOURCE',
    exclusive: ['account'],
    parse: roleArnIn,
  }),
  'external-id': string({
    summary: 'External ID required by the role.',
    helpGroup: 'SOURCE',
    dependsOn: ['role-arn'],
  }),
  'network-timeout': string({
    summary: 'Give up when AWS has not answered for this long (default: 30s).',
    helpGroup: 'SOURCE',
    exclusive: ['account'],
  }),
}

/** Files collected on the instance. */
export const evidenceFlags = {
  diagnostics: string({
    summary: 'Output of "ssm-cli get-diagnostics" on the instance, JSON or table, or - for standard input.',
    helpValue: 'FILE',
    helpGroup: 'EVIDENCE',
    ...many,
  }),
  'agent-log': string({
    summary: 'Agent log or errors.log from the instance, Linux or Windows, or - for standard input.',
    helpValue: 'FILE',
    helpGroup: 'EVIDENCE',
    ...many,
  }),
}

export type EvidenceFlags = ValuesOf<typeof evidenceFlags>

/** When it broke. */
export const sinceWhenFlags = {
  'since-when': boolean({
    summary: 'Find the change behind each proven cause in CloudTrail and AWS Config, and undo it on the model.',
    helpGroup: 'EVIDENCE',
  }),
  cloudtrail: string({
    summary: 'Output of "aws cloudtrail lookup-events", or CloudTrail log files (also .gz), for --since-when.',
    helpValue: 'FILE',
    helpGroup: 'EVIDENCE',
    ...many,
    dependsOn: ['since-when'],
  }),
}

export type SinceWhenFlags = ValuesOf<typeof sinceWhenFlags>

/** VPC flow logs of the instance's network interface. */
export const flowLogFlags = {
  'flow-logs': string({
    summary:
      'VPC flow logs: files (also .gz) or folders, from CloudWatch Logs or Amazon S3; or "live" to read those in CloudWatch Logs.',
    helpValue: 'FILE',
    helpGroup: 'EVIDENCE',
    ...many,
  }),
  'flow-log-format': string({
    summary: `Record format of flow log files without a header line: '\${version} \${interface-id} …'.`,
    helpValue: 'FORMAT',
    helpGroup: 'EVIDENCE',
    dependsOn: ['flow-logs'],
  }),
  since: string({
    summary: 'Flow log records since 90m, 2h, 3d or an ISO 8601 time; 1h by default for "live".',
    helpValue: 'TIME',
    helpGroup: 'EVIDENCE',
    dependsOn: ['flow-logs'],
  }),
}

export type FlowLogFlags = ValuesOf<typeof flowLogFlags>

/** Which fixes a checklist proposes, and in what form. */
export const remedyFlags = {
  prefer: option({
    options: PREFERENCES,
    summary: 'Which fix to prefer when several would work.',
    helpGroup: 'REMEDIATION',
  })(),
  remedy: option({
    options: ['cli', 'terraform', 'cloudformation', 'powershell'] as const,
    summary: 'Output format of the fixes.',
    default: 'cli',
    helpGroup: 'REMEDIATION',
  })(),
}

/** How a report is printed. */
export const reportFlags = {
  format: option({
    options: REPORT_FORMAT_NAMES,
    summary: 'Output format.',
    default: 'text' as ReportFormat,
    helpGroup: 'OUTPUT',
  })(),
  json: boolean({summary: 'Short for --format json.', helpGroup: 'OUTPUT'}),
  verbose: boolean({
    summary: 'Show the evidence behind every check, the commands of alternatives and how to undo.',
    helpGroup: 'OUTPUT',
    exclusive: ['quiet'],
  }),
  quiet: boolean({summary: 'Print one line: id, verdict, root cause.', helpGroup: 'OUTPUT'}),
  'no-color': boolean({summary: 'No color, as with NO_COLOR=1.', helpGroup: 'OUTPUT'}),
}

/** Reports in files, beside the one on standard output. */
export const outputFlags = {
  output: string({
    char: 'o',
    summary: 'Also write a report file; format from the extension, or FORMAT=FILE; - is standard output. Repeatable.',
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
    ...many,
  }),
}

export const briefFlags = {
  brief: boolean({
    summary: 'At most 20 lines: the verdict, the root cause, the blocked hop and the fix.',
    helpGroup: 'OUTPUT',
    exclusive: ['quiet', 'verbose', 'json'],
  }),
}

export type AccountFlags = ValuesOf<typeof accountFlags> & {
  /** Not a flag: ends the AWS calls of a canceled request. */
  readonly signal?: AbortSignal | undefined
}

export type RemedyFlags = Partial<ValuesOf<typeof remedyFlags>>

export type ReportFlags = ValuesOf<typeof reportFlags & typeof briefFlags>
