import {notices} from './scripts/notices.mjs'
import {unused} from './scripts/unused.mjs'

// The SDK's CommonJS build cannot be shaken, and bundlers would take it by default.
export default {
  input: {index: 'src/index.ts'},
  platform: 'node',
  resolve: {mainFields: ['module', 'main']},
  plugins: [unused(), notices()],
  output: {dir: 'dist', format: 'esm', minify: true, cleanDir: true, keepNames: true},
}
