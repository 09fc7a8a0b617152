// The property tests of the network with fifty times the cases: half a million random networks and more.
// node scripts/nightly.mjs [factor] [seed]
import {spawnSync} from 'node:child_process'

const [factor = '50', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2)
process.stdout.write(`factor ${factor}, seed ${seed}\n`)

const {status} = spawnSync('npx', ['vitest', 'run', 'test/network', '--testTimeout', '36000000'], {
  stdio: 'inherit',
  env: {...process.env, PROPERTY_FACTOR: factor, PROPERTY_SEED: seed},
})
process.exitCode = status ?? 1
