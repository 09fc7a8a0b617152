// Runs each list of arguments in a file twice in this process: as a start does that needs no framework, and through oclif.
// Prints what both wrote, and their exit codes.
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
const require = createRequire(import.meta.url)
const {answerPlainly, builtIn} = require(join(DIST, 'start.cjs'))
const {main} = await import(join(DIST, 'index.js'))
const [node, script, file, columns] = process.argv

/** A terminal of so many columns, for what is not read from the system itself. */
if (columns)
  Object.assign(process.stdout, {isTTY: true, columns: Number(columns), hasColors: () => !process.env.NO_COLOR})

async function ran(argv, act) {
  const {stdout, stderr} = process
  const own = [stdout.write, stderr.write]
  const written = ['', '']
  for (const [at, stream] of [stdout, stderr].entries())
    stream.write = (text) => {
      written[at] += text
      return true
    }
  process.argv = [node, script, ...argv]
  process.exitCode = undefined
  try {
    const answered = await act()
    return {answered, stdout: written[0], stderr: written[1], code: process.exitCode ?? 0}
  } finally {
    stdout.write = own[0]
    stderr.write = own[1]
    process.exitCode = undefined
    for (const event of ['SIGINT', 'SIGTERM', 'uncaughtException']) process.removeAllListeners(event)
  }
}

const all = []
for (const argv of JSON.parse(readFileSync(file, 'utf8'))) {
  const {answered, ...plainly} = await ran(argv, () => answerPlainly(builtIn(DIST, require)))
  if (!answered) {
    all.push({argv})
    continue
  }
  const {answered: _, ...throughOclif} = await ran(argv, main)
  all.push({argv, plainly, throughOclif})
}
process.stdout.write(JSON.stringify(all))
