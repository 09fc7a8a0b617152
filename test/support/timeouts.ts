import {expect, vi} from 'vitest'

/** Tests that legitimately take longer than a minute: they run thousands of accounts, or another program. */
const LONG =
  /\/test\/(?:resilience|network|oracle|collect\/moto|render\/(?:terraform|cloudformation|hostile)|audit\/outcome-cache|remedies\/plans|iam\/evaluate\.property|supply-chain|executable\/(?:fleet|watch|weekly)|plan\/moto|render\/html)/

/** The nightly runs set their own timeout. */
const isNightly = ['FUZZ', 'MATRIX', 'PROPERTY_SEED', 'PROPERTY_FACTOR'].some((name) => process.env[name] !== undefined)

if (!isNightly && LONG.test(expect.getState().testPath ?? ''))
  vi.setConfig({testTimeout: 600_000, hookTimeout: 600_000})
