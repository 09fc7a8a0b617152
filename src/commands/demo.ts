import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.ts'
import {briefFlags, reportFlags} from '../cli/input/flags.ts'
import {outputFor} from '../cli/output/output-files.ts'
import {REPORT_FORMATS} from '../cli/output/report-formats.ts'
import {usageError} from '../util/usage-error.ts'

const DEFAULT = 'endpoints-shadow-nat'

export default class Demo extends BaseCommand {
  static override summary = 'Examine a bundled example; needs no AWS account.'
  static override usage = ['demo [CASE] [FLAGS]']
  static override examples = ['<%= config.bin %> demo', '<%= config.bin %> demo healthy']
  static override args = {
    case: string({description: 'Example to examine; an unknown name lists all.', default: DEFAULT}),
  }
  static override flags = {...reportFlags, ...briefFlags}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Demo)
    const [{exampleNames, readExample}, {examineEach}, {examineInstance}] = await Promise.all([
      import('../cli/input/examples.ts'),
      import('../cli/run/examine-files.ts'),
      import('../cli/run/examination.ts'),
    ])
    const {root} = this.config
    const known = await exampleNames(root)
    if (!known.includes(args.case)) throw usageError(`Unknown demo "${args.case}". Available: ${known.join(', ')}.`)
    const examined = await examineEach([], await readExample(root, args.case), (account, id) =>
      examineInstance(account, id, {prefer: undefined}),
    )
    const output = await outputFor(REPORT_FORMATS, flags, this.config.version)
    await output(examined)
  }
}
