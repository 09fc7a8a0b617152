// What grows faster than the fleet: node bench/growth.mjs [part of a name] [largest size]. CPU time, as other work runs beside.
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const [, , part = '', most = '100000'] = process.argv

const cpu = () => {
  const {user, system} = process.cpuUsage()
  return (user + system) / 1000
}

async function bundled() {
  const {rolldown} = await import('rolldown')
  const folder = mkdtempSync(join(tmpdir(), 'growth-'))
  const input = fileURLToPath(new URL('fleet-entry.ts', import.meta.url))
  const build = await rolldown({input, platform: 'node', resolve: {mainFields: ['module', 'main']}})
  await build.write({file: join(folder, 'bundle.mjs'), format: 'esm'})
  await build.close()
  try {
    return await import(pathToFileURL(join(folder, 'bundle.mjs')).href)
  } finally {
    rmSync(folder, {recursive: true})
  }
}

const {GROWING, auditAccount, auditOf, parseAccounts, viewFor} = process.env.BUNDLE
  ? await import(process.env.BUNDLE)
  : await bundled()

/** From parsed JSON to the finished report. */
function measured(make, size) {
  const files = make(size).map((json, n) => ({name: `${n}.json`, json: JSON.parse(JSON.stringify(json))}))
  const from = cpu()
  const {accounts} = parseAccounts(files)
  const options = {ownerTag: 'Owner', chosen: () => true}
  const parts = accounts.map((account) => auditAccount(viewFor(accounts, account), account.Instances, options))
  const {totals, groups} = auditOf(parts, accounts[0].ReadAt)
  return {ms: cpu() - from, summary: `${JSON.stringify(totals.verdicts)}, ${groups.length} groups`}
}

console.log('| what grows | size | CPU ms | × of half the size |\n|---|---|---|---|')
for (const [name, {make, sizes}] of Object.entries(GROWING)) {
  if (!name.includes(part)) continue
  let before
  for (const size of [sizes[0] / 2, ...sizes].filter((one) => one <= Number(most))) {
    const {ms, summary} = measured(make, Math.max(1, size))
    const times = before === undefined ? '' : (ms / before).toFixed(1)
    console.log(`| ${name} | ${size} | ${ms.toFixed(0)} | ${times} |${process.env.SUMMARY ? ` ${summary}` : ''}`)
    before = ms
  }
}
