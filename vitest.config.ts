import {defineConfig} from 'vitest/config'
import {LIMITS} from './test/support/programs.ts'
import {SlowFirst} from './test/support/slow-first.ts'

/** Pure functions over data: their test files share what they load, which takes half of their time otherwise. */
const PURE = ['test/{agent,checks,flow-logs,iam,model,network,remedies,util}/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      {extends: true, test: {name: 'pure', include: PURE, isolate: false}},
      {extends: true, test: {name: 'other', include: ['test/**/*.test.ts'], exclude: PURE}},
    ],
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
