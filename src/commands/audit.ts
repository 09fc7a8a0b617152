import {BaseCommand} from '../cli/base-command.ts'
import {fleetFlags, hybridFlags} from '../cli/fleet/flags.ts'

export default class Audit extends BaseCommand {
  static override summary = 'Audit every instance of accounts and Regions, grouped by the best fixes.'
  static override description =
    'Read-only. Works live or from account files. Exit codes: 0 all managed; 1 some are not; 2 wrong usage, or AWS could not be queried; 3 some could not be assessed, or there are no instances.'
  static override examples = [
    '<%= config.bin %> audit --region eu-west-1',
    '<%= config.bin %> audit --organization --role-name Audit --all-regions -o audit.csv',
    '<%= config.bin %> audit --region eu-west-1 --resume audit/ -o audit.html',
    '<%= config.bin %> audit --region eu-west-1 --include-hybrid',
    '<%= config.bin %> audit --account accounts/ --baseline last-week.json --fail-on new',
  ]
  static override usage = ['audit [FLAGS]']
  static override flags = {...fleetFlags, ...hybridFlags}

  override async run(): Promise<void> {
    const {flags} = await this.parse(Audit)
    const {printFleet} = await import('../cli/fleet/print.ts')
    process.exitCode = await printFleet('audit', flags, this.config.version)
  }
}
