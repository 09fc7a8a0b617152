// One file that runs where there is no Node.js, for the system and with the Node.js that run this:
// (after npm run build)
// node scripts/executable.mjs FOLDER             FOLDER/ssm-doctor and the licenses that go with it
// node scripts/executable.mjs FOLDER --archive   the same as FOLDER/ssm-doctor-VERSION-PLATFORM-ARCH.tar.gz, and its SHA-256
// https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {inject} from 'postject'
import {rolldown} from 'rolldown'
import {noticesFor} from './notices.mjs'
import {unused} from './unused.mjs'

/** What Node looks for in its own file to find out whether something was put into it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const isMac = process.platform === 'darwin'
const program = process.platform === 'win32' ? 'ssm-doctor.exe' : 'ssm-doctor'

/** All of the tool as one CommonJS file: nothing else can be loaded in an executable, not even by import(). */
async function bundled(file) {
  const bundle = await rolldown({
    input: join(root, 'src/executable.ts'),
    platform: 'node',
    // The SDK's CommonJS build cannot be shaken, and bundlers would take it by default.
    resolve: {mainFields: ['module', 'main']},
    plugins: [unused()],
    logLevel: 'warn',
  })
  const {output} = await bundle.write({file, format: 'cjs', minify: true, codeSplitting: false, dynamicImportInCjs: false})
  await bundle.close()
  return output[0].moduleIds.map((id) => id.replace(/^\0/, '').split('?')[0]).filter((id) => id.includes('node_modules'))
}

/** What the package reads from disk: an executable has no folder beside it. */
function assetsIn(work) {
  const examples = join(work, 'examples.json')
  writeExamples(examples)
  const built = ['commands.json', 'checks.json', 'explain.txt', ...readdirSync(join(dist, 'help')).map((name) => `help/${name}`)]
  return {
    'examples.json': examples,
    'package.json': join(root, 'package.json'),
    ...Object.fromEntries(built.map((name) => [name, join(dist, name)])),
  }
}

function writeExamples(file) {
  const folder = join(root, 'examples')
  const all = readdirSync(folder).map((name) => [basename(name, '.json'), JSON.parse(readFileSync(join(folder, name), 'utf8'))])
  writeFileSync(file, JSON.stringify(Object.fromEntries(all)))
}

/** The license of Node.js, where its archives and installers have it. */
const licenseOfNode = () =>
  ['../LICENSE', 'LICENSE', '../share/doc/nodejs/copyright', '../share/doc/node/LICENSE']
    .map((path) => join(dirname(process.execPath), path))
    .find((path) => existsSync(path))

async function build(work, folder) {
  const at = (name) => join(work, name)
  const foreign = await bundled(at('main.cjs'))
  const config = {
    main: at('main.cjs'),
    output: at('blob'),
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: assetsIn(work),
  }
  writeFileSync(at('config.json'), JSON.stringify(config))
  execFileSync(process.execPath, ['--experimental-sea-config', at('config.json')], {stdio: 'pipe'})

  const file = join(folder, program)
  copyFileSync(process.execPath, file)
  chmodSync(file, 0o755)
  if (isMac) execFileSync('codesign', ['--remove-signature', file])
  await inject(file, 'NODE_SEA_BLOB', readFileSync(at('blob')), {
    sentinelFuse: FUSE,
    ...(isMac && {machoSegmentName: 'NODE_SEA'}),
  })
  // macOS on ARM runs nothing without a signature; this one is made up on the spot.
  if (isMac) execFileSync('codesign', ['--sign', '-', file])

  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  const license = licenseOfNode()
  if (license === undefined) throw new Error('The license of Node.js must go with the executable and was not found.')
  writeFileSync(join(folder, 'NOTICES.md'), `${noticesFor(foreign)}\n---\n\n## Node.js ${process.version}\n\n${readFileSync(license, 'utf8')}`)
}

const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** FOLDER/NAME.tar.gz and its SHA-256. */
function archive(folder, out) {
  const name = `ssm-doctor-${version}-${process.platform}-${process.arch}`
  const file = `${name}.tar.gz`
  renameSync(folder, join(dirname(folder), name))
  execFileSync('tar', ['-czf', file, name], {cwd: dirname(folder)})
  const bytes = readFileSync(join(dirname(folder), file))
  writeFileSync(join(out, file), bytes)
  writeFileSync(join(out, `${file}.sha256`), `${createHash('sha256').update(bytes).digest('hex')}  ${file}\n`)
}

const [out = '.', how] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'executable-'))
try {
  const folder = how === '--archive' ? join(work, 'archive') : resolve(out)
  for (const one of [folder, resolve(out)]) mkdirSync(one, {recursive: true})
  await build(work, folder)
  if (how === '--archive') archive(folder, resolve(out))
} finally {
  rmSync(work, {recursive: true})
}
