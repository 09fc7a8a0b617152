import type {Report} from '../../diagnosis/report.ts'

/** JSON escapes the C0 control characters; these would still reach a terminal unescaped. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029]|[\p{Cf}\p{Cs}]/gu

const escaped = (character: string): string =>
  Array.from(
    {length: character.length},
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')

/** JSON as it may be printed on any terminal; with 0, on one line. */
export function jsonText(value: unknown, indentation = 2): string {
  const text = JSON.stringify(value, null, indentation)
  return ASCII.test(text) ? text : text.replace(UNPRINTABLE, escaped)
}

/** Most text matches this and needs no Unicode tables. */
const ASCII = /^[ -~\n]*$/

/** One report as it is; several in the requested order. */
export const jsonReports = (reports: readonly Report[]): string =>
  jsonText(reports.length === 1 ? reports[0] : {schema: 'ssm-doctor/reports/1', reports})
