import {boolean, integer, option, string} from '@oclif/core/flags'
import {many, remedyFlags, type ValuesOf} from '../input/flags.ts'
import {roleArnIn} from '../input/role-arn.ts'
import {AUDIT_FORMAT_NAMES, type AuditFormat, SPLITS} from './formats.ts'

const FAIL_ON = ['blocks', 'degrades', 'advises', 'new'] as const
export type FailOn = (typeof FAIL_ON)[number]

const WHERE = 'SOURCE'
const WHICH = 'SELECTION'
const PRINT = 'OUTPUT'
const TIME = 'COMPARISON'
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
    summary: 'JSON reports of single accounts and Regions to merge instead of examining: files or folders.',
    helpValue: 'FILE',
    helpGroup: WHERE,
    // The source, the selection and the suppressions were applied when the parts were made.
    exclusive: [
      ...['account', 'region', 'all-regions', 'profile', 'role-arn', 'accounts-from', 'organization', 'resume'],
      'network-timeout',
      ...['include-stopped', 'tag', 'vpc', 'instance-ids-from', 'suppress'],
      ...['organizational-unit', 'include-suspended', 'exclude-account', 'exclude-region'],
    ],
  }),
  units: string({
    ...many,
    summary:
      'Accounts and Regions that --parts should cover (JSON); those without a part are reported as not examined.',
    helpValue: 'FILE',
    helpGroup: WHERE,
    dependsOn: ['parts'],
  }),
  region: string({...many, summary: 'AWS Region; repeatable.', helpGroup: WHERE}),
  'all-regions': boolean({
    summary: 'All Regions enabled in the account.',
    helpGroup: WHERE,
    exclusive: ['region', 'account'],
  }),
  'exclude-region': string({
    ...many,
    summary: 'Region to leave out; repeatable.',
    helpValue: 'REGION',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  profile: string({
    ...many,
    summary: 'AWS named profile; repeatable.',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  'role-arn': string({
    summary: 'IAM role to assume.',
    helpGroup: WHERE,
    exclusive: ['account'],
    parse: roleArnIn,
  }),
  'external-id': string({summary: 'External ID required by the roles.', helpGroup: WHERE, exclusive: ['account']}),
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
  'organizational-unit': string({
    ...many,
    summary: 'Every active account of this organizational unit and of those below it; repeatable.',
    helpValue: 'ID',
    helpGroup: WHERE,
    exclusive: ['account', 'accounts-from', 'organization'],
  }),
  'include-suspended': boolean({
    summary: 'Report accounts of the organization that are not active as not examined.',
    helpGroup: WHERE,
    exclusive: ['account', 'accounts-from'],
  }),
  'exclude-account': string({
    ...many,
    summary: 'Account of the organization or of the file to leave out; repeatable.',
    helpValue: 'ID',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  'role-name': string({
    summary: 'Role to assume in each account of the organization or of the file.',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  'network-timeout': string({
    summary: 'Give up on a service that has not answered for this long (default: 30s).',
    helpGroup: WHERE,
    exclusive: ['account'],
  }),
  concurrency: integer({
    summary: 'Number of accounts and Regions to read from AWS in parallel.',
    helpGroup: WHERE,
    default: 4,
    min: 1,
    max: 64,
  }),
  'include-stopped': boolean({summary: 'Include stopped instances.', helpGroup: WHICH}),
  'allow-empty': boolean({summary: 'Exit 0 if there are no instances.', helpGroup: WHICH}),
  tag: string({
    ...many,
    summary: 'Only instances with this tag; repeat to require several.',
    helpValue: 'KEY=VALUE',
    helpGroup: WHICH,
  }),
  vpc: string({...many, summary: 'Only instances in this VPC; repeatable.', helpGroup: WHICH}),
  'instance-ids-from': string({
    summary: 'Instance ids or ARNs: lines, CSV, or the JSON of list-coverage. - is standard input.',
    helpValue: 'FILE',
    helpGroup: WHICH,
  }),
  remedy: remedyFlags.remedy,
  script: string({
    summary: 'Print a shell script for the fix of one group, such as endpoint.sg-blocks@sg-0123456789abcdef0.',
    helpValue: 'GROUP',
    helpGroup: 'REMEDIATION',
    exclusive: ['json', 'format', 'remedy', 'output', 'parts'],
  }),
  'owner-tag': string({summary: 'Tag that names the owner of an instance.', default: 'Owner', helpGroup: PRINT}),
  format: option({
    options: AUDIT_FORMAT_NAMES,
    summary: 'Output format.',
    default: 'table' as AuditFormat,
    helpGroup: PRINT,
  })(),
  json: boolean({summary: 'Short for --format json.', helpGroup: PRINT}),
  output: string({
    ...many,
    char: 'o',
    summary: 'Also write a report file; format from the extension, or FORMAT=FILE; - is standard output. Repeatable.',
    helpValue: 'FILE',
    helpGroup: PRINT,
  }),
  split: option({
    ...many,
    options: SPLITS,
    summary:
      'Write several files into a folder: with owner, a ticket for each fix and owner to --output markdown=FOLDER/; with account, findings for each account and Region to --output asff=FOLDER/.',
    helpGroup: PRINT,
  })(),
  'no-color': boolean({summary: 'No color, as with NO_COLOR=1.', helpGroup: PRINT}),
  'fail-on': option({
    options: FAIL_ON,
    summary: 'Exit 1 only for findings of at least this severity, or only for new ones.',
    helpGroup: TIME,
  })(),
  baseline: string({summary: 'Earlier audit (JSON) to compare with.', helpValue: 'FILE', helpGroup: TIME}),
  suppress: string({
    summary: 'Accepted risks (JSON suppression file).',
    helpValue: 'FILE',
    helpGroup: TIME,
  }),
  resume: string({
    summary: 'Folder for completed accounts and Regions, so that an interrupted audit can resume.',
    helpValue: 'DIR',
    helpGroup: TIME,
  }),
}

/** Amazon Inspector scans no hybrid nodes, so only an audit has them. */
export const hybridFlags = {
  'include-hybrid': boolean({
    summary: 'Include hybrid nodes (mi-…): machines on premises and in other clouds.',
    helpGroup: WHICH,
    exclusive: ['parts'],
  }),
}

export type FleetFlags = ValuesOf<typeof fleetFlags & typeof hybridFlags>
