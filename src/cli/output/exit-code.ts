import type {Report, Verdict} from '../../diagnosis/report.ts'

/** What a script may rely on, whatever the format. Usage errors are 2. */
export const EXIT = {usage: 2, bug: 70, interrupted: 130} as const

const OF_VERDICT: Readonly<Record<Verdict, 0 | 1 | 3>> = {
  managed: 0,
  degraded: 1,
  'at-risk': 1,
  unmanaged: 1,
  undecided: 3,
}

/** 1 when one instance is ill, else 3 when one is undecided. */
export function exitCodeOf(reports: readonly Pick<Report, 'verdict'>[]): 0 | 1 | 3 {
  const codes = reports.map(({verdict}) => OF_VERDICT[verdict])
  return codes.includes(1) ? 1 : codes.includes(3) ? 3 : 0
}
