import {expect, vi} from 'vitest'

/** Tests that legitimately take longer than a minute: they run another program, or thousands of accounts. */
const LONG = [
  {
    files: /\/test\/(?:collect\/moto|render\/terraform|executable\/(?:fleet|weekly)|plan\/moto|remedies\/every-call)/,
    timeout: 180_000,
  },
  {files: /\/test\/resilience\//, timeout: 120_000},
] as const

/** The nightly runs set their own timeout. */
const isNightly = ['FUZZ', 'MATRIX', 'PROPERTY_SEED', 'PROPERTY_FACTOR'].some((name) => process.env[name] !== undefined)

const timeout = LONG.find(({files}) => files.test(expect.getState().testPath ?? ''))?.timeout
if (!isNightly && timeout !== undefined) vi.setConfig({testTimeout: timeout, hookTimeout: timeout})
