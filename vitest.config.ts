import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Left to itself, vitest keeps one core of two for nobody.
    maxWorkers: '100%',
    // Long enough for the slowest machine: what hangs must fail, what is slow must not.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    disableConsoleIntercept: true,
    env: {AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NO_COLOR: '1'},
    coverage: {provider: 'v8', include: ['src/**']},
  },
})
