const NOTHING = 'module.exports = {}'

/**
 * What oclif loads at every start and needs only for what this tool does not do: commands and plugins found by pattern,
 * configuration outside package.json, TypeScript, spinners, colors by their components, its own debug log, and whether
 * Windows is underneath.
 */
const UNUSED = {
  'cli-spinners': 'module.exports = {dots2: {frames: ["."]}, line: {frames: ["."]}}',
  'color-convert': NOTHING,
  debug: 'module.exports = () => () => {}',
  lilconfig: NOTHING,
  minimatch: NOTHING,
  tinyglobby: NOTHING,
  typescript: NOTHING,
  'wsl-utils': 'module.exports = {isWsl: false, powerShellPath: async () => "powershell.exe"}',
}

/** What oclif asks of Node at every start and uses now and then: loaded when it is used. */
const LATER = ['node:child_process', 'node:perf_hooks', 'node:readline']

const later = (id) => `module.exports = new Proxy({}, {get: (_, name) => process.getBuiltinModule('${id}')[name]})`

/** oclif sorts its commands in the order of a language, for which Node loads the tables of all: ten milliseconds. */
const SORT = 'sort((a, b) => a.id.localeCompare(b.id))'

function sortedPlainly(code, file) {
  if (!file.endsWith('/@oclif/core/lib/config/plugin.js')) return null
  if (!code.includes(SORT)) throw new Error(`${file} sorts in another way now: see whether a start still pays for it.`)
  return code.replace(SORT, 'sort((a, b) => (a.id < b.id ? -1 : 1))')
}

/** A third of the start-up of `--help`, by the table of `bench/startup.mjs`. */
export const unused = () => ({
  name: 'unused',
  resolveId(id, importer) {
    const isUnused = id in UNUSED || (LATER.includes(id) && importer?.includes('/@oclif/core/'))
    return isUnused ? `\0unused:${id.replace(':', '+')}.cjs` : null
  },
  load(file) {
    if (!file.startsWith('\0unused:')) return null
    const id = file.slice(8, -4).replace('+', ':')
    return UNUSED[id] ?? later(id)
  },
  transform: sortedPlainly,
})
