import type {Audit} from '../audit/report.ts'
import type {Report} from '../diagnosis/report.ts'

/**
 * Input and output types. What is published under these names is generated from `schema/` by `scripts/types.mjs`;
 * a test compares the two.
 */
export type {Audit, Report}

/** The content of an account file: `schema/account.json`. */
export type Account = {readonly [key: string]: unknown}
