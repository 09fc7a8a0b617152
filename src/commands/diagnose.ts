import {boolean, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {
  accountFlags,
  briefFlags,
  evidenceFlags,
  flowLogFlags,
  outputFlags,
  remedyFlags,
  reportFlags,
  sinceWhenFlags,
  under,
} from '../cli/input/flags.ts'
import {targetOf} from '../cli/input/target.ts'
import {exitCodeOf} from '../cli/output/exit-code.ts'
import {outputFor} from '../cli/output/output-files.ts'
import {REPORT_FORMATS} from '../cli/output/report-formats.ts'
import type {InstanceExamination} from '../cli/run/examination.ts'
import {usageError} from '../util/usage-error.ts'

export default class Diagnose extends BaseCommand {
  static override summary = 'Diagnose why an instance is not a healthy managed node, and how to fix it.'
  static override description =
    'Read-only. The word `diagnose` is optional, and so is the id if the account file has only one instance. Exit codes: 0 managed; 1 degraded, at risk or unmanaged; 2 wrong usage, or AWS could not be queried; 3 undecided.'
  static override usage = ['[INSTANCE-ID...] [FLAGS]']
  static override examples = [
    '<%= config.bin %> i-0123456789abcdef0',
    '<%= config.bin %> i-0123456789abcdef0 --region eu-west-1 --profile prod --json',
    '<%= config.bin %> --account account.json',
    '<%= config.bin %> i-0123456789abcdef0 --watch --timeout 45m',
    '<%= config.bin %> i-0123456789abcdef0 --flow-logs live --since 3h',
    '<%= config.bin %> i-0123456789abcdef0 --since-when',
    '<%= config.bin %> --account account.json --since-when --cloudtrail events.json',
  ]
  static override strict = false
  static override flags = {
    ...accountFlags,
    ...evidenceFlags,
    ...flowLogFlags,
    ...sinceWhenFlags,
    ...remedyFlags,
    ...under('REMEDIATION', {
      script: boolean({
        summary: 'Print a shell script that confirms each step, stops at the first error and prints how to undo.',
        exclusive: ['json', 'quiet', 'brief', 'verbose', 'format', 'remedy'],
      }),
      watch: boolean({
        summary: 'Poll until the node is managed; report which steps took effect and when the agent will retry.',
        exclusive: ['script', 'output', 'brief', 'flow-logs', 'since-when'],
      }),
      timeout: string({summary: 'Watch timeout: 90s, 45m or 2h (default: 45m).', dependsOn: ['watch']}),
    }),
    ...reportFlags,
    ...briefFlags,
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(Diagnose)
    const targets = argv.map((word) => targetOf(String(word), this.config.commandIDs))
    if (flags.watch) {
      if (flags.format !== 'text' && flags.format !== 'json')
        throw usageError(`--watch prints text or JSON, not ${flags.format}.`)
      const {watch} = await import('../cli/watch/watch.ts')
      process.exitCode = await watch(targets, flags)
      return
    }
    const output = await outputFor(REPORT_FORMATS, flags, this.config.version)
    const {examineAll} = await import('../cli/run/examine-all.ts')
    const examined = await examineAll(targets, flags)
    await output(examined, flags.script ? await scriptOf(examined, flags.profile) : undefined)
    process.exitCode = exitCodeOf(examined.map(({report}) => report))
  }
}

async function scriptOf(
  [first, ...others]: readonly InstanceExamination[],
  profile: string | undefined,
): Promise<string> {
  if (!first || others.length > 0) throw usageError('--script needs exactly one instance.')
  const {script} = await import('../render/remediation/script.ts')
  const {id, account, region} = first.report.instance
  return script(first.remedies, {subject: id, region, account: account ?? undefined, profile})
}
