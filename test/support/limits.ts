/** A program that a test runs is killed after this, so that the test that waits for it fails with its name. */
export const A_MINUTE = {timeout: 60_000, killSignal: 'SIGKILL'} as const

/** Packing, bundling and installing with npm. */
export const PACKAGING = {timeout: 150_000, killSignal: 'SIGKILL'} as const
