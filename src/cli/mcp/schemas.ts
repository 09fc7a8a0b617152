import audit from '../../../schema/audit.json' with {type: 'json'}
import reach from '../../../schema/reach.json' with {type: 'json'}
import report from '../../../schema/report.json' with {type: 'json'}
import {PARTITIONS} from '../../model/arn.ts'
import {PREFERENCES} from '../../remedies/core/remedy.ts'

/** Inputs and outputs of the tools. Outputs are parts of the published schemas. */
export type Schema = {readonly [key: string]: unknown}

const text = (description: string, rest: Schema = {}): Schema => ({type: 'string', description, ...rest})
const flag = (description: string): Schema => ({type: 'boolean', description})
const input = (required: readonly string[], properties: Schema): Schema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

const REGION = text('AWS Region, such as eu-west-1; by default, that of the server.')
const ID = '^(arn:.+/)?(i-([0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$'
const INSTANCE = text('EC2 instance id (i-…), hybrid node id (mi-…), or the ARN of one.', {pattern: ID})

export const INPUT = {
  examine_instance: input(['instance'], {
    instance: INSTANCE,
    region: REGION,
    prefer: {
      enum: PREFERENCES,
      description: 'Which fix to prefer when several would work.',
    },
  }),
  reach: input(['instance', 'to'], {
    instance: INSTANCE,
    to: text('AWS service (kms), VPC endpoint, instance, host name or IP address.'),
    port: {type: 'integer', minimum: 1, maximum: 65535, description: 'TCP port; default 443.'},
    region: REGION,
  }),
  preflight: input(['subnet'], {
    subnet: text('Subnet id.'),
    security_groups: {type: 'array', items: {type: 'string'}, description: 'Security group ids.'},
    role: text('Role name or ARN, as if attached through an instance profile.'),
    instance_profile: text('Instance profile name or ARN.'),
    image: text('AMI id.'),
    public_ip: flag('Whether the instance gets a public IPv4 address.'),
    region: REGION,
  }),
  audit_summary: input([], {
    regions: {type: 'array', items: {type: 'string'}, description: 'AWS Regions; by default, that of the server.'},
    include_hybrid: flag('Include hybrid nodes (mi-…).'),
    include_stopped: flag('Include stopped instances.'),
    cursor: text('The nextCursor of the previous page.'),
    page_size: {type: 'integer', minimum: 1, maximum: 100, description: 'Groups on a page; default 20.'},
  }),
  explain: input(['id'], {id: text('Check or cause id, such as endpoint.sg-blocks.')}),
  permissions: input([], {
    command: {
      enum: ['diagnose', 'reach', 'preflight', 'plan', 'snapshot', 'audit', 'inspector'],
      description: 'By default, all.',
    },
    partition: {enum: PARTITIONS, description: 'Default aws.'},
  }),
} satisfies Readonly<Record<string, Schema>>

export type ToolName = keyof typeof INPUT

const REPORT: Schema = {...report.$defs.report, $defs: report.$defs}

const {scopes, totals, groups, unreadable} = audit.properties

const CAUSE: Schema = input(['id', 'title', 'severity', 'docs', 'check'], {
  id: text('Cause id.'),
  title: text('The cause in a few words.'),
  severity: text('Severity, such as blocks.'),
  docs: text('The AWS page.'),
  check: text('The check that finds it.'),
})

export const OUTPUT: Readonly<Record<ToolName, Schema>> = {
  examine_instance: REPORT,
  preflight: REPORT,
  reach,
  audit_summary: {
    ...input(['scopes', 'totals', 'groups', 'groupCount', 'unreadable'], {
      scopes,
      totals,
      groups,
      unreadable,
      groupCount: {type: 'integer', description: 'Groups on all pages.'},
      nextCursor: text('For the next page; absent on the last.'),
    }),
    $defs: audit.$defs,
  },
  explain: input(['id', 'text', 'causes'], {
    id: text('The requested id.'),
    text: text('Meaning, data used, AWS documentation.'),
    causes: {type: 'array', items: CAUSE},
  }),
  permissions: input(['Version', 'Statement'], {
    Version: text('IAM policy version.'),
    Statement: {type: 'array', items: {type: 'object'}},
  }),
}
