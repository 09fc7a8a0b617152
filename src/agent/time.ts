import {counted} from '../util/counted.ts'

const MINUTE = 60_000

/** Ages are counted to one time in a whole examination. */
let latest = {text: '', time: Number.NaN}

function timeOf(text: string): number {
  if (text !== latest.text) latest = {text, time: Date.parse(text)}
  return latest.time
}

/** Minutes from one ISO time to another; undefined when either is no time. */
export function minutesBetween(from: string, to: string): number | undefined {
  const minutes = (timeOf(to) - Date.parse(from)) / MINUTE
  return Number.isNaN(minutes) ? undefined : minutes
}

/** How long that is, in the largest unit that is not zero. */
export function inWords(minutes: number): string {
  if (minutes < 120) return counted(Math.max(0, Math.floor(minutes)), 'minute')
  if (minutes < 48 * 60) return counted(Math.floor(minutes / 60), 'hour')
  return counted(Math.floor(minutes / (24 * 60)), 'day')
}
