/** The entry of a table for a key that anyone may have written: never an inherited one such as `constructor`. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
