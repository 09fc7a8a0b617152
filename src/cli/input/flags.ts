import {boolean, option, string} from '@oclif/core/flags'
import type {Preference} from '../../remedies/core/remedy.ts'
import type {SnippetFormat} from '../../render/remediation/snippet.ts'

/** Whose account is examined: an account file, or live AWS with these credentials. */
export const accountFlags = {
  account: string({
    summary: 'Examine an account file instead of live AWS: a file, a folder, a quoted glob, or - for standard input.',
    helpValue: 'FILE',
    helpGroup: 'WHERE TO LOOK',
    multiple: true,
    multipleNonGreedy: true,
  }),
  region: string({summary: 'AWS Region.', helpGroup: 'WHERE TO LOOK'}),
  profile: string({
    summary: 'Named profile of the AWS configuration.',
    helpGroup: 'WHERE TO LOOK',
    exclusive: ['account'],
  }),
  'role-arn': string({summary: 'Role to assume first.', helpGroup: 'WHERE TO LOOK', exclusive: ['account']}),
  'external-id': string({
    summary: 'External id that the role asks for.',
    helpGroup: 'WHERE TO LOOK',
    dependsOn: ['role-arn'],
  }),
}

/** What a person brought from inside the instance. */
export const evidenceFlags = {
  diagnostics: string({
    summary: 'Output of "ssm-cli get-diagnostics --output json" on the instance.',
    helpValue: 'FILE',
    helpGroup: 'WHAT ELSE TO LOOK AT',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'agent-log': string({
    summary: 'Agent log or errors.log from the instance, Linux or Windows.',
    helpValue: 'FILE',
    helpGroup: 'WHAT ELSE TO LOOK AT',
    multiple: true,
    multipleNonGreedy: true,
  }),
}

/** Which changes a checklist proposes, and in what form. */
export const remedyFlags = {
  prefer: option({
    options: ['private', 'cheapest', 'least-change'] as const,
    summary: 'What counts when several changes would do.',
    helpGroup: 'WHAT TO DO',
  })(),
  remedy: option({
    options: ['cli', 'terraform', 'cloudformation', 'powershell'] as const,
    summary: 'The form of the changes.',
    default: 'cli',
    helpGroup: 'WHAT TO DO',
  })(),
}

/** How a report is printed. */
export const reportFlags = {
  format: option({
    options: ['text', 'json'] as const,
    summary: 'How to print.',
    default: 'text',
    helpGroup: 'HOW TO PRINT',
  })(),
  json: boolean({summary: 'Short for --format json.', helpGroup: 'HOW TO PRINT'}),
  verbose: boolean({summary: 'Show the facts behind every pass.', helpGroup: 'HOW TO PRINT', exclusive: ['quiet']}),
  quiet: boolean({summary: 'One line: id, verdict, root cause.', helpGroup: 'HOW TO PRINT'}),
  'no-color': boolean({summary: 'No colours, as with NO_COLOR=1.', helpGroup: 'HOW TO PRINT'}),
}

export interface AccountFlags {
  readonly account?: readonly string[] | undefined
  readonly region?: string | undefined
  readonly profile?: string | undefined
  readonly 'role-arn'?: string | undefined
  readonly 'external-id'?: string | undefined
}

export interface RemedyFlags {
  readonly prefer?: Preference | undefined
  readonly remedy?: 'cli' | SnippetFormat | undefined
}

export interface ReportFlags {
  readonly format: 'text' | 'json'
  readonly json: boolean
  readonly verbose: boolean
  readonly quiet: boolean
  readonly 'no-color': boolean
}
