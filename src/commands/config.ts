import {string} from '@oclif/core/args'
import {boolean} from '@oclif/core/flags'
import {BaseCommand, configIn} from '../cli/base-command.ts'
import {terminalOf} from '../cli/output/terminal.ts'
import {usageError} from '../util/usage-error.ts'

export default class Config extends BaseCommand {
  static override summary = 'Show the defaults of flags that are in effect, and where each is set.'
  static override description =
    'Defaults are set in .ssm-doctor.json, or the file that --config names, and in SSM_DOCTOR_* variables. Flags come first, then variables, then the file. In the file, an object named after a command applies only to that command.'
  static override examples = ['<%= config.bin %> config', '<%= config.bin %> config audit --config team.json']
  static override args = {command: string({description: 'Only what applies to this command.'})}
  static override flags = {json: boolean({summary: 'Print JSON.', helpGroup: 'OUTPUT'})}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Config)
    const [{defaultsFor, KEYS, variableOf}, {configText}] = await Promise.all([
      import('../cli/input/defaults.ts'),
      import('../render/text/config.ts'),
    ])
    const commands = this.config.commandIDs
    const {command = ''} = args
    if (command !== '' && !commands.includes(command)) throw usageError(`Unknown command "${command}".`)
    const own = commands.filter((id) => command === '' || id === command)
    const sources = {file: configIn(this.argv), env: process.env, commands}
    const all = new Map(
      own.flatMap((id) => defaultsFor(id, sources)).map((one) => [`${one.command} ${one.key} ${one.from}`, one]),
    )
    const ofCommand = new Set(own.flatMap((id) => Object.keys(this.config.findCommand(id)?.flags ?? {})))
    const isFlag = (key: string) => command === '' || ofCommand.has(key)
    const defaults = [...all.values()].filter(({key}) => isFlag(key))
    if (flags.json) this.print(JSON.stringify(defaults, undefined, 2))
    else
      this.print(
        configText(
          defaults,
          KEYS.filter(isFlag).map((key) => [key, variableOf(key)] as const),
          terminalOf(process.stdout, true),
        ),
      )
  }
}
