import {describe, expect, it} from 'vitest'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {allRemedies} from '../support/remedies-of.ts'
import {faultsOfCode, formatted, hasTerraform, pluginFolder, resourceSchemas, workspace} from '../support/terraform.ts'

/** Each change at its own position in the checklist, so all of them can be in one file. */
const code = allRemedies.map(({remedy, region}, at) => snippet(remedy.steps, 'terraform', {region, step: at + 1}))

const SETTING = /^# .* exists\. In its (\S+) set:\n((?:# {3}.*\n|# \n)*)/gm

/** What is to be set in existing code, by the resource it belongs to. */
const settings = code.flatMap((text) =>
  [...text.matchAll(SETTING)].map(([, type = '', body = '']) => ({type, body: body.replaceAll(/^# ?/gm, '')})),
)

describe.skipIf(!hasTerraform())('every change as Terraform', () => {
  it('is formatted as by terraform fmt', () => {
    const text = `${code.join('\n\n')}\n`
    expect(formatted(text)).toBe(text)
  })

  it('is also formatted in what is to be set', () => {
    const text = settings
      .map(({type, body}) => `resource "${type}" "one" {\n${body.replaceAll('<the existing items>', '[]')}}\n`)
      .join('\n')
    expect(formatted(text)).toBe(text)
  })
})

const plugins = hasTerraform() ? pluginFolder() : undefined

describe.skipIf(plugins === undefined)('every change as Terraform, to the provider for AWS', () => {
  it('is valid, all in one file', () => {
    const folder = workspace(plugins!)
    expect(faultsOfCode(folder, 'resource "aws_vpc" "one" {\n  cidr = "10.0.0.0/16"\n}\n')).toEqual([
      expect.stringMatching(/Unsupported argument/),
    ])
    expect(faultsOfCode(folder, code.join('\n'))).toEqual([])

    const schemas = resourceSchemas(folder)
    const known = (type: string) => ({...schemas[type]?.block.attributes, ...schemas[type]?.block.block_types})
    const faults = settings.flatMap(({type, body}) =>
      [...body.matchAll(/^ {2}(\w+)(?: +=| \{)/gm)].flatMap(([, name = '']) =>
        name in known(type) ? [] : [`${type} has no ${name}`],
      ),
    )
    expect(settings.length).toBeGreaterThan(5)
    expect([...new Set(faults)]).toEqual([])
  })
})
