import {describe, expect, it} from 'vitest'
import type {Call, Input, Step} from '../../src/remedies/core/remedy.ts'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {allRemedies, isCall} from '../support/remedies-of.ts'
import {formatted, hasTerraform} from '../support/terraform.ts'
import {parseYaml} from '../support/yaml.ts'

/** Names that a user can choose, if AWS or a file allows them. */
const HOSTILE = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of Terraform
  'web${file("/etc/passwd")}',
  '%{ for x in y }web%{ endfor }',
  'we"b',
  "we'b",
  'web\n}\nresource "aws_iam_user" "evil" {\n}\n',
  'web\r\nResources:\n  Evil:\n    Type: AWS::IAM::User',
  'web\u2028Evil: 1',
  'web\\',
  '{{resolve:ssm-secure:key}}',
  '!Sub web',
  'yes',
  '-1',
  '',
]

const isText = (value: Input): value is string => typeof value === 'string'

/** The same call with another text in each of its texts that are neither documents nor enum values of the API. */
function renamed(value: Input, name: string): Input {
  if (isText(value)) return /^[a-z]+-[0-9a-f]{17}$|^web$|^SSM/.test(value) ? name : value
  if (Array.isArray(value)) return value.map((item: Input) => renamed(item, name))
  if (typeof value !== 'object' || 'variable' in value) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renamed(member, name)]))
}
const hostile = (steps: readonly Step[], name: string): readonly Step[] =>
  steps.map((step) => (isCall(step) ? {...step, input: renamed(step.input, name) as Call['input']} : step))

describe.each(HOSTILE)('%j as a name', (name) => {
  const of = (format: 'terraform' | 'cloudformation') =>
    allRemedies.map(({remedy, region}, at) => snippet(hostile(remedy.steps, name), format, {region, step: at + 1}))

  it('stays one string in CloudFormation', () => {
    for (const text of of('cloudformation')) {
      const code = text.split('\n').filter((line) => !line.startsWith('#'))
      if (code.join('').trim() === '') continue
      const {Resources} = parseYaml(code.join('\n')) as {
        readonly Resources: Readonly<Record<string, {readonly Type: string}>>
      }
      expect(Object.values(Resources).map(({Type}) => Type)).not.toContain('AWS::IAM::User')
      expect(Object.keys(Resources)).not.toContain('Evil')
    }
  })

  it('stays one string in Terraform, and is not a template', () => {
    const text = of('terraform').join('\n')
    const code = text
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n')
    expect(code).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/)
    expect(code).not.toMatch(/^resource "aws_iam_user"/m)
    if (hasTerraform()) expect(formatted(`${text}\n`)).not.toMatch(/Error/)
  })
})
