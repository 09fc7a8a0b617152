import {writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {WRITES} from '../../src/lambda/aws.ts'
import {run} from '../executable/run.ts'
import {faultsOfResources} from '../support/cloudformation.ts'
import {type DeployTemplate, definitionIn, packaged, templateIn, textOf} from '../support/deploy.ts'
import {aFolder} from '../support/folder.ts'
import {endOf, succeeds} from '../support/programs.ts'

const TEMPLATES = ['audit.yaml', 'member.yaml'] as const

const faultsOf = ({Resources, Parameters}: DeployTemplate) => faultsOfResources(Resources, Object.keys(Parameters))

describe.each(TEMPLATES)('deploy/%s', (file) => {
  const text = textOf(file)

  it('contains only resources that CloudFormation knows, each with its properties and their types', () => {
    expect(faultsOf(templateIn(packaged(text)))).toEqual([])
  })

  it('uses only YAML that CloudFormation reads', () => {
    expect(text).not.toMatch(/^\s*[\w:]+: [&*]\w|<<:/m)
  })
})

it('a template with an unknown property fails, and one with a reference to nothing', () => {
  const odd = textOf('audit.yaml')
    .replace('MemorySize: 512', 'Memory: 512')
    .replace('!GetAtt UnitRole.Arn', '!GetAtt UnitRole.ARN')
  expect(faultsOf(templateIn(packaged(odd)))).toEqual([
    'List: there is no Memory',
    'Unit: UnitRole has no attribute ARN',
  ])
  expect(faultsOf(templateIn(textOf('member.yaml').replace('!Ref RoleName', '!Ref Name')))).toEqual([
    'Role: there is no resource Name',
  ])
})

/** The linter of CloudFormation's own team, https://github.com/aws-cloudformation/cfn-lint, where it is installed. */
const hasCfnLint = succeeds('cfn-lint', ['--version'])

/** Its output for each file: starting it takes seconds. */
function lint(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const folder = aFolder()
  const files = Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  })
  const {stdout} = endOf('cfn-lint', ['--format', 'parseable', ...files])
  const linesOf = (name: string) => stdout.split('\n').filter((line) => line.startsWith(`${join(folder, name)}:`))
  return Object.fromEntries(Object.keys(texts).map((name) => [name, linesOf(name).join('\n')]))
}

describe.skipIf(!hasCfnLint)('cfn-lint (skipped where it is not installed)', () => {
  it('accepts the templates, and rejects a runtime and a version that do not exist', () => {
    const [audit, member] = TEMPLATES.map(textOf) as [string, string]
    const said = lint({
      'audit.yaml': audit,
      'member.yaml': member,
      'odd-audit.yaml': audit.replace('nodejs24.x', 'nodejs9.x'),
      'odd-member.yaml': member.replace("Version: '2012-10-17'", "Version: '2012-10-18'"),
    })
    expect(said).toMatchObject({'audit.yaml': '', 'member.yaml': ''})
    expect(said['odd-audit.yaml']).toContain('nodejs9.x')
    expect(said['odd-member.yaml']).toContain('2012-10-18')
  })
})

interface Verdict {
  readonly isValid: boolean
  readonly errorsText: (separator?: string) => string
}
/** A validator of the Amazon States Language, https://github.com/ChristopheBougere/asl-validator; it carries no types. */
const validate: (definition: unknown) => Verdict = createRequire(import.meta.url)('asl-validator')

describe('the state machine', () => {
  const definition = definitionIn(templateIn(textOf('audit.yaml')))

  it('is valid in the Amazon States Language', () => {
    const {isValid, errorsText} = validate(JSON.parse(definition))
    expect([isValid, errorsText()]).toEqual([true, ''])
  })

  it.each([
    ['a state that does not exist', '"Default": "Units"', '"Default": "Unit"'],
    ['an invalid path', '"ResultPath": "$.merged"', '"ResultPath": "$$merged["'],
    ['an unknown type of state', '"Type": "Choice"', '"Type": "Choose"'],
  ])('with %s is not valid', (_, right, wrong) => {
    expect(definition).toContain(right)
    expect(validate(JSON.parse(definition.replace(right, wrong))).isValid).toBe(false)
  })

  it('catches every failure inside the item, so no account ends the run', () => {
    const {Units} = JSON.parse(definition).States
    for (const state of ['Examine', 'RecordFailure'])
      expect(Units.ItemProcessor.States[state].Catch[0].ErrorEquals).toEqual(['States.ALL'])
    expect(Units).toMatchObject({ToleratedFailurePercentage: 100, MaxConcurrency: 20})
  })
})

