import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {markdownReports} from '../../src/render/formats/markdown-report.ts'
import {htmlReports} from '../../src/render/html/instance-page.ts'
import {shut} from '../render/reports.ts'
import {FILES, folderOfFiles, HOSTILE} from './files.ts'
import {run} from './run.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const folder = folderOfFiles()
const SOURCES = [
  ...readdirSync(EXAMPLES).map((name) => join(EXAMPLES, name)),
  ...Object.keys(FILES)
    .filter((name) => name !== 'several')
    .map((name) => join(folder, `${name}.json`)),
]
const SHADOW = join(EXAMPLES, 'endpoints-shadow-nat.json')
const markdown = async (...args: readonly string[]) => (await run([...args, '--format', 'markdown'])).stdout

describe('an instance in Markdown', () => {
  it.each(SOURCES)('fits on one screen: %s', async (source) => {
    const lines = (await markdown('--account', source)).trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines[0]).toMatch(/^### .*: (?:managed|degraded|at-risk|unmanaged|undecided)$/)
  })

  it('has the root cause with its id, and the fix to paste with the AWS page', async () => {
    const text = await markdown('demo')
    expect(text).toMatch(/^\*\*Root cause:\*\* .* `endpoint\.sg-blocks`$/m)
    expect(text).toMatch(/^```\naws ec2 authorize-security-group-ingress .*\n```$/m)
    expect(text).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/m)
  })

  it('escapes markup, HTML and mentions in names of the account', async () => {
    const text = await markdown('--account', join(folder, 'hostile.json'))
    expect(text).not.toContain('<img')
    expect(text).toContain('&lt;img')
    expect(text).not.toContain(HOSTILE.name)
  })

  it('has a section for each of several instances', async () => {
    const text = await markdown('--account', join(folder, 'several.json'), 'i-0d0c000000002f0a9', 'i-0d0c000000002f0b0')
    expect(text.match(/^### /gm)).toHaveLength(2)
  })

  it('is written from a saved report, with the requested form of fixes', async () => {
    const {stdout} = await run(['--account', SHADOW, '--json', '--remedy', 'terraform'])
    const rendered = await run(['render', '-', '--format', 'markdown'], {stdin: stdout})
    expect(rendered.stdout).toBe(await markdown('--account', SHADOW, '--remedy', 'terraform'))
    expect(rendered.stdout).toContain('resource "aws_vpc_security_group_ingress_rule"')
  })
})

describe('a saved report', () => {
  const [step] = shut.checklist
  const checklist = [
    {...step!, part: 'fix' as const},
    {...step!, part: 'improve' as const, title: 'Update the agent'},
  ]

  it.each([
    [true, 'this step fixes every blocking and degrading cause.'],
    [null, 'this step fixes every blocking and degrading cause in the data that could be read.'],
    [false, 'This could not be fully verified on the model; run ssm-doctor again afterwards.'],
  ])('says below its fixes in Markdown and HTML what the model showed, as the text does: %s', (verified, proof) => {
    for (const text of [
      markdownReports([{...shut, checklist, verified}]),
      htmlReports([{...shut, checklist, verified}]),
    ]) {
      expect(text).toContain(proof)
      expect(text.indexOf(proof)).toBeLessThan(text.lastIndexOf('Update the agent'))
    }
  })

  it('says nothing about fixes if it has none', () => {
    const improved = {...shut, checklist: checklist.slice(1), verified: true}
    for (const text of [markdownReports([improved]), htmlReports([improved])])
      expect(text).not.toContain('every blocking and degrading cause')
  })
})
