import {integer, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {accountFlags, flowLogFlags, formatFlag, outputFlags, reportFlags} from '../cli/input/flags.ts'
import {targetOf} from '../cli/input/target.ts'
import {outputFor} from '../cli/output/output-files.ts'
import {REACH_FORMATS} from '../cli/output/reach-formats.ts'

export default class Reach extends BaseCommand {
  static override summary = 'Check whether an instance can reach a destination, hop by hop.'
  static override description =
    'Runs the same path analysis to any destination and port, for the request and the reply. Exit codes: 0 open; 1 blocked or partly open; 2 wrong usage; 3 undecided.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0 --to vpce-0123456789abcdef0 --port 5432',
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0 --to kms.eu-west-1.amazonaws.com',
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0 --to 10.8.6.20 --account account.json',
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0 --to 10.8.6.20 --flow-logs live',
  ]
  static override strict = false
  static override usage = ['reach INSTANCE-ID --to DESTINATION [--port N] [FLAGS]']
  static override flags = {
    ...accountFlags,
    format: formatFlag(REACH_FORMATS, 'text'),
    json: reportFlags.json,
    'no-color': reportFlags['no-color'],
    ...outputFlags,
    to: string({
      summary: 'AWS service such as kms, VPC endpoint or instance id, host name or IP address.',
      helpValue: 'DESTINATION',
      required: true,
    }),
    port: integer({summary: 'TCP port.', helpValue: 'N', default: 443, min: 1, max: 65535}),
    ...flowLogFlags,
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(Reach)
    const output = await outputFor(REACH_FORMATS, flags, this.config.version)
    const {reachIn} = await import('../cli/run/reach.ts')
    const report = await reachIn(
      argv.map((word) => targetOf(String(word), this.config.commandIDs)),
      flags,
    )
    await output(report)
    process.exitCode = {open: 0, partly: 1, blocked: 1, unknown: 3}[report.verdict]
  }
}
