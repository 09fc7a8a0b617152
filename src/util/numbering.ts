type Value = string | number | boolean | undefined

/** What distinguishes one thing from another, in a fixed order. */
export type Values = readonly Value[]

/** The number of lists that are compared before their text is looked up: most are equal to one of the last. */
const RECENT = 16

/** Gives equal lists of values the same number. */
export function numbering(): (values: Values) => number {
  const numbers = new Map<string, number>()
  const recent: {readonly values: Values; readonly number: number}[] = []
  let at = 0
  return (values) => {
    for (const one of recent) if (isEqual(one.values, values)) return one.number
    const text = JSON.stringify(values)
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    recent[at] = {values, number}
    at = (at + 1) % RECENT
    return number
  }
}

function isEqual(a: Values, b: Values): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}
