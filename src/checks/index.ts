import type {Check} from './check.ts'

/** Every check, in the order a person would rule causes out. */
export const checks: readonly Check[] = []
