// Mutation testing of src/network: node scripts/mutants.mjs [files, with commas between]
// Stryker is installed beside the dependencies and not saved: 57 MB for something that runs once in a while.
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'

const STRYKER = ['@stryker-mutator/core@9.6.1', '@stryker-mutator/vitest-runner@9.6.1']
const [files = 'src/network/**/*.ts'] = process.argv.slice(2)

function run(command, ...args) {
  const {status} = spawnSync(command, args, {stdio: 'inherit'})
  if (status !== 0) process.exit(status ?? 1)
}

run('npm', 'install', '--no-save', '--no-audit', '--no-fund', ...STRYKER)
run('npx', 'stryker', 'run', 'stryker.config.json', '--mutate', files)

const KILLED = new Set(['Killed', 'Timeout'])
const COUNTED = new Set([...KILLED, 'Survived', 'NoCoverage'])
const report = JSON.parse(readFileSync('reports/mutants.json', 'utf8'))
const line = (name, mutants) => {
  const killed = mutants.filter(({status}) => KILLED.has(status)).length
  const score = mutants.length === 0 ? '—' : `${((100 * killed) / mutants.length).toFixed(1)} %`
  return `${score.padStart(8)} ${String(killed).padStart(5)} of ${String(mutants.length).padStart(5)} ${name}\n`
}

const all = []
for (const [name, {source, mutants}] of Object.entries(report.files)) {
  const counted = mutants.filter(({status}) => COUNTED.has(status))
  all.push(...counted)
  process.stdout.write(line(name, counted))
  for (const {status, mutatorName, replacement = '', location} of counted.filter(({status}) => !KILLED.has(status))) {
    const text = source.split('\n')[location.start.line - 1].trim()
    process.stdout.write(`         ${status} ${name}:${location.start.line} ${mutatorName} in «${text}»: ${replacement}\n`)
  }
}
process.stdout.write(line('in all', all))
