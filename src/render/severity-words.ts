import type {Severity} from '../checks/check.ts'

export const SEVERITY_WORD: Readonly<Record<Severity, string>> = {
  blocks: 'blocking',
  degrades: 'degraded',
  advises: 'advice',
  undecided: 'undetermined',
  symptom: 'symptom',
}
