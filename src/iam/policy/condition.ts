import {parseCidr} from '../../network/address.ts'
import {includes} from '../../network/ranges.ts'
import {entryOf} from '../../util/entry-of.ts'
import type {CallContext, KeyValue} from './context.ts'
import type {Condition} from './policy.ts'
import {and, combine, not, or, type Ternary, ternary} from './three-valued.ts'
import {substituted} from './variables.ts'
import {matches, matchesArn, readable} from './wildcard.ts'

/** Whether the value of the key matches the value in the policy. */
type Comparison = (actual: string, expected: string) => Ternary

const numbers =
  (compare: (a: number, b: number) => boolean, toNumber: (text: string) => number): Comparison =>
  (actual, expected) => {
    const [a, b] = [toNumber(actual), toNumber(expected)]
    return Number.isNaN(a) || Number.isNaN(b) ? 'unknown' : ternary(compare(a, b))
  }

const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

/** ISO 8601, or seconds since 1970. */
const toTime = (text: string): number => (/^-?\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text))

const ADDRESS: Comparison = (actual, expected) => {
  const [address, block] = [parseCidr(actual), parseCidr(expected)]
  if (address === undefined || block === undefined) return 'unknown'
  return ternary(address.family === block.family && includes(block.ranges, address.ranges))
}

const ORDER: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  equals: (a, b) => a === b,
  lessthan: (a, b) => a < b,
  lessthanequals: (a, b) => a <= b,
  greaterthan: (a, b) => a > b,
  greaterthanequals: (a, b) => a >= b,
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  stringequals: (actual, expected) => ternary(actual === expected),
  stringequalsignorecase: (actual, expected) => ternary(actual.toLowerCase() === expected.toLowerCase()),
  stringlike: (actual, expected) => ternary(matches(expected, actual)),
  arnequals: (actual, expected) => ternary(matchesArn(expected, actual)),
  arnlike: (actual, expected) => ternary(matchesArn(expected, actual)),
  bool: (actual, expected) => ternary(actual.toLowerCase() === expected.toLowerCase()),
  binaryequals: (actual, expected) => ternary(actual === expected),
  ipaddress: ADDRESS,
  ...Object.fromEntries(Object.entries(ORDER).map(([name, order]) => [`numeric${name}`, numbers(order, toNumber)])),
  ...Object.fromEntries(Object.entries(ORDER).map(([name, order]) => [`date${name}`, numbers(order, toTime)])),
}

interface Operator {
  readonly set: 'forallvalues' | 'foranyvalue' | undefined
  readonly ifExists: boolean
  readonly negated: boolean
  readonly compare: Comparison
  /** Wildcards apply in the policy's value. */
  readonly wildcards: boolean
  /** Compares strings or ARNs, so policy variables are replaced. */
  readonly textual: boolean
}

const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
  notipaddress: 'ipaddress',
}

function operatorOf(name: string): Operator | undefined {
  const [first = '', second] = name.toLowerCase().split(':')
  const set = second === undefined ? undefined : first
  if (set !== undefined && set !== 'forallvalues' && set !== 'foranyvalue') return undefined
  const full = second ?? first
  const ifExists = full.endsWith('ifexists')
  const base = ifExists ? full.slice(0, -'ifexists'.length) : full
  const negated = Object.hasOwn(NEGATED, base)
  const positive = negated ? NEGATED[base]! : base
  const compare = Object.hasOwn(COMPARISONS, positive) ? COMPARISONS[positive] : undefined
  if (compare === undefined) return undefined
  return {
    set,
    ifExists,
    negated,
    compare,
    wildcards: positive.startsWith('arn') || positive === 'stringlike',
    textual: positive.startsWith('arn') || positive.startsWith('string'),
  }
}

const OPERATORS = new Map<string, Operator | undefined>()

function knownOperator(name: string): Operator | undefined {
  if (!OPERATORS.has(name)) {
    if (OPERATORS.size > 1000) OPERATORS.clear()
    OPERATORS.set(name, operatorOf(name))
  }
  return OPERATORS.get(name)
}

/** The values of a policy, as far as they are known. */
interface ConditionValues {
  readonly values: readonly string[]
  /** At least one more value has a variable that the model cannot resolve. */
  readonly unresolved: boolean
  /** One is only a variable of a key that the request does not have. */
  readonly absent: boolean
}

