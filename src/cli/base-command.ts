import {Command} from '@oclif/core/command'
import {endingOf} from './output/errors.ts'

/** What the commands share: where a report goes, and how a run ends that cannot be made. */
export abstract class BaseCommand extends Command {
  /** The report alone stands on stdout. */
  protected print(text: string): void {
    process.stdout.write(`${text}\n`)
  }

  protected override async catch(error: unknown): Promise<void> {
    const {says, code} = endingOf(error, process.env.SSM_DOCTOR_DEBUG === '1', this.id)
    if (says !== undefined) process.stderr.write(`${says}\n`)
    process.exitCode = code
  }
}
