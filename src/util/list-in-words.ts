/** A few actions by name, many as the first one and their number; the evidence has all of them. */
export const inShort = (actions: readonly string[]): string =>
  actions.length <= 4 ? actions.join(', ') : `${actions[0]} and ${actions.length - 1} more actions`

/** With a small first letter, as CloudTrail writes the names of the API. */
export const decapitalized = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const sentence = (clause: string): string => `${capital(clause)}.`

/** `a, b and 3 more` */
export const firstOf = (items: readonly string[], most: number, separator = ', '): string =>
  items.slice(0, most).join(separator) + (items.length > most ? ` and ${items.length - most} more` : '')

/** `a, b and c` */
export const inList = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
