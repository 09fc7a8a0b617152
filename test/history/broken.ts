import type {Row} from './broken-accounts.ts'
import {IDENTITY} from './broken-identity.ts'
import {ENDPOINTS_AND_NAMES} from './broken-names.ts'
import {NETWORK} from './broken-network.ts'

export const ROWS: readonly Row[] = [...NETWORK, ...IDENTITY, ...ENDPOINTS_AND_NAMES]
