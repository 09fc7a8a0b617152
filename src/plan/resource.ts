/** A value that is known only once the plan has been applied. Nothing is guessed in its place. */
export const UNKNOWN: unique symbol = Symbol('known after apply')

const ONE_OF: unique symbol = Symbol('one of')

/** An id that is known only after apply, but is that of one of these resources. */
export const oneOf = (ids: readonly string[]): unknown => ({[ONE_OF]: ids})

/** The ids that the value may be, where that is all that is not known. */
export const candidatesOf = (value: unknown): readonly string[] | undefined =>
  typeof value === 'object' && value !== null && ONE_OF in value ? (value[ONE_OF] as readonly string[]) : undefined

/** Property names and values as CloudFormation has them, whatever language the plan is written in. */
export type Properties = Readonly<Record<string, unknown>>

export interface PlannedResource {
  /** Where the plan's source names it: `module.net.aws_subnet.a["x"]`, or the logical id of a template. */
  readonly address: string
  /** CloudFormation's name of the kind, such as `AWS::EC2::Subnet`. */
  readonly type: string
  /** The id that AWS gave, or one made of the address for what does not exist yet. */
  readonly id: string
  readonly action: 'create' | 'update' | 'delete' | 'none'
  /** What the change is of, in the words of the plan's own language. */
  readonly attributes: readonly string[]
  /** Absent where it does not exist yet, or where only its id is known. */
  readonly before?: Properties
  readonly after?: Properties
  /** True where it is known only after apply whether it is there at all. */
  readonly isConditional?: true
  /** When it is removed or replaced, the earlier one stays in the account. */
  readonly keeps?: readonly ('removed' | 'replaced')[]
}

/** A resource of a kind that is not modeled. */
export interface IgnoredResource {
  readonly address: string
  readonly type: string
  /** What is known of it, to find what it is a part of. */
  readonly properties: Properties
}

export interface ResourcePlan {
  readonly resources: readonly PlannedResource[]
  /** Addresses of what changes in another account or Region. */
  readonly elsewhere?: readonly string[]
  readonly ignored: readonly IgnoredResource[]
  /** Values that the plan's source marks as sensitive: they are evaluated and never printed. */
  readonly secrets?: readonly string[]
}

/** An id that nothing else has and that says where the source names it. AWS gives none such, so no command carries it. */
export const plannedId = (prefix: string, address: string): string => `${prefix}-${address}`

export const isKnown = <T>(value: T | typeof UNKNOWN): value is T =>
  value !== UNKNOWN && candidatesOf(value) === undefined

/** The words of an unreadable part of the model. */
export const AFTER_APPLY = 'known only after the plan is applied'

/** True where the value, or anything inside it, is known only after apply. */
export const hasUnknown = (value: unknown): boolean =>
  !isKnown(value) || (typeof value === 'object' && value !== null && Object.values(value).some(hasUnknown))

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** What is no number, and what is known only after apply, is not a number. */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN

/** The texts of a list. */
export const textsOf = (value: unknown): readonly string[] => listOf(value).flatMap((one) => textOf(one) ?? [])

/** YAML of CloudFormation writes `yes` and `on` too. */
export const isTrue = (value: unknown): boolean =>
  value === true || (typeof value === 'string' && /^(?:true|yes|on)$/i.test(value))

export const objectOf = (value: unknown): Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Properties) : {}

/** The entry of a table that a plan's own text chooses: `constructor` is in none. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
