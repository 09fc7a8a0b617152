import type {Audit} from '../audit/report.ts'
import type {Report} from '../diagnosis/report.ts'

/**
 * The data that goes in and comes out. What is published under these names is made from `schema/` by `scripts/types.mjs`;
 * a test holds the two against each other.
 */
export type {Audit, Report}

/** What an account file holds: `schema/account.json`. */
export type Account = {readonly [key: string]: unknown}
