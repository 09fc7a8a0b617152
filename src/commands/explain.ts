import {string} from '@oclif/core/args'
import {boolean} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {notOneOf} from '../cli/errors.ts'
import {terminalOf} from '../cli/terminal.ts'

export default class Explain extends BaseCommand {
  static override summary = 'What a check or a cause means, what is read for it and the AWS page; offline.'
  static override examples = ['<%= config.bin %> explain', '<%= config.bin %> explain endpoint.sg-blocks']
  static override args = {id: string({description: 'A check or a cause; without it, all are listed.'})}
  static override flags = {'no-color': boolean({summary: 'No colours, as with NO_COLOR=1.'})}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain)
    const [{checks}, {explainAll, explainable, explainOne}] = await Promise.all([
      import('../checks/index.ts'),
      import('../render/explain.ts'),
    ])
    const terminal = terminalOf(process.stdout, !flags['no-color'])
    const text = args.id === undefined ? explainAll(checks, terminal) : explainOne(args.id, checks, terminal)
    if (text === undefined) throw notOneOf('check or cause', args.id ?? '', explainable(checks))
    this.print(text)
  }
}
