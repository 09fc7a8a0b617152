// The built tool with the Node.js that runs this, for hosts without one: ssm-doctor-VERSION-PLATFORM-ARCH.tar.gz.
// node scripts/standalone.mjs FOLDER   (after npm run build)
// Node's single executables hold one CommonJS file; the tool loads its parts when they are needed.
// https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
import {execFileSync} from 'node:child_process'
import {chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const {version, files} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const name = `ssm-doctor-${version}-${process.platform}-${process.arch}`
const staging = mkdtempSync(join(tmpdir(), 'standalone-'))
const folder = join(staging, name)

const LAUNCHER = `#!/bin/sh
# Follows links to itself, so that it can be linked from a folder of the PATH.
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
here=$(cd "$(dirname "$self")" && pwd)
exec "$here/node" "$here/lib/bin/run.js" "$@"
`

mkdirSync(join(folder, 'lib'), {recursive: true})
for (const part of ['package.json', 'LICENSE', ...files]) cpSync(join(root, part), join(folder, 'lib', part), {recursive: true})
copyFileSync(process.execPath, join(folder, 'node'))
writeFileSync(join(folder, 'ssm-doctor'), LAUNCHER)
for (const program of ['node', 'ssm-doctor']) chmodSync(join(folder, program), 0o755)
execFileSync('tar', ['-czf', join(resolve(process.argv[2] ?? '.'), `${name}.tar.gz`), '-C', staging, name])
rmSync(staging, {recursive: true})
process.stdout.write(`${name}.tar.gz\n`)
