import {counted} from './counted.ts'

const MINUTE = 60_000

/** All ages in an examination are computed up to the same time. */
let latest = {text: '', time: Number.NaN}

function timeOf(text: string): number {
  if (text !== latest.text) latest = {text, time: Date.parse(text)}
  return latest.time
}

/** Minutes from one ISO time to another; undefined if either is not a time. */
export function minutesBetween(from: string, to: string): number | undefined {
  const minutes = (timeOf(to) - Date.parse(from)) / MINUTE
  return Number.isNaN(minutes) ? undefined : minutes
}

/** The duration in the largest unit that is not zero. */
export function inWords(minutes: number): string {
  if (minutes < 120) return counted(Math.max(0, Math.floor(minutes)), 'minute')
  if (minutes < 48 * 60) return counted(Math.floor(minutes / 60), 'hour')
  return counted(Math.floor(minutes / (24 * 60)), 'day')
}

/** `2026-11-19 14:02 UTC`, of a time as ISO text. */
export const timeInWords = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`

/** `14:02 UTC`, of a time as ISO text or in milliseconds since 1970. */
export const timeOfDay = (time: string | number): string => `${new Date(time).toISOString().slice(11, 16)} UTC`
