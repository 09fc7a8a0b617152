#!/usr/bin/env node
'use strict'
const {existsSync} = require('node:fs')
const {join} = require('node:path')

const dist = join(__dirname, '..', 'dist')

async function start() {
  const {answerPlainly, builtIn, keepModules} = require(join(dist, 'start.cjs'))
  if (await answerPlainly(builtIn(dist, require))) return
  keepModules(require('node:module'))
  const {main} = await import('../dist/index.js')
  await main()
}

if (existsSync(join(dist, 'start.cjs'))) start()
else {
  process.stderr.write('ssm-doctor is not built yet. Type: npm run build\n')
  process.exitCode = 2
}
