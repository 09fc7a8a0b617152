import type {Report, Verdict} from '../../diagnosis/report.ts'

/** The exit codes that scripts rely on, whatever the format. */
export const EXIT = {usage: 2, bug: 70, interrupted: 130} as const

const OF_VERDICT: Readonly<Record<Verdict, 0 | 1 | 3>> = {
  managed: 0,
  degraded: 1,
  'at-risk': 1,
  unmanaged: 1,
  undecided: 3,
}

/** 1 if any instance is degraded, at risk or unmanaged; otherwise 3 if any is undetermined. */
export function exitCodeOf(reports: readonly Pick<Report, 'verdict'>[]): 0 | 1 | 3 {
  const codes = reports.map(({verdict}) => OF_VERDICT[verdict])
  return codes.includes(1) ? 1 : codes.includes(3) ? 3 : 0
}
