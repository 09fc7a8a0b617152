import {boolean, option, string} from '@oclif/core/flags'
import {PREFERENCES, type Preference} from '../../remedies/core/remedy.ts'
import type {SnippetFormat} from '../../render/remediation/snippet.ts'
import {roleArnIn} from './role-arn.ts'

/** Where the data comes from: account files, or live AWS with these credentials. */
export const accountFlags = {
  account: string({
    summary: 'Account file instead of live AWS: a file, a folder, a quoted glob, or - for standard input.',
    helpValue: 'FILE',
    helpGroup: 'SOURCE',
    multiple: true,
    multipleNonGreedy: true,
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
    multiple: true,
    multipleNonGreedy: true,
  }),
  'agent-log': string({
    summary: 'Agent log or errors.log from the instance, Linux or Windows, or - for standard input.',
    helpValue: 'FILE',
    helpGroup: 'EVIDENCE',
    multiple: true,
    multipleNonGreedy: true,
  }),
}

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
    multiple: true,
    multipleNonGreedy: true,
    dependsOn: ['since-when'],
  }),
}

export interface SinceWhenFlags {
  readonly 'since-when'?: boolean | undefined
  readonly cloudtrail?: readonly string[] | undefined
}

/** VPC flow logs of the instance's network interface. */
export const flowLogFlags = {
  'flow-logs': string({
    summary:
      'VPC flow logs: files (also .gz) or folders, from CloudWatch Logs or Amazon S3; or "live" to read those in CloudWatch Logs.',
    helpValue: 'FILE',
    helpGroup: 'EVIDENCE',
    multiple: true,
    multipleNonGreedy: true,
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

export interface FlowLogFlags {
  readonly 'flow-logs'?: readonly string[] | undefined
  readonly 'flow-log-format'?: string | undefined
  readonly since?: string | undefined
}

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

export const REPORT_FORMATS = ['text', 'json', 'html', 'markdown'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** How a report is printed. */
export const reportFlags = {
  format: option({
    options: REPORT_FORMATS,
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
    multiple: true,
    multipleNonGreedy: true,
  }),
}

export const briefFlags = {
  brief: boolean({
    summary: 'At most 20 lines: the verdict, the root cause, the blocked hop and the fix.',
    helpGroup: 'OUTPUT',
    exclusive: ['quiet', 'verbose', 'json'],
  }),
}

export interface AccountFlags {
  readonly account?: readonly string[] | undefined
  readonly region?: string | undefined
  readonly profile?: string | undefined
  readonly 'role-arn'?: string | undefined
  readonly 'external-id'?: string | undefined
  readonly 'network-timeout'?: string | undefined
  /** Not a flag: ends the AWS calls of a canceled request. */
  readonly signal?: AbortSignal | undefined
}

export interface RemedyFlags {
  readonly prefer?: Preference | undefined
  readonly remedy?: 'cli' | SnippetFormat | undefined
}

export interface ReportFlags {
  readonly format: ReportFormat
  readonly json: boolean
  readonly verbose: boolean
  readonly quiet: boolean
  readonly brief?: boolean
  readonly 'no-color': boolean
}
