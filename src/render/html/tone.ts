import type {Severity} from '../../checks/check.ts'
import type {Status, Verdict} from '../../diagnosis/report.ts'
import type {Verdict as PathVerdict} from '../../network/path.ts'

/** The class of a color. Every color has a mark or a word as well: not everyone can distinguish colors. */
export type Tone = 'good' | 'bad' | 'part' | 'open'

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

export const STATUS_TONE: Readonly<Record<Status, Tone>> = {pass: 'good', fail: 'bad', unknown: 'open', skip: 'open'}

export const SEVERITY_TONE: Readonly<Record<Severity, Tone>> = {
  blocks: 'bad',
  degrades: 'part',
  advises: 'open',
  undecided: 'open',
  symptom: 'open',
}

export const MARK: Readonly<Record<PathVerdict, string>> = {open: '✓', partly: '◐', blocked: '✗', unknown: '?'}
export const STATUS_MARK: Readonly<Record<Status, string>> = {pass: '✓', fail: '✗', unknown: '?', skip: '–'}
