// A fleet from account files, against JSON.parse of the same bytes: node bench/fleet.mjs [instances…]. Of `vpc:20000`,
// all instances are in one VPC.
import {spawn} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const self = fileURLToPath(import.meta.url)
const [, , task, ...rest] = process.argv

const ONE_VPC = 'vpc:'

/** Files of one account and Region each stay far below the longest text that V8 can hold. */
async function write(bundle, folder, instances) {
  const {fleetAccounts, oneVpcAccount} = await import(bundle)
  const accounts = instances.startsWith(ONE_VPC)
    ? [oneVpcAccount(Number(instances.slice(ONE_VPC.length)))]
    : fleetAccounts(Number(instances))
  for (const [n, account] of accounts.entries()) writeFileSync(join(folder, `${n}.json`), JSON.stringify(account))
}

/** CPU time: whatever else runs on the machine only stretches the time of day. */
function now() {
  const {user, system} = process.cpuUsage()
  return (user + system) / 1000
}

const megabytes = (bytes) => bytes / 1024 / 1024
const heap = () => process.memoryUsage().heapUsed
function settledHeap() {
  globalThis.gc()
  return heap()
}

async function measure(bundle, folder) {
  const {auditAccount, auditOf, parseAccounts, viewFor} = await import(bundle)
  const names = readdirSync(folder).sort()
  let bytes = 0
  let parsing = 0
  const files = names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    bytes += Buffer.byteLength(text)
    const from = now()
    const json = JSON.parse(text)
    parsing += now() - from
    return {name, json}
  })
  const parsed = settledHeap()
  let peak = parsed
  let count = 0
  const chosen = () => {
    if (count++ % 500 === 0) peak = Math.max(peak, heap())
    return true
  }
  const from = now()
  const {accounts} = parseAccounts(files)
  peak = Math.max(peak, heap())
  const read = now()
  const options = {ownerTag: 'Owner', chosen}
  const parts = accounts.map((account) => auditAccount(viewFor(accounts, account), account.Instances, options))
  const audit = auditOf(parts, accounts[0].ReadAt)
  const done = now()
  peak = Math.max(peak, heap())
  const {instances, verdicts} = audit.totals
  process.stdout.write(
    JSON.stringify({
      instances,
      managed: verdicts.managed,
      groups: audit.groups.length,
      fixed: audit.groups.reduce((sum, {change}) => sum + (change?.fixes ?? 0), 0),
      bytes,
      parsing,
      validation: read - from,
      examination: done - read,
      parsed,
      peak,
    }),
  )
}

function run(argv, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'inherit'], ...options})
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(`${argv.join(' ')} ended with ${code}`))))
  })
}

async function main(sizes) {
  const {rolldown} = await import('rolldown')
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  try {
    const input = fileURLToPath(new URL('fleet-entry.ts', import.meta.url))
    const build = await rolldown({input, platform: 'node', resolve: {mainFields: ['module', 'main']}})
    await build.write({file: join(folder, 'bundle.mjs'), format: 'esm'})
    await build.close()
    const bundle = pathToFileURL(join(folder, 'bundle.mjs')).href
    console.log(
      '| instances | MB | JSON.parse ms | validation ms | examination ms | ratio | heap parsed MB | peak ×, held to 3 |',
    )
    console.log('|---|---|---|---|---|---|---|---|')
    let held
    for (const instances of sizes.length > 0 ? sizes : ['1000', '10000', 'vpc:20000', '100000']) {
      const files = mkdtempSync(join(folder, 'files-'))
      await run(['--max-old-space-size=12000', self, 'write', bundle, files, instances])
      const within = async (size) =>
        JSON.parse(
          await run(['--expose-gc', `--max-old-space-size=${Math.ceil(size)}`, self, 'measure', bundle, files]),
        )
      const result = await within(12_000)
      // With room for twelve gigabytes V8 lets garbage lie; held to the budget, it shows what is needed.
      const narrow = await within(Math.max(100, 3 * megabytes(result.parsed)))
      rmSync(files, {recursive: true})
      const ratio = (result.validation + result.examination) / result.parsing
      const times = narrow.peak / narrow.parsed
      if (result.instances >= 100_000) held = (held ?? true) && ratio <= 1 && times <= 3
      const row = [result.instances, megabytes(result.bytes), result.parsing, result.validation, result.examination]
      console.log(
        `| ${[...row.map((n) => n.toFixed(0)), ratio.toFixed(2), megabytes(result.parsed).toFixed(0), times.toFixed(2)].join(' | ')} |`,
      )
      console.log(`  ${result.managed} managed, ${result.groups} groups, ${result.fixed} fixed by a change`)
    }
    console.log(
      `\nBudget at 100,000: ratio 1, peak 3. ${held === undefined ? 'Not asked.' : held ? 'Held.' : 'Not held.'}`,
    )
    process.exitCode = held === false ? 1 : 0
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

if (task === 'write') await write(...rest)
else if (task === 'measure') await measure(...rest)
else await main([task, ...rest].filter(Boolean))
