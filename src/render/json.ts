import type {Report} from '../doctor/report.ts'

/** JSON escapes the old control characters; these would still reach a terminal as they are. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029]|[\p{Cf}\p{Cs}]/gu

const escaped = (character: string): string =>
  Array.from(
    {length: character.length},
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')

export const jsonText = (value: unknown): string => JSON.stringify(value, null, 2).replace(UNPRINTABLE, escaped)

/** One report as it is; several in the order they were asked for. */
export const jsonReports = (reports: readonly Report[]): string =>
  jsonText(reports.length === 1 ? reports[0] : {schema: 'ssm-doctor/reports/1', reports})
