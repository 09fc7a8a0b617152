import {existsSync} from 'node:fs'
import {Command} from '@oclif/core/command'
import {string} from '@oclif/core/flags'
import {standardInputTwice, usageError} from '../util/usage-error.ts'
import {notice} from './output/notice.ts'
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

  /** The arguments without the defaults. */
  protected typed: readonly string[] = this.argv

  protected override async init(): Promise<void> {
    await super.init()
    await this.addDefaults()
    mustBeTypedWell(this.argv, this.ctor.flags ?? {})
  }

  private async addDefaults(): Promise<void> {
    const file = configIn(this.argv)
    if (file === undefined && !existsSync('.ssm-doctor.json') && !Object.keys(process.env).some(isSetting)) return
    const {defaultsFor, unusedVariables, withDefaults} = await import('./input/defaults.ts')
    for (const note of unusedVariables(process.env)) notice(note)
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

/** oclif takes the value of a switch for an argument, and what is left of standard input for another file. */
function mustBeTypedWell(argv: readonly string[], flags: Readonly<Record<string, {readonly type: string}>>): void {
  const typed = argv.map((word) => /^--([\w-]+)=/.exec(word)?.[1] ?? '').find((name) => flags[name]?.type === 'boolean')
  if (typed !== undefined) throw usageError(`--${typed} takes no value.`)
  const read = argv.filter((word, at) =>
    word === '-' ? !/^(?:-o|--output)$/.test(argv[at - 1] ?? '') : /^--(?!output=)[\w-]+=-$/.test(word),
  )
  if (read.length > 1) throw standardInputTwice()
}

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
