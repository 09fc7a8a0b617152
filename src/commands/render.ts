import {string as argument} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {outputFlags} from '../cli/input/flags.ts'

export default class Render extends BaseCommand {
  static override summary = 'Convert a saved JSON report to another format. Offline.'
  static override description =
    'Takes the JSON of any command. Formats: for instances text, json, html, markdown; for reach text, json, html; for audit, inspector and plan every format of the command.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> report.json --format html > report.html',
    '<%= config.bin %> <%= command.id %> audit.json --format markdown',
  ]
  static override usage = ['render FILE [FLAGS]']
  static override args = {file: argument({description: 'JSON report, or - for standard input.', required: true})}
  static override flags = {
    format: string({summary: 'Output format.', default: 'text', helpGroup: 'OUTPUT'}),
    ...outputFlags,
    'no-color': boolean({summary: 'No color, as with NO_COLOR=1.', helpGroup: 'OUTPUT'}),
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Render)
    const {renderFile} = await import('../cli/run/render.ts')
    await renderFile(args.file, flags, this.config.version)
  }
}
