import {BaseCommand} from '../cli/base-command.ts'
import {fleetFlags} from '../cli/fleet/flags.ts'
import {terminalOf} from '../cli/output/terminal.ts'

export default class Audit extends BaseCommand {
  static override summary =
    'Every instance of the chosen accounts and Regions, grouped by the change that heals the most.'
  static override description =
    'Read-only. From account files or live. Exit codes: 0 all managed; 1 some are not; 2 wrong usage or nothing could be asked; 3 some could not be decided or examined.'
  static override examples = [
    '<%= config.bin %> audit --region eu-west-1',
    '<%= config.bin %> audit --organization --role-name Audit --all-regions --resume audit/ -o audit.json -o audit.csv',
    '<%= config.bin %> audit --account accounts/ --baseline last-week.json --fail-on new',
  ]
  static override flags = fleetFlags

  override async run(): Promise<void> {
    const {flags} = await this.parse(Audit)
    const [{auditFleet}, {auditExitCode, outputsOf, rendered, writeOutputs}] = await Promise.all([
      import('../cli/fleet/audit.ts'),
      import('../cli/fleet/print.ts'),
    ])
    const outputs = await outputsOf(flags.output)
    const {audit, summary, missing} = await auditFleet(flags)
    const {version} = this.config
    const terminal = terminalOf(process.stdout, !flags['no-color'])
    this.print(await rendered(audit, flags.json ? 'json' : flags.format, {terminal, version}))
    await writeOutputs(audit, outputs, version)
    process.stderr.write(`${summary}\n`)
    process.exitCode = auditExitCode(audit, flags['fail-on'], missing)
  }
}
