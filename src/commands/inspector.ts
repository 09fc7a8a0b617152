import {BaseCommand} from '../cli/base-command.ts'
import {fleetFlags} from '../cli/fleet/flags.ts'

export default class Inspector extends BaseCommand {
  static override summary = 'List Amazon Inspector coverage, with cause and fix where it cannot scan.'
  static override description =
    'Read-only. Works live or from account files; a delegated administrator sees the instances of all member accounts. Exit codes: 0 every instance is covered, or excluded on purpose; 1 some are not; 2 wrong usage, or AWS could not be queried; 3 some could not be determined.'
  static override examples = [
    '<%= config.bin %> inspector --region eu-west-1',
    '<%= config.bin %> inspector --organization --role-name Audit --all-regions -o a.csv',
    '<%= config.bin %> inspector --account accounts/ --baseline old.json --fail-on new',
  ]
  static override usage = ['inspector [FLAGS]']
  static override flags = fleetFlags

  override async run(): Promise<void> {
    const {flags} = await this.parse(Inspector)
    const {printFleet} = await import('../cli/fleet/print.ts')
    process.exitCode = await printFleet('inspector', flags, this.config.version)
  }
}
