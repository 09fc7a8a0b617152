import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

/** The path of a file of this project. */
export const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** What these files export, by path, such as the pretend AWS of the tests: bundled, because Node 20 does not read TypeScript. */
export async function bundled(exports) {
  const {rolldown} = await import('rolldown')
  const folder = mkdtempSync(join(tmpdir(), 'ssm-doctor-bench-'))
  const input = join(folder, 'entry.ts')
  const lines = Object.entries(exports).map(([path, names]) => `export {${names}} from ${JSON.stringify(at(path))}`)
  writeFileSync(input, lines.join('\n'))
  const bundle = await rolldown({input, platform: 'node', logLevel: 'silent', external: /^@(aws-sdk|smithy)\//})
  // Beside the modules that it leaves outside.
  const file = at(`node_modules/.bench-${process.pid}.mjs`)
  await bundle.write({file, format: 'esm', codeSplitting: false})
  try {
    return await import(pathToFileURL(file).href)
  } finally {
    rmSync(file)
    rmSync(folder, {recursive: true})
  }
}
