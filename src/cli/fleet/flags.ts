import {boolean, integer, option, string} from '@oclif/core/flags'

export const AUDIT_FORMATS = [
  ...(['table', 'json', 'ndjson', 'csv', 'markdown', 'junit', 'sarif', 'asff', 'prometheus', 'html'] as const),
] as const
export type AuditFormat = (typeof AUDIT_FORMATS)[number]

export const FAIL_ON = ['blocks', 'degrades', 'advises', 'new'] as const
export type FailOn = (typeof FAIL_ON)[number]

const WHERE = 'WHERE TO LOOK'
const WHICH = 'WHICH INSTANCES'
const PRINT = 'HOW TO PRINT'
const TIME = 'OVER TIME'
const many = {multiple: true, multipleNonGreedy: true} as const

/** Which accounts and Regions, from files or from AWS. */
export const fleetFlags = {
  account: string({
    ...many,
    summary: 'Account files instead of live AWS: a file, a folder, a quoted glob, or - for standard input.',
    helpValue: 'FILE',
    helpGroup: WHERE,
  }),
  parts: string({
    ...many,
    summary: 'Reports (JSON) on single accounts and Regions, added up instead of looking again: files or folders.',
    helpValue: 'FILE',
    helpGroup: WHERE,
    // Where to look, and what was chosen and suppressed, was said when the parts were made.
    exclusive: [
      ...['account', 'region', 'all-regions', 'profile', 'role-arn', 'accounts-from', 'organization', 'resume'],
      ...['include-stopped', 'tag', 'vpc', 'instance-ids-from', 'suppress'],
    ],
  }),
  region: string({...many, summary: 'AWS Region; may be repeated.', helpGroup: WHERE}),
  'all-regions': boolean({
    summary: 'Every Region that the account has enabled.',
    helpGroup: WHERE,
    exclusive: ['region', 'account'],
  }),
  profile: string({
    ...many,
    summary: 'Named profile of the AWS configuration; may be repeated.',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  'role-arn': string({summary: 'Role to assume first.', helpGroup: WHERE, exclusive: ['account']}),
  'external-id': string({summary: 'External id that the roles ask for.', helpGroup: WHERE, exclusive: ['account']}),
  'accounts-from': string({
    summary: 'File with an account id, or the ARN of a role, on each line.',
    helpValue: 'FILE',
    helpGroup: WHERE,
    exclusive: ['account', 'organization'],
  }),
  organization: boolean({
    summary: 'Every active account of the organization.',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  'role-name': string({
    summary: 'Role to assume in each account of the organization or of the file.',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  concurrency: integer({
    summary: 'How many accounts and Regions are read from AWS at the same time.',
    helpGroup: WHERE,
    default: 4,
    min: 1,
    max: 64,
  }),
  'include-stopped': boolean({summary: 'Stopped instances too.', helpGroup: WHICH}),
  tag: string({
    ...many,
    summary: 'Instances with this tag; all that are given must fit.',
    helpValue: 'KEY=VALUE',
    helpGroup: WHICH,
  }),
  vpc: string({...many, summary: 'Instances in this VPC, or in one of several.', helpGroup: WHICH}),
  'instance-ids-from': string({
    summary: 'Instance ids or ARNs: lines, CSV, or the JSON of list-coverage. - is standard input.',
    helpValue: 'FILE',
    helpGroup: WHICH,
  }),
  'owner-tag': string({summary: 'The tag that tells whose an instance is.', default: 'Owner', helpGroup: PRINT}),
  format: option({
    options: AUDIT_FORMATS,
    summary: 'How to print.',
    default: 'table' as AuditFormat,
    helpGroup: PRINT,
  })(),
  json: boolean({summary: 'Short for --format json.', helpGroup: PRINT}),
  output: string({
    ...many,
    char: 'o',
    summary: 'File to write as well; its ending tells the format, or FORMAT=FILE does. May be repeated.',
    helpValue: 'FILE',
    helpGroup: PRINT,
  }),
  'no-color': boolean({summary: 'No colours, as with NO_COLOR=1.', helpGroup: PRINT}),
  'fail-on': option({
    options: FAIL_ON,
    summary: 'Exit with 1 only for causes that block, degrade or advise, or that are new since the baseline.',
    helpGroup: TIME,
  })(),
  baseline: string({summary: 'Earlier audit (JSON) to compare with.', helpValue: 'FILE', helpGroup: TIME}),
  suppress: string({
    summary: 'Causes that somebody has taken upon themselves (JSON).',
    helpValue: 'FILE',
    helpGroup: TIME,
  }),
  resume: string({
    summary: 'Folder that keeps each account and Region that is done, so that a broken-off audit goes on there.',
    helpValue: 'DIR',
    helpGroup: TIME,
  }),
}

export interface FleetFlags {
  readonly account?: readonly string[] | undefined
  readonly parts?: readonly string[] | undefined
  readonly region?: readonly string[] | undefined
  readonly 'all-regions': boolean
  readonly profile?: readonly string[] | undefined
  readonly 'role-arn'?: string | undefined
  readonly 'external-id'?: string | undefined
  readonly 'accounts-from'?: string | undefined
  readonly organization: boolean
  readonly 'role-name'?: string | undefined
  readonly concurrency: number
  readonly 'include-stopped': boolean
  readonly tag?: readonly string[] | undefined
  readonly vpc?: readonly string[] | undefined
  readonly 'instance-ids-from'?: string | undefined
  readonly 'owner-tag': string
  readonly format: AuditFormat
  readonly json: boolean
  readonly output?: readonly string[] | undefined
  readonly 'no-color': boolean
  readonly 'fail-on'?: FailOn | undefined
  readonly baseline?: string | undefined
  readonly suppress?: string | undefined
  readonly resume?: string | undefined
}
