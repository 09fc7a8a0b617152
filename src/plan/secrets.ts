import type {PlanReport} from './plan-report.ts'

/** Shorter ones would mask half of a report. */
const SHORTEST = 4

/** The report without the values that the plan's source marks as sensitive. */
export function withoutSecrets(report: PlanReport, secrets: readonly string[] = []): PlanReport {
  const masked = secrets.filter((one) => one.length >= SHORTEST).toSorted((a, b) => b.length - a.length)
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
