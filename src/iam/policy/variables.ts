import type {CallContext} from './context.ts'
import {literal} from './wildcard.ts'

const LITERALS: ReadonlyMap<string, string> = new Map([
  ['*', literal('*')],
  ['?', literal('?')],
  ['$', '$'],
])

/**
 * A pattern, or why there is none: a variable without a value, which matches nothing; or one that the model does not
 * know.
 */
type Substituted = {readonly text: string} | 'absent' | 'unknown'

/**
 * A pattern with its policy variables replaced: `${aws:username}`, with a default after a comma, `${*}` for a star.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function substituted(pattern: string, context: CallContext): Substituted {
  if (!pattern.includes('${')) return {text: pattern}
  let text = ''
  let at = 0
  for (let start = pattern.indexOf('${'); start >= 0; start = pattern.indexOf('${', at)) {
    const end = pattern.indexOf('}', start)
    if (end < 0) break
    const value = variableOf(pattern.slice(start + 2, end), context)
    if (typeof value === 'string') return value
    text += pattern.slice(at, start) + value.text
    at = end + 1
  }
  return {text: text + pattern.slice(at)}
}

/**
 * A resource pattern with its variables replaced. IAM supports none before the fifth colon, so a variable in the
 * position of the partition, service, Region or account is literal and matches no ARN.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function substitutedInResource(pattern: string, context: CallContext): Substituted {
  if (!pattern.includes('${')) return {text: pattern}
  const [head = pattern] = HEAD.exec(pattern) ?? []
  const text = substituted(pattern.slice(head.length), context)
  return typeof text === 'string' ? text : {text: head + text.text}
}

/** An ARN up to its fifth colon; the colon in `${aws:username}` does not count. */
const HEAD = /^(?:(?:\$\{[^}]*\}|[^:])*:){5}/

function variableOf(variable: string, context: CallContext): Substituted {
  const special = LITERALS.get(variable)
  if (special !== undefined) return {text: special}
  const [key = '', ...rest] = variable.split(',')
  const fallback = /^\s*'(.*)'\s*$/.exec(rest.join(','))?.[1]
  const value = context(key.trim().toLowerCase())
  if (!('may' in value) || value.may.length !== 1 || value.onlyStarts) return 'unknown'
  const [values = []] = value.may
  if (values.length === 0) return fallback === undefined ? 'absent' : {text: literal(fallback)}
  return values.length === 1 ? {text: literal(values[0]!)} : 'unknown'
}
