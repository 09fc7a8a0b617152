import {type Cause, causesIn} from './check.ts'
import {checks} from './index.ts'

/** A cause, and the check that finds it. */
export interface CatalogEntry extends Cause {
  readonly id: string
  readonly check: string
}

/** Every cause that a check can find; several checks may find the same one. */
export const catalog: readonly CatalogEntry[] = causesIn(checks).map(({id, cause: {title, severity, docs}, check}) => ({
  id,
  title,
  severity,
  docs,
  check: check.id,
}))

export const catalogById: ReadonlyMap<string, CatalogEntry> = new Map(catalog.map((entry) => [entry.id, entry]))

/** The AWS page on a cause, whichever check finds it. */
export const docsOf = (cause: string): string => catalogById.get(cause)?.docs ?? ''
