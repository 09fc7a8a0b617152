#!/usr/bin/env node
// From Node 22.1 on: code that was compiled once starts faster.
process.getBuiltinModule('node:module').enableCompileCache?.()

const built = new URL('../dist/index.js', import.meta.url).href
try {
  const {main} = await import(built)
  await main(import.meta.url)
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== built) throw error
  process.stderr.write('ssm-doctor is not built yet. Type: npm run build\n')
  process.exitCode = 2
}
