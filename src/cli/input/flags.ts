import {boolean, option, string} from '@oclif/core/flags'
import type {Flag} from '@oclif/core/interfaces'
import {ROLE_ARN, ROLE_NAME} from '../../model/arn.ts'
import {PREFERENCES} from '../../remedies/core/remedy.ts'
import {usageError} from '../../util/usage-error.ts'
import {type Formats, namesOf} from '../output/output-files.ts'
import {REPORT_FORMATS} from '../output/report-formats.ts'

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

/** Files, folders or globs. */
export const files = {...many, helpValue: 'FILE'} as const

/** One of the formats of a report. */
export const formatFlag = <Name extends string>(formats: Formats<Name, never>, standard: NoInfer<Name>) =>
  option({options: namesOf<Name>(formats), summary: 'Output format.', default: standard, helpGroup: 'OUTPUT'})()

/** The flags under a heading of the help. */
export const under = <Flags extends object>(helpGroup: string, flags: Flags): Flags =>
  Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, {...flag, helpGroup}])) as Flags

/** Rejects a value in the form of oclif's own types of flags. */
async function roleArnIn(value: string): Promise<string> {
  if (ROLE_ARN.test(value)) return value
  throw usageError(`Expected the ARN of an IAM role such as arn:aws:iam::111122223333:role/NAME but received: ${value}`)
}

/** The role that has the same name in every account. */
export async function roleNameIn(value: string): Promise<string> {
  if (ROLE_NAME.test(value)) return value
  throw usageError(`Expected the name of an IAM role such as ssm-doctor-audit but received: ${value}`)
}

/** Where the data comes from: account files, or live AWS with these credentials. */
export const accountFlags = under('SOURCE', {
  account: string({
    summary: 'Account file instead of live AWS: a file, a folder, a quoted glob, or - for standard input.',
    ...files,
  }),
  region: string({summary: 'AWS Region.'}),
  profile: string({summary: 'AWS named profile.', exclusive: ['account']}),
  'role-arn': string({summary: 'IAM role to assume.', exclusive: ['account'], parse: roleArnIn}),
  'external-id': string({summary: 'External ID required by the role.', dependsOn: ['role-arn']}),
  'network-timeout': string({
    summary: 'Give up when AWS has not answered for this long (default: 30s).',
    exclusive: ['account'],
  }),
})

/** Files collected on the instance. */
export const evidenceFlags = under('EVIDENCE', {
  diagnostics: string({
    summary: 'Output of "ssm-cli get-diagnostics" on the instance, JSON or table, or - for standard input.',
    ...files,
  }),
  'agent-log': string({
    summary: 'Agent log, errors.log, or output of the commands in a checklist, or - for standard input.',
    ...files,
  }),
})

export type EvidenceFlags = ValuesOf<typeof evidenceFlags>

/** When it broke. */
export const sinceWhenFlags = under('EVIDENCE', {
  'since-when': boolean({
    summary: 'Find the change behind each proven cause in CloudTrail and AWS Config, and undo it on the model.',
  }),
  cloudtrail: string({
    summary: 'Output of "aws cloudtrail lookup-events", or CloudTrail log files (also .gz), for --since-when.',
    ...files,
    dependsOn: ['since-when'],
  }),
})

export type SinceWhenFlags = ValuesOf<typeof sinceWhenFlags>

/** VPC flow logs of the instance's network interface. */
export const flowLogFlags = under('EVIDENCE', {
  'flow-logs': string({
    summary:
      'VPC flow logs: files (also .gz) or folders, from CloudWatch Logs or Amazon S3; or "live" to read those in CloudWatch Logs.',
    ...files,
  }),
  'flow-log-format': string({
    summary: `Record format of flow log files without a header line: '\${version} \${interface-id} …'.`,
    helpValue: 'FORMAT',
    dependsOn: ['flow-logs'],
  }),
  since: string({
    summary: 'Flow log records since 90m, 2h, 3d or an ISO 8601 time; 1h by default for "live".',
    helpValue: 'TIME',
    dependsOn: ['flow-logs'],
  }),
})

export type FlowLogFlags = ValuesOf<typeof flowLogFlags>

/** Which fixes a checklist proposes, and in what form. */
export const remedyFlags = under('REMEDIATION', {
  prefer: option({
    options: PREFERENCES,
    summary: 'Which fix to prefer when several would work.',
  })(),
  remedy: option({
    options: ['cli', 'terraform', 'cloudformation', 'powershell'] as const,
    summary: 'Output format of the fixes.',
    default: 'cli',
  })(),
})

/** The flag stands for one format, and cannot be combined with another. */
const notFormat = (own: string) => ({
  relationships: [
    {
      type: 'none' as const,
      flags: [{name: 'format', when: async ({format}: Readonly<Record<string, unknown>>) => format !== own}],
    },
  ],
})

/** How a report is printed. */
export const reportFlags = under('OUTPUT', {
  format: formatFlag(REPORT_FORMATS, 'text'),
  json: boolean({summary: 'Short for --format json.', ...notFormat('json')}),
  verbose: boolean({
    summary: 'Show the evidence behind every check, the commands of alternatives and how to undo.',
    exclusive: ['quiet'],
  }),
  quiet: boolean({summary: 'Print one line: id, verdict, root cause.'}),
  'no-color': boolean({summary: 'No color, as with NO_COLOR=1.'}),
})

/** Reports in files, beside the one on standard output. */
export const outputFlags = under('OUTPUT', {
  output: string({
    char: 'o',
    summary: 'Also write a report file; format from the extension, or FORMAT=FILE; - is standard output. Repeatable.',
    ...files,
  }),
})

export const briefFlags = under('OUTPUT', {
  brief: boolean({
    summary: 'At most 20 lines: the verdict, the root cause, the blocked hop and the fix.',
    exclusive: ['quiet', 'verbose', 'json'],
    ...notFormat('text'),
  }),
})

export type AccountFlags = ValuesOf<typeof accountFlags> & {
  /** Not a flag: ends the AWS calls of a canceled request. */
  readonly signal?: AbortSignal | undefined
}

export type RemedyFlags = Partial<ValuesOf<typeof remedyFlags>>

export type ReportFlags = ValuesOf<typeof reportFlags & typeof briefFlags>
