// An audit of account files against what only parses them, in one process and as whole processes, in turn:
// node bench/fleet.mjs [runs] [instances…]. Needs a build. Of `vpc:20000`, all instances are in one VPC.
import {spawn} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import {fileURLToPath, pathToFileURL} from 'node:url'

const self = fileURLToPath(import.meta.url)
const tool = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const [, , task = '', ...rest] = process.argv

const ONE_VPC = 'vpc:'
const SIZES = ['20000', 'vpc:20000', '100000']
/** The most that an audit may take, × `JSON.parse`; a whole process, × one that only parses; and its memory. */
const MOST = {100000: {inProcess: 1, memory: 3}, 'vpc:20000': {inProcess: 1.5, whole: 2.2}}

/** Files of one account and Region each stay far below the longest text that V8 can hold. */
async function write(bundle, folder, instances) {
  const {fleetAccounts, oneVpcAccount} = await import(bundle)
  const accounts = instances.startsWith(ONE_VPC)
    ? [oneVpcAccount(Number(instances.slice(ONE_VPC.length)))]
    : fleetAccounts(Number(instances))
  for (const [n, account] of accounts.entries()) writeFileSync(join(folder, `${n}.json`), JSON.stringify(account))
}

const filesIn = (folder) => readdirSync(folder).sort()
const textOf = (folder, name) => readFileSync(join(folder, name), 'utf8')

/** As little as a process can do with the files: one text is held at a time. */
function parse(folder) {
  for (const name of filesIn(folder)) JSON.parse(textOf(folder, name))
}

/** Milliseconds of time, and of all processors: garbage is collected and code compiled beside the main thread. */
function clock() {
  const [time, {user, system}] = [performance.now(), process.cpuUsage()]
  return () => {
    const usage = process.cpuUsage()
    return {time: performance.now() - time, cpu: (usage.user + usage.system - user - system) / 1000}
  }
}

const heap = () => process.memoryUsage().heapUsed / 1024 / 1024

async function measure(bundle, folder) {
  const {auditAccount, auditOf, parseAccounts, viewFor} = await import(bundle)
  const parsing = {time: 0, cpu: 0}
  const files = filesIn(folder).map((name) => {
    const text = textOf(folder, name)
    const since = clock()
    const json = JSON.parse(text)
    const {time, cpu} = since()
    parsing.time += time
    parsing.cpu += cpu
    return {name, json}
  })
  globalThis.gc()
  const parsed = heap()
  let peak = parsed
  let count = 0
  const chosen = () => {
    if (count++ % 500 === 0) peak = Math.max(peak, heap())
    return true
  }
  const since = clock()
  const {accounts} = parseAccounts(files)
  const validation = since()
  const options = {ownerTag: 'Owner', chosen}
  const parts = accounts.map((account) => auditAccount(viewFor(accounts, account), account.Instances, options))
  const {groups} = auditOf(parts, accounts[0].ReadAt)
  const auditing = since()
  peak = Math.max(peak, heap())
  process.stdout.write(JSON.stringify({parsing, validation, auditing, parsed, peak, groups: groups.length}))
}

/** The output of a process that ends as an audit may, with 0 or 1, and how long it took. */
function run(argv, {silent = false} = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, argv, {
      stdio: ['ignore', silent ? 'ignore' : 'pipe', silent ? 'ignore' : 'inherit'],
    })
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 || code === 1
        ? resolve({text, time: performance.now() - started})
        : reject(new Error(`${argv.join(' ')} ended with ${code}`)),
    )
  })
}

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const times = (numbers) => `${Math.min(...numbers).toFixed(2)}, ${middle(numbers).toFixed(2)}`

async function compare(bundle, folder, runs) {
  const within = async (megabytes) =>
    JSON.parse(
      (await run(['--expose-gc', `--max-old-space-size=${Math.ceil(megabytes)}`, self, 'measure', bundle, folder]))
        .text,
    )
  const [time, cpu, whole, milliseconds] = [[], [], [], []]
  let parsed = 0
  for (let n = 0; n < runs; n++) {
    const {parsing, auditing, ...result} = await within(12_000)
    parsed = result.parsed
    time.push(auditing.time / parsing.time)
    cpu.push(auditing.cpu / parsing.cpu)
    milliseconds.push([parsing.time, result.validation.time, auditing.time - result.validation.time])
    const only = await run([self, 'parse', folder], {silent: true})
    const audit = await run([tool, 'audit', '--account', folder], {silent: true})
    whole.push(audit.time / only.time)
  }
  // With room for twelve gigabytes V8 lets garbage lie; held to three times what is parsed, it shows what is needed.
  const {peak} = await within(Math.max(100, 3 * parsed))
  return {time, cpu, whole, memory: peak / parsed, milliseconds}
}

async function main(runs, sizes) {
  const {rolldown} = await import('rolldown')
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  try {
    const input = fileURLToPath(new URL('fleet-entry.ts', import.meta.url))
    const build = await rolldown({input, platform: 'node', resolve: {mainFields: ['module', 'main']}})
    await build.write({file: join(folder, 'bundle.mjs'), format: 'esm'})
    await build.close()
    const bundle = pathToFileURL(join(folder, 'bundle.mjs')).href
    console.log(`Node ${process.version}, ${runs} runs in turn; least and median of each ratio\n`)
    console.log(
      '| instances | parse, validate, audit ms | time × parsing | CPU time × parsing | whole process × | heap × |',
    )
    console.log('|---|---|---|---|---|---|')
    let held = true
    for (const instances of sizes) {
      const files = mkdtempSync(join(folder, 'files-'))
      await run(['--max-old-space-size=12000', self, 'write', bundle, files, instances])
      const {time, cpu, whole, memory, milliseconds} = await compare(bundle, files, runs)
      rmSync(files, {recursive: true})
      const parts = [0, 1, 2].map((part) => Math.min(...milliseconds.map((one) => one[part])).toFixed(0))
      console.log(
        `| ${instances} | ${parts.join(', ')} | ${times(time)} | ${times(cpu)} | ${times(whole)} | ${memory.toFixed(1)} |`,
      )
      const most = {inProcess: Infinity, whole: Infinity, memory: Infinity, ...MOST[instances]}
      held &&= Math.min(...time) <= most.inProcess && Math.min(...whole) <= most.whole && memory <= most.memory
    }
    console.log(`\nBudget: ${JSON.stringify(MOST)}. ${held ? 'Held.' : 'Not held.'}`)
    process.exitCode = held ? 0 : 1
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

if (task === 'write') await write(...rest)
else if (task === 'parse') parse(...rest)
else if (task === 'measure') await measure(...rest)
else await main(Number(task || 5), rest.length > 0 ? rest : SIZES)
