import {notices} from './scripts/notices.mjs'

// The SDK's CommonJS build cannot be shaken, and both bundlers would take it by default.
export default {
  input: {index: 'src/index.ts'},
  platform: 'node',
  resolve: {mainFields: ['module', 'main']},
  plugins: [notices()],
  output: {dir: 'dist', format: 'esm', minify: true, cleanDir: true, keepNames: true},
}
