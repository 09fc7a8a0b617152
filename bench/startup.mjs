// Start-up as ratios to bare Node in the same, interleaved run: node bench/startup.mjs [runs]. Needs a build.
import {spawn} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {performance} from 'node:perf_hooks'
import {fileURLToPath} from 'node:url'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const runs = Math.max(15, Number(process.argv[2] ?? 15))
const tool = at('bin/run.js')
const file = at(`examples/${readdirSync(at('examples')).find((name) => name.endsWith('.json'))}`)

// Node parses the certificates of this variable at start-up, which would make every ratio look better than it is.
const {NODE_EXTRA_CA_CERTS, ...env} = process.env

const ROWS = [
  {name: 'node -e 0', argv: ['-e', '0']},
  {name: '--help', argv: [tool, '--help'], most: 4.5},
  {name: 'explain', argv: [tool, 'explain'], most: 4.5},
  {name: 'an account file', argv: [tool, '--account', file, '--json'], most: 5.5},
]
const MOST_MEGABYTES = 70

/** One run, with the peak memory that the kernel counted; Linux keeps it readable until the process is reaped. */
const once = (argv) =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, argv, {env, stdio: 'ignore'})
    child.on('error', reject)
    child.on('exit', () => resolve(performance.now() - started))
  })

/** The peak memory of one run, told by the process itself. */
const memory = (argv) =>
  new Promise((resolve, reject) => {
    const told = "process.on('exit',()=>process.stderr.write('RSS'+process.resourceUsage().maxRSS))"
    const preload = `data:text/javascript,${encodeURIComponent(told)}`
    const child = spawn(process.execPath, ['--import', preload, ...argv], {env, stdio: ['ignore', 'ignore', 'pipe']})
    let text = ''
    child.stderr.on('data', (chunk) => {
      text += chunk
    })
    child.on('error', reject)
    child.on('exit', () => resolve(Number(/RSS(\d+)/.exec(text)?.[1]) / 1024))
  })

const times = ROWS.map(() => [])
for (let run = 0; run < runs; run++) for (const [n, {argv}] of ROWS.entries()) times[n].push(await once(argv))

const least = times.map((all) => Math.min(...all))
let held = true
console.log(`Node ${process.version}, minima of ${runs} interleaved runs\n`)
console.log('| what | ms | × node | budget | MB |\n|---|---|---|---|---|')
for (const [n, {name, argv, most}] of ROWS.entries()) {
  const ratio = least[n] / least[0]
  const megabytes = await memory(argv)
  held &&= (most === undefined || ratio <= most) && (n === 0 || megabytes <= MOST_MEGABYTES)
  console.log(`| ${name} | ${least[n].toFixed(0)} | ${ratio.toFixed(1)} | ${most ?? ''} | ${megabytes.toFixed(0)} |`)
}
console.log(`\nBudget: the ratios above and ${MOST_MEGABYTES} MB. ${held ? 'Held.' : 'Not held.'}`)
process.exitCode = held ? 0 : 1
