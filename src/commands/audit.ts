import {BaseCommand} from '../cli/base-command.ts'
import {fleetFlags, hybridFlags} from '../cli/fleet/flags.ts'
import {notice} from '../cli/output/notice.ts'
import {terminalOf} from '../cli/output/terminal.ts'

export default class Audit extends BaseCommand {
  static override summary = 'Audit every instance of accounts and Regions, grouped by the best fixes.'
  static override description =
    'Read-only. Works live or from account files. Exit codes: 0 all managed; 1 some are not; 2 wrong usage, or AWS could not be queried; 3 some could not be assessed, or there are no instances.'
  static override examples = [
    '<%= config.bin %> audit --region eu-west-1',
    '<%= config.bin %> audit --organization --role-name Audit --all-regions --resume audit/ -o audit.json -o audit.csv',
    '<%= config.bin %> audit --region eu-west-1 --include-hybrid',
    '<%= config.bin %> audit --account accounts/ --baseline last-week.json --fail-on new',
  ]
  static override usage = ['audit [FLAGS]']
  static override flags = {...fleetFlags, ...hybridFlags}

  override async run(): Promise<void> {
    const {flags} = await this.parse(Audit)
    const [{auditFleet}, {auditOutputsOf, printedAudit, writeAudit}, {auditExitCode}, {writesToStdout}] =
      await Promise.all([
        import('../cli/fleet/audit.ts'),
        import('../cli/fleet/print.ts'),
        import('../cli/fleet/exit-code.ts'),
        import('../cli/output/output-files.ts'),
      ])
    const outputs = await auditOutputsOf(flags.output, flags.split)
    const {audit, summary, missing} = await auditFleet(flags)
    const {version} = this.config
    const terminal = terminalOf(process.stdout, !flags['no-color'])
    if (!writesToStdout(outputs)) this.print(await printedAudit(audit, flags, {terminal, version}))
    await writeAudit(audit, outputs, version)
    notice(summary)
    process.exitCode = auditExitCode(audit, {failOn: flags['fail-on'], missing, allowEmpty: flags['allow-empty']})
  }
}
