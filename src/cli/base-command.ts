import {existsSync} from 'node:fs'
import {Command} from '@oclif/core/command'
import {string} from '@oclif/core/flags'
import {endWith} from './output/process.ts'

/** Shared by all commands: defaults of their flags, where the report goes, and how a failed run ends. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    config: string({
      summary: 'Defaults for flags (default: .ssm-doctor.json).',
      helpValue: 'FILE',
      helpGroup: 'GLOBAL',
    }),
  }

  protected override async init(): Promise<void> {
    await super.init()
    const file = configIn(this.argv)
    if (file === undefined && !existsSync('.ssm-doctor.json') && !Object.keys(process.env).some(isSetting)) return
    const {defaultsFor, withDefaults} = await import('./input/defaults.ts')
    const sources = {file, env: process.env, commands: this.config.commandIDs}
    this.argv = [...withDefaults(this.argv, this.ctor.flags ?? {}, defaultsFor(this.id ?? '', sources))]
  }

  /** Only the report goes to stdout. */
  protected print(text: string): void {
    process.stdout.write(`${text}\n`)
  }

  protected override async catch(error: unknown): Promise<void> {
    endWith(error, {command: this.id, flags: flagsOf(this.ctor)})
  }
}

const isSetting = (name: string): boolean => name.startsWith('SSM_DOCTOR_') && name !== 'SSM_DOCTOR_DEBUG'

/** `--config FILE` or `--config=FILE`. */
export function configIn(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === '--config' || word.startsWith('--config='))
  const word = argv[at]
  if (word === undefined) return undefined
  return word === '--config' ? argv[at + 1] : word.slice('--config='.length)
}

/** oclif leaves the flags of a command without any undefined. */
const flagsOf = ({flags}: {readonly flags?: object}): readonly string[] =>
  Object.keys(flags ?? {}).map((flag) => `--${flag}`)
