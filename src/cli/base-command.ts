import {Command} from '@oclif/core/command'
import {endingOf} from './output/errors.ts'

/** Shared by all commands: where the report goes, and how a failed run ends. */
export abstract class BaseCommand extends Command {
  /** Only the report goes to stdout. */
  protected print(text: string): void {
    process.stdout.write(`${text}\n`)
  }

  protected override async catch(error: unknown): Promise<void> {
    const {says, code} = endingOf(error, process.env.SSM_DOCTOR_DEBUG === '1', {
      command: this.id,
      flags: flagsOf(this.ctor),
    })
    if (says !== undefined) process.stderr.write(`${says}\n`)
    process.exitCode = code
  }
}

const flagsOf = ({flags}: typeof Command): readonly string[] => Object.keys(flags).map((flag) => `--${flag}`)
