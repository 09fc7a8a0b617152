// The functions of deploy/audit.yaml as one zip: deploy/lambda.zip.   npm run package:lambda
import {readFileSync, writeFileSync} from 'node:fs'
import {zipSync} from 'fflate'
import {rolldown} from 'rolldown'
import {noticesFor} from './notices.mjs'

const OUT = new URL('../deploy/lambda.zip', import.meta.url)

/** The same input gives the same bytes, so that a deployment without a change changes nothing. */
const LONG_AGO = new Date('1980-01-01T00:00:00Z')

const bundle = await rolldown({
  input: {index: 'src/lambda/index.ts'},
  platform: 'node',
  // The SDK's CommonJS build cannot be shaken, and bundlers would take it by default.
  resolve: {mainFields: ['module', 'main']},
  logLevel: 'warn',
})
const {output} = await bundle.generate({
  format: 'esm',
  minify: true,
  entryFileNames: '[name].mjs',
  chunkFileNames: '[name]-[hash].mjs',
})
await bundle.close()

const foreign = output
  .flatMap(({moduleIds = []}) => moduleIds)
  .map((file) => file.replace(/^\0/, '').split('?')[0])
  .filter((file) => file.includes('node_modules'))
const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const files = Object.fromEntries([
  ...output.map((chunk) => [chunk.fileName, Buffer.from(chunk.code ?? chunk.source)]),
  ['NOTICES.md', Buffer.from(noticesFor(foreign))],
  ['LICENSE', readFileSync(new URL('../LICENSE', import.meta.url))],
  ['VERSION', Buffer.from(`${version}\n`)],
])
const zip = zipSync(files, {level: 9, mtime: LONG_AGO})
writeFileSync(OUT, zip)
process.stdout.write(`deploy/lambda.zip: ${(zip.length / 1e6).toFixed(1)} MB, ${Object.keys(files).length} files\n`)
