export type JsonObject = {readonly [field: string]: unknown}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of JSON text; undefined if it is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Defined<T> = {
  readonly [F in keyof T as undefined extends T[F] ? never : F]: T[F]
} & {
  readonly [F in keyof T as undefined extends T[F] ? F : never]?: Exclude<T[F], undefined>
}

/** The object without the fields that have no value. */
export const defined = <const T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>

/** The string in a field of an object; undefined for anything else. */
export function stringIn(value: unknown, field: string): string | undefined {
  const found = isObject(value) ? value[field] : undefined
  return typeof found === 'string' ? found : undefined
}
