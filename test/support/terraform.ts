import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {aFolder} from './folder.ts'
import {outputOf} from './programs.ts'

const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  TF_CLI_CONFIG_FILE: '/dev/null',
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
}

function terraform(args: readonly string[], cwd: string, input = ''): string {
  const run = () => outputOf('terraform', args, {cwd, input, env: ENVIRONMENT, limit: 'terraformProvider'})
  try {
    return run()
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ETIMEDOUT') throw error
    return run()
  }
}

export function hasTerraform(): boolean {
  try {
    terraform(['version'], tmpdir())
    return true
  } catch {
    return false
  }
}

const AWS = join('registry.terraform.io', 'hashicorp', 'aws')

/**
 * Where the AWS provider is on this machine: TF_PLUGIN_DIR, Terraform's own places, or a folder of /opt.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function pluginFolder(): string | undefined {
  const opt = existsSync('/opt') ? readdirSync('/opt').map((name) => join('/opt', name)) : []
  const places = [
    process.env.TF_PLUGIN_DIR,
    join(homedir(), '.terraform.d', 'plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    ...opt,
  ]
  return places.find((place) => place !== undefined && existsSync(join(place, AWS)))
}

/** Syntax only, which needs no provider: the same text, formatted, or its errors. */
export function formatted(code: string): string {
  try {
    return terraform(['fmt', '-no-color', '-'], tmpdir(), code)
  } catch (error) {
    return `${Reflect.get(Object(error), 'stderr')}`
  }
}

interface Diagnostic {
  readonly severity: string
  readonly summary: string
  readonly detail?: string
  readonly snippet?: {readonly code: string; readonly context?: string | null}
}

/** A folder with these files and the provider. */
export function workspace(plugins: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = aFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), {recursive: true})
    writeFileSync(join(folder, name), text)
  }
  writeFileSync(
    join(folder, 'provider.tf'),
    'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n',
  )
  terraform(['init', `-plugin-dir=${plugins}`, '-input=false', '-no-color'], folder)
  return folder
}

/** What `terraform validate` finds wrong with the code, against the provider's own schemas. */
export function faultsOfCode(folder: string, code: string): readonly string[] {
  writeFileSync(join(folder, 'main.tf'), code)
  const output = () => {
    try {
      return terraform(['validate', '-json', '-no-color'], folder)
    } catch (error) {
      return String(Reflect.get(Object(error), 'stdout'))
    }
  }
  const {diagnostics}: {readonly diagnostics: readonly Diagnostic[]} = JSON.parse(output())
  return diagnostics
    .filter(({severity}) => severity === 'error')
    .map(({summary, detail, snippet}) => [summary, detail, snippet?.context, snippet?.code].filter(Boolean).join(' | '))
}

const given = (variables: Readonly<Record<string, unknown>>) =>
  Object.entries(variables).map(([name, value]) => `-var=${name}=${JSON.stringify(value)}`)

/** What `terraform show -json` prints for the plan that would apply the code in the folder. */
export function planned(folder: string, variables: Readonly<Record<string, unknown>>): unknown {
  terraform(['plan', '-out=tfplan', '-input=false', '-no-color', '-lock=false', ...given(variables)], folder)
  return JSON.parse(terraform(['show', '-json', 'tfplan'], folder))
}

type Outputs = Readonly<Record<string, {readonly value: unknown} | undefined>>

/** Applies the newest plan; returns its outputs. Everything is created at once. */
export function appliedPlan(folder: string): Outputs {
  const args = ['apply', '-parallelism=100', '-input=false', '-no-color', '-lock=false', 'tfplan']
  outputOf('terraform', args, {cwd: folder, env: ENVIRONMENT, limit: 'terraformApply'})
  return JSON.parse(terraform(['output', '-json'], folder))
}

interface Block {
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly block_types?: Readonly<Record<string, {readonly block: Block}>>
}

/** What each resource of the provider may hold. */
export function resourceSchemas(folder: string): Readonly<Record<string, {readonly block: Block}>> {
  const {provider_schemas} = JSON.parse(terraform(['providers', 'schema', '-json'], folder))
  return provider_schemas['registry.terraform.io/hashicorp/aws'].resource_schemas
}
