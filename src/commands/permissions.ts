import {string} from '@oclif/core/args'
import {boolean, option} from '@oclif/core/flags'
import type {Kind} from '../account/account.ts'
import type {Scope} from '../account/permissions.ts'
import {BaseCommand} from '../cli/base-command.ts'

const SCOPES: Readonly<Record<string, Scope>> = {diagnose: 'instance', preflight: 'launch'}
const INSPECTOR: readonly Kind[] = ['CoveredResources', 'AccountStatuses']

export default class Permissions extends BaseCommand {
  static override summary = 'The exact read-only IAM policy that the tool needs, whole or for one command.'
  static override examples = [
    '<%= config.bin %> permissions',
    '<%= config.bin %> permissions diagnose',
    '<%= config.bin %> permissions --commands',
  ]
  static override args = {
    command: string({
      description: 'The command that is to be allowed.',
      options: ['diagnose', 'preflight', 'snapshot'],
    }),
  }
  static override flags = {
    commands: boolean({summary: 'Print AWS CLI commands whose answers make an account file instead.'}),
    partition: option({
      options: ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'] as const,
      summary: 'Partition of the ARNs in the policy.',
      default: 'aws',
    })(),
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Permissions)
    const [{KINDS}, {commandsFor, OF_THE_RUNNING, policyFor}, {commandsText, policyText}] = await Promise.all([
      import('../account/shapes.ts'),
      import('../account/permissions.ts'),
      import('../render/permissions.ts'),
    ])
    const unasked = {diagnose: INSPECTOR, preflight: OF_THE_RUNNING}[args.command ?? ''] ?? []
    const kinds = KINDS.filter((kind) => !unasked.includes(kind))
    const scope = SCOPES[args.command ?? ''] ?? 'region'
    this.print(flags.commands ? commandsText(commandsFor(kinds)) : policyText(policyFor(kinds, flags.partition, scope)))
  }
}