interface Statement {
  readonly Sid: string
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: unknown
}
const actionsIn = (statements: readonly Statement[]) => statements.flatMap(({Action}) => Action)

/** The statements of a role's own policy. */
const statementsOf = (template: DeployTemplate, role: string): readonly Statement[] => {
  const properties: unknown = template.Resources[role]?.Properties
  const {Policies} = properties as {
    readonly Policies: readonly {readonly PolicyDocument: {readonly Statement: readonly Statement[]}}[]
  }
  return Policies.flatMap(({PolicyDocument}) => PolicyDocument.Statement)
}

describe('the permissions', () => {
  const [audit, member] = [templateIn(textOf('audit.yaml')), templateIn(textOf('member.yaml'))]

  it('of the role in each account are what `ssm-doctor permissions audit` prints, without the cross-account statements', async () => {
    const {stdout} = await run(['permissions', 'audit'])
    const printed: readonly Statement[] = JSON.parse(stdout).Statement
    const own = printed.filter(({Sid}) => Sid !== 'Accounts' && Sid !== 'Roles')
    const role = statementsOf(member, 'Role').map((statement) => ({
      ...statement,
      Resource: JSON.parse(
        JSON.stringify(statement.Resource)
          .replace(/\{"Fn::Sub":("[^"]+")\}/, '$1')
          .replace(/\$\{AWS::Partition\}/, 'aws'),
      ),
    }))
    expect(role).toEqual(own)
    expect(own.length).toBe(printed.length - 2)
  })

  it('of the functions are the calls on their list, the log, and the cross-account statements', async () => {
    const {stdout} = await run(['permissions', 'audit'])
    const entrance = actionsIn(JSON.parse(stdout).Statement.slice(-2))
    const writes = {S3Client: 's3', SNSClient: 'sns', SecurityHubClient: 'securityhub'} as const
    const listed = Object.entries(WRITES).flatMap(([client, operations]) =>
      operations.map((operation) =>
        `${writes[client as keyof typeof writes]}:${operation}`.replace('ListObjectsV2', 'ListBucket'),
      ),
    )
    const granted = ['ListRole', 'UnitRole', 'MergeRole'].flatMap((role) => actionsIn(statementsOf(audit, role)))
    const others = granted.filter((action) => !action.startsWith('logs:') && !entrance.includes(action))
    expect([...new Set(others), 'securityhub:BatchImportFindings'].sort()).toEqual(listed.sort())
    expect(member.Resources.FindingsPolicy).toMatchObject({
      Condition: 'ImportsFindings',
      Properties: {PolicyDocument: {Statement: [{Action: 'securityhub:BatchImportFindings'}]}},
    })
  })

  it('allow access to no account outside the organization', () => {
    for (const role of ['ListRole', 'UnitRole'])
      expect(statementsOf(audit, role).find(({Sid}) => Sid === 'Roles')).toMatchObject({
        Condition: {StringEquals: {'aws:ResourceOrgID': expect.stringMatching(/^\$\{aws:PrincipalOrgID\}$/)}},
      })
  })

  it('name no resource in the central account but its own', () => {
    for (const role of ['ListRole', 'UnitRole', 'MergeRole'])
      for (const {Sid, Resource} of statementsOf(audit, role)) if (Sid !== 'Accounts') expect(Resource).not.toBe('*')
  })
})

it('the parameters of both templates agree', () => {
  const [audit, member] = TEMPLATES.map((file) => templateIn(textOf(file)).Parameters)
  for (const name of ['RoleName', 'ExternalId', 'SecurityHub'])
    expect([name, audit?.[name]?.Default]).toEqual([name, member?.[name]?.Default])
})
