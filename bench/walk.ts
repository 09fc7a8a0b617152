/**
 * What one walk of an ordinary instance costs: `npx rolldown bench/walk.ts --platform node --file dist/bench-walk.mjs`
 * and `node --expose-gc --max-semi-space-size=64 --min-semi-space-size=64 dist/bench-walk.mjs`. The room for young
 * objects is large, so that no collection falls into a count of bytes.
 */
import type {Account, Instance} from '../src/model/account.ts'
import {walk} from '../src/network/walk.ts'
import {behindEndpoints, behindNat, behindTransitGateway} from '../test/support/network.ts'

const BATCHES = 200
const ROUNDS = 20

/** The quickest batch counts, because a busy machine only ever adds time; it is short, to find a quiet moment. */
function measure(name: string, account: Account): string {
  const [instance] = account.Instances as readonly Instance[]
  const run = () => walk(account, {...instance!})
  const batches = Array.from({length: BATCHES}, () => {
    globalThis.gc?.()
    const heap = process.memoryUsage().heapUsed
    const start = process.hrtime.bigint()
    for (let i = 0; i < ROUNDS; i++) run()
    const micros = Number(process.hrtime.bigint() - start) / 1000 / ROUNDS
    return {micros, bytes: (process.memoryUsage().heapUsed - heap) / ROUNDS}
  })
  const micros = Math.min(...batches.map((batch) => batch.micros))
  const bytes = Math.max(...batches.slice(BATCHES / 2).map((batch) => batch.bytes))
  return `${name.padEnd(40)} ${micros.toFixed(0).padStart(6)} µs ${(bytes / 1024).toFixed(0).padStart(6)} kB`
}

const ordinary = {
  'behind endpoints': behindEndpoints,
  'behind a NAT gateway': behindNat,
  'behind a transit gateway': behindTransitGateway,
}
for (const [name, account] of Object.entries(ordinary)) process.stdout.write(`${measure(name, account)}\n`)
