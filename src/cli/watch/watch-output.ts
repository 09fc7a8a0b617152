import type {Report} from '../../diagnosis/report.ts'
import {jsonReports} from '../../render/formats/json.ts'
import {quietReport} from '../../render/text/report.ts'
import type {ReportFlags} from '../input/flags.ts'
import {progressOn} from '../output/progress.ts'
import {type Stream, terminalOf} from '../output/terminal.ts'
import {textReports} from '../output/text-reports.ts'
import type {PrintedExamination} from '../run/examination.ts'

export type Out = Stream & Pick<NodeJS.WriteStream, 'write'>

interface Streams {
  readonly stdout: Out
  readonly stderr: Out
}

/** Where a watch prints: `stdout` has a single document if one was requested. */
export function createWatchOutput(flags: ReportFlags, {stdout, stderr}: Streams) {
  const isJson = flags.json || flags.format === 'json'
  const isText = !isJson && !flags.quiet
  const stream = isJson ? stderr : stdout
  const progress = progressOn(stderr)
  const write = (to: Out, text: string): void => {
    progress.end()
    to.write(`${text}\n`)
  }
  return {
    terminal: terminalOf(stream, !flags['no-color']),
    reports: (examined: PrintedExamination) => {
      if (isText)
        write(stdout, `${textReports([examined], {...flags, terminal: terminalOf(stdout, !flags['no-color'])})}\n`)
    },
    says: (lines: readonly string[]) => {
      if (!flags.quiet && lines.length > 0) write(stream, lines.join('\n'))
    },
    /** Only on a terminal, and cleared by the next output. */
    waits: progress.say,
    rest: progress.end,
    ends: (report: Report) => {
      if (isJson) write(stdout, jsonReports([report]))
      else if (flags.quiet) write(stdout, quietReport(report))
    },
  }
}

export type WatchOutput = ReturnType<typeof createWatchOutput>
