import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

const TEXT = /^(?:licen[cs]e|copying|notice)(?:[-.].*)?$/i

/** The folder of the package that a module belongs to: the nearest one whose package.json has a name and a version. */
function packageOf(file) {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json')
    if (!existsSync(path)) continue
    const {name, version, license} = JSON.parse(readFileSync(path, 'utf8'))
    if (name && version) return {folder, name, version, license}
  }
}

const textsOf = ({folder}) =>
  readdirSync(folder)
    .filter((file) => TEXT.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())

/** A bundle hands on other people's code: their names and licenses go with it, by the bundler's own list of modules. */
export function noticesFor(files) {
  const packages = new Map()
  for (const file of files) {
    const found = packageOf(file)
    if (found) packages.set(`${found.name} ${found.version}`, found)
  }
  const byText = new Map()
  for (const [title, found] of [...packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = textsOf(found).join('\n\n') || `Licence: ${found.license ?? 'not stated'}`
    byText.set(text, [...(byText.get(text) ?? []), `${title} (${found.license ?? 'see below'})`])
  }
  const sections = [...byText].map(([text, titles]) => `${titles.map((title) => `## ${title}`).join('\n')}\n\n${text}`)
  return `# Third-party notices\n\nssm-doctor contains code of these packages.\n\n${sections.join('\n\n---\n\n')}\n`
}

export const notices = () => ({
  name: 'notices',
  generateBundle(_, bundle) {
    const files = Object.values(bundle).flatMap((chunk) => chunk.moduleIds ?? Object.keys(chunk.modules ?? {}))
    const foreign = files.map((file) => file.replace(/^\0/, '').split('?')[0]).filter((file) => file.includes('node_modules'))
    writeFileSync('NOTICES.md', noticesFor(foreign))
  },
})
