/** Replacements of names: the same one for the same name everywhere, whatever it names. */
export interface Pseudonyms {
  /** The number of a value among those of its kind, in order of appearance. */
  readonly numberOf: (sort: string, value: string) => number
  readonly nameOf: (sort: string, value: string) => string
  /** The pseudonym of a name that was found before, or the text itself. */
  readonly knownAs: (value: string) => string
}

/** Names that AWS assigns, and that have a meaning in AWS. */
const OF_AWS = /^(?:AWS[A-Z-]|Amazon[A-Z-]|aws:|com\.amazonaws\.|default$|$)/

export function pseudonyms(): Pseudonyms {
  const sorts = new Map<string, Map<string, number>>()
  const names = new Map<string, string>()
  const numberOf = (sort: string, value: string): number => {
    const numbers = sorts.get(sort) ?? new Map<string, number>()
    sorts.set(sort, numbers)
    const number = numbers.get(value) ?? numbers.size + 1
    numbers.set(value, number)
    return number
  }
  const nameOf = (sort: string, value: string): string => {
    if (OF_AWS.test(value)) return value
    const name = names.get(value) ?? `${sort}-${numberOf(sort, value)}`
    names.set(value, name)
    return name
  }
  return {numberOf, nameOf, knownAs: (value) => names.get(value) ?? value}
}
