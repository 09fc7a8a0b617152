import {defineConfig} from 'vitest/config'
import {SlowFirst} from './test/support/slow-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts', 'test/support/timeouts.ts'],
    // By default vitest leaves one core idle.
    maxWorkers: '100%',
    sequence: {sequencer: SlowFirst},
    // A hanging test fails within a minute; the few that take longer set a timeout of their own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    disableConsoleIntercept: true,
    env: {AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NO_COLOR: '1'},
    coverage: {provider: 'v8', include: ['src/**']},
  },
})
