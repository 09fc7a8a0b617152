import type {ResourceChange} from './values.ts'

/** Texts that the plan marks as sensitive. */
export const secretsIn = (changes: readonly ResourceChange[]): readonly string[] => [
  ...new Set(
    changes.flatMap(({change: {before, after, before_sensitive, after_sensitive}}) => [
      ...sensitive(before, before_sensitive),
      ...sensitive(after, after_sensitive),
    ]),
  ),
]

function sensitive(value: unknown, mark: unknown): readonly string[] {
  if (mark === true && typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || mark === undefined || mark === false) return []
  return Object.entries(value).flatMap(([key, one]) =>
    sensitive(one, mark === true ? true : Reflect.get(Object(mark), key)),
  )
}
