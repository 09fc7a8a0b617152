import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.ts'
import {briefFlags, reportFlags} from '../cli/input/flags.ts'
import {notOneOf} from '../cli/output/errors.ts'
import {printed} from '../cli/output/print-reports.ts'

const DEFAULT = 'endpoints-shadow-nat'

export default class Demo extends BaseCommand {
  static override summary = 'Examine a bundled example; needs no AWS account.'
  static override examples = ['<%= config.bin %> demo', '<%= config.bin %> demo healthy']
  static override args = {
    case: string({description: 'Example to examine; an unknown name lists all.', default: DEFAULT}),
  }
  static override flags = {...reportFlags, ...briefFlags}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Demo)
    const [{readdir}, {join}, {examineAll}] = await Promise.all([
      import('node:fs/promises'),
      import('node:path'),
      import('../cli/run/examine-all.ts'),
    ])
    const folder = join(this.config.root, 'examples')
    const known = (await readdir(folder)).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5))
    if (!known.includes(args.case)) throw notOneOf('demo', args.case, known.sort())
    const examined = await examineAll([], {account: [join(folder, `${args.case}.json`)]})
    this.print(await printed(examined, flags, process.stdout))
  }
}
