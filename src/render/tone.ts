import type {Severity} from '../checks/severity.ts'
import type {Status, Verdict} from '../diagnosis/report.ts'
import type {Verdict as PathVerdict} from '../network/path.ts'

/**
 * How good something is, as the color of it. Every color has a sign or a word as well: not everyone can distinguish
 * colors.
 */
export type Tone = 'good' | 'bad' | 'part' | 'open' | 'none'

export const SIGN: Readonly<Record<Tone, string>> = {good: '✓', bad: '✗', part: '◐', open: '?', none: '–'}

export const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = {
  managed: 'good',
  degraded: 'part',
  'at-risk': 'part',
  unmanaged: 'bad',
  undecided: 'open',
}

export const PATH_TONE: Readonly<Record<PathVerdict, Tone>> = {
  open: 'good',
  partly: 'part',
  blocked: 'bad',
  unknown: 'open',
}

export const STATUS_TONE: Readonly<Record<Status, Tone>> = {pass: 'good', fail: 'bad', unknown: 'open', skip: 'none'}

export const SEVERITY_TONE: Readonly<Record<Severity, Tone>> = {
  blocks: 'bad',
  degrades: 'part',
  advises: 'open',
  undecided: 'open',
  symptom: 'open',
}

export const SEVERITY_WORD: Readonly<Record<Severity, string>> = {
  blocks: 'blocking',
  degrades: 'degraded',
  advises: 'advice',
  undecided: 'undetermined',
  symptom: 'symptom',
}
