import {boolean, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {accountFlags, evidenceFlags, remedyFlags, reportFlags} from '../cli/input/flags.ts'
import {targetOf} from '../cli/input/target.ts'
import {exitCodeOf} from '../cli/output/exit-code.ts'
import {printed} from '../cli/output/print-reports.ts'
import type {InstanceExamination} from '../cli/run/examination.ts'
import {usageError} from '../util/usage-error.ts'

export default class Diagnose extends BaseCommand {
  static override summary =
    'Says why EC2 instances are not healthy Systems Manager managed nodes, and what to do about it.'
  static override description =
    'Read-only. `diagnose` may be left out. With one instance in an account file, its id may be left out as well. Exit codes: 0 managed; 1 degraded, at risk or unmanaged; 2 wrong usage or nothing could be asked; 3 undecided.'
  static override usage = ['[INSTANCE-ID...] [FLAGS]']
  static override examples = [
    '<%= config.bin %> i-0123456789abcdef0',
    '<%= config.bin %> i-0123456789abcdef0 --region eu-west-1 --profile prod --json',
    '<%= config.bin %> --account account.json',
    '<%= config.bin %> i-0123456789abcdef0 --watch --timeout 45m',
  ]
  static override strict = false
  static override flags = {
    ...accountFlags,
    ...evidenceFlags,
    ...remedyFlags,
    script: boolean({
      summary: 'Print a shell script instead, which asks before each step, ends at the first error and tells the undo.',
      helpGroup: 'WHAT TO DO',
      exclusive: ['json', 'quiet', 'verbose', 'format'],
    }),
    watch: boolean({
      summary: 'Look again until it is managed: which step took effect, how long the agent sleeps, how long it took.',
      helpGroup: 'WHAT TO DO',
      exclusive: ['script'],
    }),
    timeout: string({
      summary: 'How long to watch: 90s, 45m or 2h.',
      helpGroup: 'WHAT TO DO',
      defaultHelp: '45m',
      dependsOn: ['watch'],
    }),
    ...reportFlags,
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(Diagnose)
    const targets = argv.map((word) => targetOf(String(word)))
    if (flags.watch) {
      const {watch} = await import('../cli/watch/watch.ts')
      process.exitCode = await watch(targets, flags)
      return
    }
    const {examineAll} = await import('../cli/run/examine-all.ts')
    const examined = await examineAll(targets, flags)
    this.print(flags.script ? await scriptOf(examined, flags.profile) : printed(examined, flags, process.stdout))
    process.exitCode = exitCodeOf(examined.map(({report}) => report))
  }
}

async function scriptOf(
  [first, ...others]: readonly InstanceExamination[],
  profile: string | undefined,
): Promise<string> {
  if (!first || others.length > 0) throw usageError('A script is for one instance; name one.')
  const {script} = await import('../render/remediation/script.ts')
  const {id, region} = first.report.instance
  return script(first.remedies, {instance: id, region, profile})
}
