// A live examination against a local AWS that answers every call after 50 ms: node bench/live.mjs [runs]. Needs a build.
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import {at, bundled} from './bundled.mjs'

const DELAY = 50
const ROUNDS = 6
const runs = Math.max(5, Number(process.argv[2] ?? 9))
const tool = at('bin/run.js')

/** Answers late, as a distant AWS does. */
function withDelay(fake, delay) {
  const {reply} = fake
  fake.reply = async (request) => {
    const [answer] = await Promise.all([reply(request), new Promise((ready) => setTimeout(ready, delay))])
    return answer
  }
  return fake
}

/** Calls and dependent rounds, counted without a clock. */
async function count(account) {
  const fake = serve(account)
  const {aws, rounds, during} = await inRounds(fake)
  await during(collect(aws, [WEB]))
  return {calls: fake.calls.length, rounds: rounds.length}
}

const {NODE_EXTRA_CA_CERTS, AWS_PROFILE, ...rest} = process.env
const once = (argv, endpoint) =>
  new Promise((resolve, reject) => {
    const keys = {AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_ENDPOINT_URL: endpoint}
    const started = performance.now()
    const child = spawn(process.execPath, [tool, ...argv], {
      env: {...rest, ...keys},
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let complaint = ''
    child.stderr.on('data', (chunk) => {
      complaint += chunk
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 || code === 1 || code === 3 ? resolve(performance.now() - started) : reject(new Error(complaint)),
    )
  })

const folder = mkdtempSync(join(tmpdir(), 'ssm-doctor-bench-'))
const {serve, inRounds, collect, healthy, healthyBehindNat, WEB, REGION} = await bundled({
  'test/support/serve.ts': 'serve',
  'test/support/pretend.ts': 'inRounds',
  'test/support/healthy.ts': 'healthy, healthyBehindNat, REGION, WEB',
  'src/collect/collect.ts': 'collect',
})
const least = (times) => Math.min(...times)
let held = true

/** One examination of the account behind a pretend AWS that answers after so long. */
async function examined(account, delay) {
  const fake = withDelay(serve(account), delay)
  const took = await once([WEB, '--region', REGION, '--json'], await fake.listen())
  fake.close()
  return took
}

console.log(`Node ${process.version}, minima of ${runs} interleaved runs\n`)
console.log('| what | calls | rounds | account file ms | answers at once ms | after 50 ms | waiting | budget |')
console.log('|---|---|---|---|---|---|---|---|')
for (const [name, account] of [
  ['behind endpoints', healthy],
  ['behind a NAT gateway', healthyBehindNat],
]) {
  const file = join(folder, 'account.json')
  writeFileSync(file, JSON.stringify({Format: 'ssm-doctor/account/1', ...account}))
  const {calls, rounds} = await count(account)
  const [fromFile, atOnce, live] = [[], [], []]
  for (let run = 0; run < runs; run++) {
    fromFile.push(await once([WEB, '--account', file, '--json'], ''))
    atOnce.push(await examined(account, 0))
    live.push(await examined(account, DELAY))
  }
  const waiting = least(live) - least(atOnce)
  held &&= waiting <= ROUNDS * DELAY && calls <= 30 && rounds <= 5
  const times = [fromFile, atOnce, live].map((all) => least(all).toFixed(0))
  console.log(`| ${[name, calls, rounds, ...times, waiting.toFixed(0), ROUNDS * DELAY].join(' | ')} |`)
}
rmSync(folder, {recursive: true})
console.log(`\nBudget: 30 calls, 5 rounds, ${ROUNDS} × ${DELAY} ms of waiting. ${held ? 'Held.' : 'Not held.'}`)
process.exitCode = held ? 0 : 1
