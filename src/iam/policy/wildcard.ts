/** Placeholders for a literal `*` and `?`, from the private use area, which no policy contains. */
const LITERAL_STAR = '\uE000'
const LITERAL_MARK = '\uE001'

/** Text in which nothing is a wildcard, ready to be matched or to be put into a pattern. */
export const literal = (text: string): string => text.replaceAll('*', LITERAL_STAR).replaceAll('?', LITERAL_MARK)

/** For display: the placeholders as the characters that they represent. */
export const readable = (pattern: string): string => pattern.replaceAll(LITERAL_STAR, '*').replaceAll(LITERAL_MARK, '?')

function fitsAt(literal: string, text: string, at: number): boolean {
  for (let i = 0; i < literal.length; i++) if (literal[i] !== '?' && literal[i] !== text[at + i]) return false
  return true
}

function findFrom(literal: string, text: string, from: number, end: number): number {
  if (!literal.includes('?')) {
    const found = text.indexOf(literal, from)
    return found >= 0 && found + literal.length <= end ? found : -1
  }
  for (let at = from; at + literal.length <= end; at++) if (fitsAt(literal, text, at)) return at
  return -1
}

/**
 * `*` is any number of characters, `?` is one. Between the stars each piece matches at its first position, so no
 * pattern causes backtracking.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matches(pattern: string, value: string): boolean {
  if (pattern === '*') return true
  const text = literal(value)
  const literals = pattern.split('*')
  const first = literals[0]!
  if (literals.length === 1) return first.length === text.length && fitsAt(first, text, 0)
  const last = literals.at(-1)!
  const end = text.length - last.length
  if (end < first.length || !fitsAt(first, text, 0) || !fitsAt(last, text, end)) return false
  let at = first.length
  for (const literal of literals.slice(1, -1)) {
    const found = findFrom(literal, text, at, end)
    if (found < 0) return false
    at = found + literal.length
  }
  return true
}

/**
 * Actions are matched case-insensitively.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export const matchesAction = (pattern: string, action: string): boolean =>
  matches(pattern.toLowerCase(), action.toLowerCase())

const splitArn = (arn: string): readonly string[] => {
  const parts = arn.split(':')
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/**
 * The condition operators for ARNs compare the six parts one by one, so a `*` never spans a colon.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const patterns = splitArn(pattern)
  const parts = splitArn(arn)
  if (patterns.length < 6) return !pattern.startsWith('arn:') && matches(pattern, arn)
  return parts.length === 6 && patterns.every((part, i) => matches(part, parts[i]!))
}
