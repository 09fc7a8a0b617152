import {BaseCommand} from '../cli/base-command.ts'
import {accountFlags} from '../cli/input/flags.ts'
import {usageError} from '../util/usage-error.ts'

export default class Mcp extends BaseCommand {
  static override summary = 'Serve the examination to AI assistants over the Model Context Protocol.'
  static override description =
    'Read-only; no tool runs a remedy. The flags choose the data: an assistant can name instances and Regions, but no files, profiles or roles.'
  static override examples = [
    '<%= config.bin %> mcp --profile audit --region eu-west-1',
    '<%= config.bin %> mcp --account account.json',
  ]
  static override usage = ['mcp [FLAGS]']
  static override flags = accountFlags

  override async run(): Promise<void> {
    const {flags} = await this.parse(Mcp)
    if (flags.account?.includes('-')) throw usageError('Standard input is for the messages of the client; use a file.')
    if (flags.account) await (await import('../account-file/account-file.ts')).filesOf(flags.account)
    const {serve} = await import('../cli/mcp/server.ts')
    serve(flags, this.config.version)
  }
}
