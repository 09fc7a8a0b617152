/**
 * What one walk of an ordinary instance costs: `npx rolldown bench/walk.ts --platform node --file dist/bench-walk.mjs`
 * and `node --expose-gc dist/bench-walk.mjs`.
 */
import type {Account, Instance} from '../src/account/account.ts'
import {walk} from '../src/network/walk.ts'
import {behindEndpoints, behindNat, behindTransitGateway} from '../test/support/network.ts'

const ROUNDS = 2000

function measure(name: string, account: Account): string {
  const [instance] = account.Instances as readonly Instance[]
  const run = () => walk(account, {...instance!})
  for (let i = 0; i < ROUNDS; i++) run()
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  const start = process.hrtime.bigint()
  for (let i = 0; i < 100; i++) run()
  const bytes = (process.memoryUsage().heapUsed - heap) / 100
  for (let i = 100; i < ROUNDS; i++) run()
  const micros = Number(process.hrtime.bigint() - start) / 1000 / ROUNDS
  return `${name.padEnd(40)} ${micros.toFixed(0).padStart(6)} µs ${(bytes / 1024).toFixed(0).padStart(6)} kB`
}

const ordinary = {
  'behind endpoints': behindEndpoints,
  'behind a NAT gateway': behindNat,
  'behind a transit gateway': behindTransitGateway,
}
for (const [name, account] of Object.entries(ordinary)) process.stdout.write(`${measure(name, account)}\n`)
