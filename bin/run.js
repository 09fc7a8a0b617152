#!/usr/bin/env node
import {existsSync} from 'node:fs'
import module from 'node:module'

const built = new URL('../dist/index.js', import.meta.url)
if (existsSync(built)) {
  // From Node 22.1 on: code that was compiled once starts faster.
  module.enableCompileCache?.()
  const {main} = await import(built.href)
  await main(import.meta.url)
} else {
  console.error('ssm-doctor is not built yet. Type: npm run build')
  process.exitCode = 2
}
