import {parsedJson} from '../util/json.ts'
import {capital} from '../util/list-in-words.ts'
import type {PlanReport} from './plan-report.ts'

/** Shorter ones would mask half of a report. */
const SHORTEST = 4

/** The report without the values that the plan's source marks as sensitive. */
export function withoutSecrets(report: PlanReport, secrets: readonly string[] = []): PlanReport {
  // Findings name the parts of a sensitive policy one by one.
  const texts = secrets.flatMap((one) => [one, ...(/^\s*\{/.test(one) ? textsIn(parsedJson(one)) : [])])
  const forms = texts.flatMap(formsOf)
  const masked = [...new Set(forms)].filter((one) => one.length >= SHORTEST).toSorted((a, b) => b.length - a.length)
  if (masked.length === 0) return report
  const hidden = (text: string): string =>
    masked.reduce((shown, secret) => shown.replaceAll(secret, () => '(sensitive)'), text)
  return {
    ...report,
    instances: report.instances.map((one) => ({
      ...one,
      name: one.name === null ? null : hidden(one.name),
      causes: one.causes.map((cause) => ({
        ...cause,
        resource: hidden(cause.resource),
        message: hidden(cause.message),
      })),
      unknown: one.unknown.map(hidden),
      fixes: one.fixes.map(({title, text}) => ({title: hidden(title), text: hidden(text)})),
    })),
  }
}

/** A value as text, in the quotes of code and of code within code, and as the names that fixes derive from it. */
const formsOf = (secret: string): readonly string[] => {
  const quoted = inQuotes(secret)
  const words = secret
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const camel = words.map(capital).join('')
  return [secret, quoted, inQuotes(quoted), words.join('_'), camel]
}

const inQuotes = (text: string): string => JSON.stringify(text).slice(1, -1)

/** What every policy contains is no secret. */
const OPEN = new Set(['Version', 'Effect', 'Action', 'NotAction'])

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => (OPEN.has(key) ? [] : textsIn(one)))
}
