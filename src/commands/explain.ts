import {string} from '@oclif/core/args'
import {boolean} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {terminalOf} from '../cli/output/terminal.ts'
import {usageError} from '../util/usage-error.ts'

export default class Explain extends BaseCommand {
  static override summary = 'What a check or a cause means, what is read for it and the AWS page; offline.'
  static override examples = ['<%= config.bin %> explain', '<%= config.bin %> explain endpoint.sg-blocks']
  static override args = {id: string({description: 'A check or a cause; without it, all are listed.'})}
  static override flags = {'no-color': boolean({summary: 'No colours, as with NO_COLOR=1.'})}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain)
    const [{checks}, {explainAll, explainOne, similar}] = await Promise.all([
      import('../checks/index.ts'),
      import('../render/text/explain.ts'),
    ])
    const terminal = terminalOf(process.stdout, !flags['no-color'])
    const text = args.id === undefined ? explainAll(checks, terminal) : explainOne(args.id, checks, terminal)
    if (text === undefined) throw unknown(args.id ?? '', similar(args.id ?? '', checks))
    this.print(text)
  }
}

const unknown = (typed: string, known: readonly string[]): Error =>
  usageError(
    `There is no check or cause "${typed}". ${known.length > 0 ? `There are ${known.join(', ')}. ` : ''}ssm-doctor explain lists all.`,
  )
