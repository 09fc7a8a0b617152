import {string} from '@oclif/core/args'
import {boolean, option, string as text} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {roleNameIn} from '../cli/input/flags.ts'
import {notice} from '../cli/output/notice.ts'
import {PARTITIONS} from '../model/arn.ts'

/** Above the commands whose responses form an account file. */
const INSTRUCTIONS = [
  '# Saves the responses of AWS to ./account, for: ssm-doctor i-0123456789abcdef0 --account ./account',
  '# Set these first: export AWS_REGION=eu-west-1 INSTANCES="i-0123456789abcdef0"',
]

export default class Permissions extends BaseCommand {
  static override summary = 'Print the exact read-only IAM policy that ssm-doctor, or one command, needs.'
  static override examples = [
    '<%= config.bin %> permissions',
    '<%= config.bin %> permissions diagnose',
    '<%= config.bin %> permissions audit --role-name ssm-doctor-audit',
    '<%= config.bin %> permissions diagnose --with since-when',
    '<%= config.bin %> permissions diagnose --with flow-logs',
    '<%= config.bin %> permissions --commands',
  ]
  static override usage = ['permissions [COMMAND] [FLAGS]']
  static override args = {
    command: string({
      description: 'Limit the policy to this command.',
      options: ['diagnose', 'reach', 'preflight', 'plan', 'snapshot', 'audit', 'inspector'],
    }),
  }
  static override flags = {
    commands: boolean({summary: 'Print AWS CLI commands that collect the same data instead.'}),
    with: option({
      options: ['flow-logs', 'since-when'] as const,
      summary: 'Include what this flag of diagnose or reach requires.',
      multiple: true,
    })(),
    partition: option({
      options: PARTITIONS,
      summary: 'Partition of the ARNs in the policy.',
      default: 'aws',
    })(),
    'role-name': text({
      summary: 'Role assumed by audit and inspector in other accounts.',
      default: 'ssm-doctor-audit',
      parse: roleNameIn,
    }),
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Permissions)
    const [{kindsOf, policyOf}, {collectionCommands}, {jsonText}] = await Promise.all([
      import('../cli/run/permissions.ts'),
      import('../model/collection-commands.ts'),
      import('../render/formats/json.ts'),
    ])
    const {command = ''} = args
    const isNamed = this.typed.some((word) => word.startsWith('--role-name'))
    if (isNamed && command !== 'audit' && command !== 'inspector')
      notice('--role-name is for permissions audit and permissions inspector; it does not apply here.')
    if (flags.commands) this.print([...INSTRUCTIONS, ...collectionCommands(kindsOf(command, flags))].join('\n'))
    else this.print(jsonText(policyOf(command, flags)))
  }
}
