/** Unknown is a result: `unknown` never becomes a yes. */
export type Ternary = 'yes' | 'no' | 'unknown'

export const ternary = (value: boolean): Ternary => (value ? 'yes' : 'no')

export const not = (value: Ternary): Ternary => (value === 'yes' ? 'no' : value === 'no' ? 'yes' : 'unknown')

export function and(values: Iterable<Ternary>): Ternary {
  let result: Ternary = 'yes'
  for (const value of values) {
    if (value === 'no') return 'no'
    if (value === 'unknown') result = 'unknown'
  }
  return result
}

export function or(values: Iterable<Ternary>): Ternary {
  let result: Ternary = 'no'
  for (const value of values) {
    if (value === 'yes') return 'yes'
    if (value === 'unknown') result = 'unknown'
  }
  return result
}

/** The common result, if all of them are the same. */
export const combine = (values: readonly Ternary[]): Ternary => {
  const [first = 'unknown'] = values
  return values.every((value) => value === first) ? first : 'unknown'
}
