import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {fleetFlags} from '../../src/cli/fleet/flags.ts'
import {AUDIT_FORMAT_NAMES} from '../../src/cli/fleet/formats.ts'
import {COVERAGES} from '../../src/inspector/reasons.ts'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const text = read('docs/fleet.md')

/** What follows the name of a command, up to the end of the line that a shell sees. */
const commandsIn = (file: string) =>
  [...file.replaceAll('\\\n', ' ').matchAll(/(?:ssm-doctor|run\.js) (?:audit|inspector) [^\n`]*/g)].map(
    ([line]) => line,
  )

it.each([...commandsIn(text), ...commandsIn(read('docs/schedule/github-actions.yml'))])(
  '%s has flags that exist',
  (line) => {
    for (const [, flag = ''] of line.matchAll(/ --([a-z-]+)/g)) expect(Object.keys(fleetFlags)).toContain(flag)
  },
)

it('documents every format and every coverage state of Inspector', () => {
  for (const format of AUDIT_FORMAT_NAMES) expect(text).toContain(`| \`${format}\` |`)
  for (const coverage of COVERAGES) expect(text).toMatch(new RegExp(`^\\|.*\\b${coverage}\\b.*\\|.*\\|$`, 'm'))
})

it('the image contains everything that the package does', () => {
  const image = read('Containerfile')
  for (const name of JSON.parse(read('package.json')).files) expect(image).toContain(`/build/${name}`)
})
