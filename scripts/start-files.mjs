import {mkdirSync, writeFileSync} from 'node:fs'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {Config, Help} from '@oclif/core'
import {rolldown} from 'rolldown'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = `${ROOT}dist/`

/** A pipe is as wide as this for oclif. */
const COLUMNS = 80

/** Bundles of CommonJS, each in one file: without the loader of modules a start is four milliseconds shorter. */
async function writeBundle(name, input) {
  const bundle = await rolldown({input: {[name]: `${ROOT}src/cli/start/${input}`}, platform: 'node', logLevel: 'warn', plugins: [ascii]})
  await bundle.write({dir: DIST, format: 'cjs', minify: true, codeSplitting: false, entryFileNames: '[name].cjs'})
  await bundle.close()
}

/** V8 keeps one byte a character of a program that is ASCII alone, and two of one with a single dash. */
const ascii = {
  name: 'ascii',
  generateBundle(_, files) {
    for (const file of Object.values(files))
      file.code = file.code.replaceAll(/[^\0-\u007f]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
  },
}

/** The help of each command as oclif writes it into a pipe. */
async function writeHelp(config, ids) {
  mkdirSync(`${DIST}help`, {recursive: true})
  for (const id of ['', ...ids]) {
    const lines = []
    class Written extends Help {
      log(...texts) {
        lines.push(...texts)
      }
    }
    await new Written(config, {maxWidth: COLUMNS, stripAnsi: true}).showHelp(id === '' ? [] : [id])
    writeFileSync(`${DIST}help/${id || config.bin}.txt`, lines.join('\n').replace(config.userAgent, '%userAgent%'))
  }
}

const EXPLAIN = `
  export {checks} from '${ROOT}src/checks/index.ts'
  export {explain} from '${ROOT}src/render/text/explain.ts'
  export {PIPE} from '${ROOT}src/render/text/terminal.ts'`

/** What the checks and causes are, for `explain`, and the list of them for a pipe. */
async function writeChecks() {
  const bundle = await rolldown({
    input: 'explain',
    platform: 'node',
    logLevel: 'warn',
    plugins: [{name: 'explain', resolveId: (id) => (id === 'explain' ? id : null), load: (id) => (id === 'explain' ? EXPLAIN : null)}],
  })
  const {output} = await bundle.generate({format: 'esm', codeSplitting: false})
  await bundle.close()
  const {checks, explain, PIPE} = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)
  const described = checks.map(({id, title, why, causes, requiredKinds, optionalKinds, decidedBy}) => ({
    ...{id, title, why, causes, requiredKinds, optionalKinds, decidedBy},
  }))
  writeFileSync(`${DIST}checks.json`, JSON.stringify(described))
  writeFileSync(`${DIST}explain.txt`, explain(undefined, checks, PIPE))
}

/** What a start in a plain form reads: the rest of the program is left alone. Needs the built commands. */
export async function writeStartFiles() {
  const config = await Config.load(ROOT)
  const {COMMANDS} = await import(pathToFileURL(`${DIST}index.js`).href)
  const flags = Object.fromEntries(
    config.commandIDs.map((id) => [id, Object.keys(COMMANDS[id].flags ?? {}).map((flag) => `--${flag}`)]),
  )
  writeFileSync(`${DIST}commands.json`, JSON.stringify({program: `${config.name}/${config.version}`, flags}))
  await writeHelp(config, config.commandIDs)
  await writeChecks()
  await writeBundle('start', 'index.ts')
  await writeBundle('files', 'files.ts')
}
