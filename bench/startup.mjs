// Start-up as ratios to bare Node in the same, interleaved run: node bench/startup.mjs [runs]. Needs a build.
import {spawn} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import {fileURLToPath} from 'node:url'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const runs = Math.max(15, Number(process.argv[2] ?? 15))
const tool = at('bin/run.js')
const file = at(`examples/${readdirSync(at('examples')).find((name) => name.endsWith('.json'))}`)

// Node parses the certificates of this variable at start-up, which would make every ratio look better than it is.
const {NODE_EXTRA_CA_CERTS, ...env} = process.env

/** A home whose cache of compiled code the first two runs fill, and one where there can be none. */
const home = mkdtempSync(join(tmpdir(), 'ssm-doctor-bench-'))
const warm = {...env, HOME: home, XDG_CACHE_HOME: ''}
const cold = {...env, HOME: '/nonexistent', XDG_CACHE_HOME: ''}

const ROWS = [
  {name: 'node -e 0', argv: ['-e', '0']},
  {name: '--help', argv: [tool, '--help'], most: 1.5},
  {name: 'explain', argv: [tool, 'explain'], most: 1.5},
  {name: 'explain endpoint.sg-blocks', argv: [tool, 'explain', 'endpoint.sg-blocks'], most: 1.5},
  {name: 'an unknown command', argv: [tool, 'diagnoze'], most: 1.5},
  {name: 'an unknown flag', argv: [tool, '--acount'], most: 1.5},
  {name: 'a file that is not there', argv: [tool, '--account', 'nowhere.json'], most: 1.5},
  {name: 'an account file', argv: [tool, '--account', file, '--json'], most: 3, env: warm},
  {name: 'an account file, no code cache', argv: [tool, '--account', file, '--json'], most: 4, env: cold},
  {name: 'an audit of that file', argv: [tool, 'audit', '--account', file, '--json'], most: 3, env: warm},
  {name: 'through oclif: audit of that file', argv: [tool, 'audit', '--account', file, '--format', 'csv'], most: 6.5},
]
const MAX_MEGABYTES = 70

/** One run, with the peak memory that the kernel counted; Linux keeps it readable until the process is reaped. */
const once = ({argv, env: own = env}) =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, argv, {env: own, stdio: 'ignore'})
    child.on('error', reject)
    child.on('exit', () => resolve(performance.now() - started))
  })

/** The peak memory of one run, reported by the process itself. */
const memory = ({argv, env: own = env}) =>
  new Promise((resolve, reject) => {
    const report = "process.on('exit',()=>process.stderr.write('RSS'+process.resourceUsage().maxRSS))"
    const preload = `data:text/javascript,${encodeURIComponent(report)}`
    const child = spawn(process.execPath, ['--import', preload, ...argv], {
      env: own,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let text = ''
    child.stderr.on('data', (chunk) => {
      text += chunk
    })
    child.on('error', reject)
    child.on('exit', () => resolve(Number(/RSS(\d+)/.exec(text)?.[1]) / 1024))
  })

const times = ROWS.map(() => [])
for (let run = 0; run < runs; run++) for (const [n, row] of ROWS.entries()) times[n].push(await once(row))

const least = times.map((all) => Math.min(...all))
const middle = times.map((all) => all.toSorted((a, b) => a - b)[all.length >> 1])
let held = true
console.log(`Node ${process.version}, ${runs} interleaved runs\n`)
console.log('| what | ms, least | × node | × node, medians | budget | MB |\n|---|---|---|---|---|---|')
for (const [n, row] of ROWS.entries()) {
  const {name, most} = row
  const ratio = least[n] / least[0]
  const megabytes = await memory(row)
  held &&= (most === undefined || ratio <= most) && (n === 0 || megabytes <= MAX_MEGABYTES)
  console.log(
    `| ${name} | ${least[n].toFixed(0)} | ${ratio.toFixed(1)} | ${(middle[n] / middle[0]).toFixed(1)} | ${most ?? ''} | ${megabytes.toFixed(0)} |`,
  )
}
console.log(`\nBudget: the ratios above and ${MAX_MEGABYTES} MB. ${held ? 'Held.' : 'Not held.'}`)
process.exitCode = held ? 0 : 1
rmSync(home, {recursive: true, force: true})
