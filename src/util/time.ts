/** `2026-11-19 14:02 UTC`, of a time as ISO text. */
export const timeInWords = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`

/** `14:02 UTC`, of a time as ISO text or in milliseconds since 1970. */
export const timeOfDay = (time: string | number): string => `${new Date(time).toISOString().slice(11, 16)} UTC`
