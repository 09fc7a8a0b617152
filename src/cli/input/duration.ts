import {usageError} from '../../util/usage-error.ts'

const UNITS: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000}

/** `90s`, `45m` or `2h`, in milliseconds. */
export function durationOf(flag: string, text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smh])$/.exec(text.trim()) ?? []
  const milliseconds = Number(count) * (UNITS[unit] ?? 0)
  // A Node.js timer cannot be longer than this, and no AWS session lasts as long.
  if (milliseconds === 0 || milliseconds > 2 ** 31 - 1)
    throw usageError(`Invalid ${flag} "${text}"; use a number with s, m or h, such as 90s, 45m or 2h.`)
  return milliseconds
}
