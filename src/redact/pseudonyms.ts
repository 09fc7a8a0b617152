/** Replacements of names: the same one for the same name everywhere, whatever it names. */
export interface Pseudonyms {
  /** The number of a value among those of its kind, in order of appearance. */
  readonly numberOf: (category: string, value: string) => number
  readonly nameOf: (sort: string, value: string) => string
  /** The pseudonym of a name that was found before, or the text itself. */
  readonly knownAs: (value: string) => string
  /** The pseudonyms of the names found before that fit. */
  readonly pseudonymsOf: (fits: (name: string) => boolean) => readonly string[]
}

/** Names that AWS assigns, and that have a meaning in AWS. Those of permission sets are the customer's. */
const OF_AWS = /^(?:AWS(?!ReservedSSO_)[A-Z-]|Amazon[A-Z-]|aws:|com\.amazonaws\.|default$|$)/

export const isOfAws = (name: string): boolean => OF_AWS.test(name)

export function pseudonyms(): Pseudonyms {
  const categories = new Map<string, Map<string, number>>()
  const names = new Map<string, string>()
  const numberOf = (category: string, value: string): number => {
    const numbers = categories.get(category) ?? new Map<string, number>()
    categories.set(category, numbers)
    const number = numbers.get(value) ?? numbers.size + 1
    numbers.set(value, number)
    return number
  }
  const nameOf = (category: string, value: string): string => {
    if (isOfAws(value)) return value
    const name = names.get(value) ?? `${category}-${numberOf(category, value)}`
    names.set(value, name)
    return name
  }
  return {
    numberOf,
    nameOf,
    knownAs: (value) => names.get(value) ?? value,
    pseudonymsOf: (fits) => [...names].flatMap(([name, pseudonym]) => (fits(name) ? [pseudonym] : [])),
  }
}