/** Compares one value of the key with all the values of the policy; a match takes precedence over an unknown value. */
function holdsFor({negated, compare}: Operator, actual: string, {values, unresolved}: ConditionValues): Ternary {
  const found = or([...values.map((value) => compare(actual, value)), ...(unresolved ? ['unknown' as const] : [])])
  return negated ? not(found) : found
}

/**
 * Without the key nothing matches, and negated operators are true. `ForAllValues` is true for no values, `ForAnyValue`
 * is not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function holdsForValues(operator: Operator, actual: readonly string[], expected: ConditionValues): Ternary {
  const {set, ifExists, negated} = operator
  if (actual.length === 0) {
    if (set === 'forallvalues') return 'yes'
    if (set === 'foranyvalue') return 'no'
    // A variable without a value may make the statement invalid, but not with ...IfExists:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    if (negated && expected.absent && !ifExists) return 'unknown'
    return ternary(ifExists || negated)
  }
  const each = actual.map((value) => holdsFor(operator, value, expected))
  return set === 'forallvalues' || (set === undefined && negated) ? and(each) : or(each)
}

/**
 * The policy's values with their variables replaced; a value whose variable is absent matches nothing. Only string and
 * ARN operators support variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function valuesOf(
  {values}: Condition,
  {wildcards, textual}: Operator,
  variables: boolean,
  context: CallContext,
): ConditionValues {
  const substitutedValues = values.map((value) => (variables && textual ? substituted(value, context) : {text: value}))
  return {
    values: substitutedValues.flatMap((value) =>
      typeof value === 'string' ? [] : [wildcards ? value.text : readable(value.text)],
    ),
    unresolved: substitutedValues.includes('unknown'),
    absent: substitutedValues.includes('absent'),
  }
}

const NULL_MEANS: Readonly<Record<string, 'absent' | 'present'>> = {true: 'absent', false: 'present'}

function nullHolds(value: KeyValue, expected: readonly string[]): Ternary {
  if (!('may' in value)) return 'unknown'
  const meanings = expected.map((text) => entryOf(NULL_MEANS, text.toLowerCase()))
  const found = (values: readonly string[]) =>
    or(
      meanings.map((meaning) =>
        meaning === undefined ? 'unknown' : ternary((meaning === 'absent') === (values.length === 0)),
      ),
    )
  return combine(value.may.map(found))
}

/** The key has none of these values, and the policy requires nothing else. */
const cannotMatch = (value: KeyValue, {compare}: Operator, {values, unresolved}: ConditionValues): boolean =>
  'not' in value &&
  !unresolved &&
  values.length > 0 &&
  values.every((text) => !/[*?]/.test(text) && value.not.some((other) => compare(other, text) === 'yes'))

/** The policy compares the key with a variable that has the same value, whatever it is. */
const equalsVariable = ({values}: Condition, value: KeyValue, context: CallContext): boolean =>
  'not' in value &&
  value.as !== undefined &&
  values.some((text) => {
    const other = context((/^\$\{([^},]+)\}$/.exec(text)?.[1] ?? '').trim().toLowerCase())
    return 'not' in other && other.as === value.as
  })

/**
 * Whether a value that starts so matches: yes if any does, and no if the pattern requires another start. The paths of
 * organizations have several values, which AWS compares only with a set operator:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
const startMatches =
  ({compare, set}: Operator): Comparison =>
  (start, expected) => {
    if (set && compare === COMPARISONS.stringlike && expected.endsWith('*') && matches(expected, start)) return 'yes'
    const required = expected.replace(/[*?$].*$/s, '').toLowerCase()
    return required.startsWith(start) || start.startsWith(required) ? 'unknown' : 'no'
  }

/**
 * Whether the condition is true for this call. `unknown` for keys, values and operators that the model cannot evaluate.
 */
export function holds(condition: Condition, context: CallContext, variables: boolean): Ternary {
  const value = context(condition.key.toLowerCase())
  if (condition.operator.toLowerCase() === 'null') return nullHolds(value, condition.values)
  const operator = knownOperator(condition.operator)
  if (operator === undefined) return 'unknown'
  if (variables && operator.textual && equalsVariable(condition, value, context)) return ternary(!operator.negated)
  const expected = valuesOf(condition, operator, variables, context)
  if (!('may' in value)) {
    if (!cannotMatch(value, operator, expected) || operator.ifExists || operator.set) return 'unknown'
    return ternary(operator.negated)
  }
  const compared = value.onlyStarts ? {...operator, compare: startMatches(operator)} : operator
  return combine(value.may.map((actual) => holdsForValues(compared, actual, expected)))
}
