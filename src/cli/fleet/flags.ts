import {boolean, integer, option, string} from '@oclif/core/flags'
import {
  accountFlags,
  files,
  formatFlag,
  many,
  outputFlags,
  remedyFlags,
  reportFlags,
  roleNameIn,
  under,
  type ValuesOf,
} from '../input/flags.ts'
import {AUDIT_FORMATS, SPLITS} from './formats.ts'

const FAIL_ON = ['blocks', 'degrades', 'advises', 'new'] as const
export type FailOn = (typeof FAIL_ON)[number]

/** Which accounts and Regions, from files or from AWS. */
export const fleetFlags = {
  ...under('SOURCE', {
    account: string({
      ...files,
      summary: 'Account files instead of live AWS: a file, a folder, a quoted glob, or - for standard input.',
    }),
    parts: string({
      ...files,
      summary: 'JSON reports of single accounts and Regions to merge instead of examining: files or folders.',
      // The source, the selection and the suppressions were applied when the parts were made.
      exclusive: [
        ...['account', 'region', 'all-regions', 'profile', 'role-arn', 'accounts-from', 'organization', 'resume'],
        'network-timeout',
        ...['include-stopped', 'tag', 'vpc', 'instance-ids-from', 'suppress'],
        ...['organizational-unit', 'include-suspended', 'exclude-account', 'exclude-region'],
      ],
    }),
    units: string({
      ...files,
      summary:
        'Accounts and Regions that --parts should cover (JSON); those without a part are reported as not examined.',
      dependsOn: ['parts'],
    }),
    region: string({...many, summary: 'AWS Region; repeatable.'}),
    'all-regions': boolean({
      summary: 'All Regions enabled in the account.',
      exclusive: ['region', 'account'],
    }),
    'exclude-region': string({
      ...many,
      summary: 'Region to leave out; repeatable.',
      helpValue: 'REGION',
      exclusive: ['account'],
    }),
    profile: string({...many, summary: 'AWS named profile; repeatable.', exclusive: ['account']}),
    'role-arn': {
      ...accountFlags['role-arn'],
      summary: 'IAM role to assume; of a list of accounts, it only reads the list and its own account.',
    },
    'external-id': string({summary: 'External ID required by the roles.', exclusive: ['account']}),
    'accounts-from': string({
      summary: 'File with an account id, or the ARN of a role, on each line.',
      helpValue: 'FILE',
      exclusive: ['account', 'organization'],
    }),
    organization: boolean({summary: 'Every active account of the organization.', exclusive: ['account']}),
    'organizational-unit': string({
      ...many,
      summary: 'Every active account of this organizational unit and of those below it; repeatable.',
      helpValue: 'ID',
      exclusive: ['account', 'accounts-from', 'organization'],
    }),
    'include-suspended': boolean({
      summary: 'Report accounts of the organization that are not active as not examined.',
      exclusive: ['account', 'accounts-from'],
    }),
    'exclude-account': string({
      ...many,
      summary: 'Account of the organization or of the file to leave out; repeatable.',
      helpValue: 'ID',
      exclusive: ['account'],
    }),
    'role-name': string({
      summary: 'Role to assume in each account of the organization or of the file.',
      exclusive: ['account'],
      parse: roleNameIn,
    }),
    'network-timeout': string({
      summary: 'Give up on a service that has not answered for this long (default: 30s).',
      exclusive: ['account'],
    }),
    concurrency: integer({
      summary: 'Number of accounts and Regions to read from AWS in parallel.',
      default: 4,
      min: 1,
      max: 64,
    }),
  }),
  ...under('SELECTION', {
    'include-stopped': boolean({summary: 'Include stopped instances.'}),
    'allow-empty': boolean({summary: 'Exit 0 if there are no instances.'}),
    tag: string({
      ...many,
      summary: 'Only instances with this tag; repeat to require several.',
      helpValue: 'KEY=VALUE',
    }),
    vpc: string({...many, summary: 'Only instances in this VPC; repeatable.'}),
    'instance-ids-from': string({
      summary: 'Instance ids or ARNs: lines, CSV, or the JSON of list-coverage. - is standard input.',
      helpValue: 'FILE',
    }),
  }),
  ...under('REMEDIATION', {
    remedy: remedyFlags.remedy,
    script: string({
      summary: 'Print a shell script for the fix of one group, such as endpoint.sg-blocks@sg-0123456789abcdef0.',
      helpValue: 'GROUP',
      exclusive: ['json', 'format', 'remedy', 'output', 'parts'],
    }),
  }),
  ...under('OUTPUT', {
    'owner-tag': string({summary: 'Tag that names the owner of an instance.', default: 'Owner'}),
    format: formatFlag(AUDIT_FORMATS, 'table'),
    json: reportFlags.json,
    ...outputFlags,
    split: option({
      ...many,
      options: SPLITS,
      summary:
        'Write several files into a folder: with owner, a ticket for each fix and owner to --output markdown=FOLDER/; with account, findings for each account and Region to --output asff=FOLDER/.',
    })(),
    'no-color': reportFlags['no-color'],
  }),
  ...under('COMPARISON', {
    'fail-on': option({
      options: FAIL_ON,
      summary: 'Exit 1 only for findings of at least this severity, or only for new ones.',
    })(),
    baseline: string({summary: 'Earlier audit (JSON) to compare with.', helpValue: 'FILE'}),
    suppress: string({summary: 'Accepted risks (JSON suppression file).', helpValue: 'FILE'}),
    resume: string({
      summary: 'Folder for completed accounts and Regions, so that an interrupted audit can resume.',
      helpValue: 'DIR',
    }),
  }),
}

/** Amazon Inspector scans no hybrid nodes, so only an audit has them. */
export const hybridFlags = under('SELECTION', {
  'include-hybrid': boolean({
    summary: 'Include hybrid nodes (mi-…): machines on premises and in other clouds.',
    exclusive: ['parts'],
  }),
})

export type FleetFlags = ValuesOf<typeof fleetFlags & typeof hybridFlags>
