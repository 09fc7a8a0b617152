import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {fleetFlags} from '../../src/cli/fleet/flags.ts'
import {templateIn, textOf} from '../support/deploy.ts'

const text = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8')

it('documents every parameter of the audit, with its default', () => {
  const rows = [...text.matchAll(/^\| ((?:`[A-Z]\w+`(?:, )?)+) \|([^|]*)\|/gm)]
  const documented = rows.flatMap(([, names = '', value = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, value.replaceAll('`', '').trim()] as const),
  )
  const {Parameters} = templateIn(textOf('audit.yaml'))
  expect(documented.map(([name]) => name).sort()).toEqual(Object.keys(Parameters).sort())
  for (const [name, value] of documented)
    if (name !== 'ExternalId') expect([name, value]).toEqual([name, String(Parameters[name]?.Default)])
})

it('has flags of the command line that exist', () => {
  for (const [line] of text.replaceAll('\\\n', ' ').matchAll(/(?:ssm-doctor|`) ?audit -[^\n`]*/g))
    for (const [, flag = ''] of line.matchAll(/ --([a-z-]+)/g)) expect(Object.keys(fleetFlags)).toContain(flag)
})

it('names files that exist', () => {
  for (const [, file = ''] of text.matchAll(/(?<=[\s`(/])((?:deploy|bench)\/[\w.-]+\.(?:yaml|ts|md))/g))
    expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').length).toBeGreaterThan(0)
})
