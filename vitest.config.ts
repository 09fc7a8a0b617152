import {defineConfig} from 'vitest/config'
import {LIMITS} from './test/support/programs.ts'
import {SlowFirst} from './test/support/slow-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    // By default vitest leaves one core idle.
    maxWorkers: '100%',
    sequence: {sequencer: SlowFirst},
    testTimeout: LIMITS.usual,
    hookTimeout: LIMITS.usual,
    disableConsoleIntercept: true,
    env: {AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NO_COLOR: '1'},
    coverage: {provider: 'v8', include: ['src/**']},
  },
})
