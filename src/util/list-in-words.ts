/** A few actions by name, many as the first one and their number; the evidence has all of them. "or" after a negation. */
export const inShort = (actions: readonly string[], conjunction: 'and' | 'or'): string =>
  actions.length <= 4 ? inList(actions, conjunction) : `${actions[0]} ${conjunction} ${actions.length - 1} more actions`

/** With a small first letter, as CloudTrail writes the names of the API. */
export const decapitalized = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const sentence = (clause: string): string => `${capital(clause)}.`

/** `a, b and 3 more` */
export const firstOf = (items: readonly string[], most: number, separator = ', '): string =>
  items.slice(0, most).join(separator) + (items.length > most ? ` and ${items.length - most} more` : '')

/** `a, b and c` */
export const inList = (items: readonly string[], conjunction: 'and' | 'or' = 'and'): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`
