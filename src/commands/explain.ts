import {string} from '@oclif/core/args'
import {boolean} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {terminalOf} from '../cli/output/terminal.ts'

export default class Explain extends BaseCommand {
  static override summary = 'Explain a check or cause: meaning, data used, AWS documentation. Offline.'
  static override examples = ['<%= config.bin %> explain', '<%= config.bin %> explain endpoint.sg-blocks']
  static override args = {id: string({description: 'Check or cause (default: list all).'})}
  static override flags = {'no-color': boolean({summary: 'No color, as with NO_COLOR=1.'})}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain)
    const [{checks}, {explain}] = await Promise.all([import('../checks/index.ts'), import('../render/text/explain.ts')])
    this.print(explain(args.id, checks, terminalOf(process.stdout, !flags['no-color'])))
  }
}
