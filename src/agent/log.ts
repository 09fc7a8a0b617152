import {isoOf, lastAttempts, signalsOf} from './log-patterns.ts'
import type {Signal} from './signal.ts'

/** `2024-11-04 09:08:14.6517 INFO …`, after what syslog or journald may have put in front. */
const LOG_LINE = /^(?:.{0,120}?\]: )?(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? [A-Z]{4,8} /

/**
 * What an agent log, an `errors.log` or a `hibernate.log` tells. The agent writes its log in the instance's own time
 * zone and does not name it, so that the times order the lines and are compared with nothing else.
 */
export function logSignals(text: string, file: string): readonly Signal[] {
  const told = signalsOf(text, file, dateOf)
  return lastAttempts(told, 'connected').map(({at: _, ...signal}) => signal)
}

const dateOf = (line: string): string | undefined => {
  const [, date, time] = LOG_LINE.exec(line) ?? []
  return date === undefined || time === undefined ? undefined : isoOf(date, time)
}
