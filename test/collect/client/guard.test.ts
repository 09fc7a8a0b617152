import {readdirSync, readFileSync} from 'node:fs'
import * as cloudformation from '@aws-sdk/client-cloudformation'
import * as cloudtrail from '@aws-sdk/client-cloudtrail'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as config from '@aws-sdk/client-config-service'
import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import * as inspector2 from '@aws-sdk/client-inspector2'
import * as organizations from '@aws-sdk/client-organizations'
import * as route53 from '@aws-sdk/client-route-53'
import * as route53resolver from '@aws-sdk/client-route53resolver'
import * as ssm from '@aws-sdk/client-ssm'
import * as sts from '@aws-sdk/client-sts'
import {describe, expect, it} from 'vitest'
import {ALLOWED_CALLS, CREDENTIAL_CALLS} from '../../../src/collect/client/allowed-calls.ts'
import {connect} from '../../../src/collect/client/aws.ts'
import {describedBy, KINDS} from '../../../src/model/kinds.ts'
import {crossAccountStatements, flowLogStatements, stackStatements} from '../../../src/model/permissions.ts'
import {REGION} from '../../support/healthy.ts'
import {credentials} from '../../support/pretend.ts'

interface AnyClient {
  send(command: object, options: object): Promise<unknown>
  readonly middlewareStack: {add(step: () => () => Promise<never>, options: object): void; use(plugin: unknown): void}
}
type AnyClass = new (config: object) => AnyClient

const MODULES = {
  ...{
    cloudformation,
    cloudtrail,
    config,
    ec2,
    iam,
    inspector2,
    logs,
    organizations,
    route53,
    route53resolver,
    ssm,
    sts,
  },
}

/** The client of a module and all its commands. */
function partsOf(module: object): {
  readonly Client: AnyClass
  readonly commands: readonly (readonly [string, new (input: object) => object])[]
} {
  const classes = Object.entries(module).filter(([, value]) => typeof value === 'function')
  const [, Client] = classes.find(([name]) => /^[A-Z]\w*Client$/.test(name) && name in ALLOWED_CALLS) ?? []
  return {Client, commands: classes.filter(([name]) => /^[A-Z]\w*Command$/.test(name))}
}

/** Sends every command of a client and returns those that reached the wire. */
async function throughTheGuard(module: object): Promise<{readonly through: string[]; readonly all: number}> {
  const aws = await connect({region: REGION}, {credentials})
  const {Client, commands} = partsOf(module)
  const client = aws.client(Client)
  const through: string[] = []
  for (const [name, Command] of commands) {
    // Runs where a request would be written, after every check of the input.
    client.middlewareStack.add(
      () => async () => {
        through.push(name.replace(/Command$/, ''))
        throw new Error('enough')
      },
      {step: 'initialize', priority: 'low', name: 'stop', override: true},
    )
    await client.send(new Command({}), {}).catch(() => undefined)
  }
  return {through: through.sort(), all: commands.length}
}

describe('the guard', () => {
  it.each(Object.entries(MODULES))('allows only listed reads of %s', async (_, module) => {
    const {through, all} = await throughTheGuard(module)
    expect(through).toEqual([...(ALLOWED_CALLS[partsOf(module).Client.name] ?? [])].sort())
    expect(all).toBeGreaterThan(through.length)
  })

  it('runs before any middleware that a caller may add', async () => {
    const aws = await connect({region: REGION}, {credentials})
    const sent = aws.client(iam.IAMClient).send(new iam.DeleteRoleCommand({RoleName: 'web'}))
    await expect(sent).rejects.toMatchObject({name: 'NotARead', message: expect.stringContaining('DeleteRole')})
  })

  it('is also in the clients of other Regions', async () => {
    const aws = (await connect({region: REGION}, {credentials})).inRegion('us-east-1')
    const sent = aws.client(ec2.EC2Client).send(new ec2.RebootInstancesCommand({InstanceIds: ['i-0aaaaaaaaaaaaaa01']}))
    await expect(sent).rejects.toMatchObject({name: 'NotARead'})
  })

  it('does not allow our own clients to exchange credentials', async () => {
    const aws = await connect({region: REGION}, {credentials})
    const role = {RoleArn: 'arn:aws:iam::111122223333:role/any', RoleSessionName: 'any'}
    await expect(aws.client(sts.STSClient).send(new sts.AssumeRoleCommand(role))).rejects.toMatchObject({
      name: 'NotARead',
    })
  })
})

describe('the code', () => {
  const folder = new URL('../../../src/collect/', import.meta.url)
  const sources = readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(new URL(file, folder), 'utf8')] as const)

  it('uses only listed operations, and all of them', () => {
    const used = sources.flatMap(([, text]) =>
      [...text.matchAll(/\b([A-Z]\w+)Command(?=[,(])/g)].map(([, name]) => name),
    )
    expect([...new Set(used)].sort()).toEqual([...new Set(Object.values(ALLOWED_CALLS).flat())].sort())
  })

  it('creates its clients in one place, where they get their guard', () => {
    const makers = sources.filter(([, text]) => /new \w*Client\(/.test(text)).map(([file]) => file)
    expect(makers).toEqual(['client/aws.ts'])
    const made = [...(sources.find(([file]) => file === 'client/aws.ts')?.[1] ?? '').matchAll(/new (\w*Client)\(/g)]
    expect(made.map(([, name]) => name)).toEqual(['Client'])
  })
})

describe('the list of calls', () => {
  const calls = Object.values(ALLOWED_CALLS).flat()

  it('names reads and nothing else', () => {
    for (const call of calls) expect(call).toMatch(/^(Describe|Filter|Get|List|Lookup|Search|Simulate|BatchGet)[A-Z]/)
  })

  it('matches the permissions, in addition to the caller identity and the list of Regions', () => {
    const listed = Object.entries(ALLOWED_CALLS).flatMap(([client, operations]) =>
      operations.map(
        (operation) =>
          `${client
            .replace(/(?:Service)?Client$/, '')
            .replace('CloudWatch', '')
            .toLowerCase()}:${operation}`,
      ),
    )
    const asked = KINDS.flatMap((kind) => describedBy(kind).calls.map(({action}) => action))
    const [accounts] = crossAccountStatements('aws', 'ssm-doctor-audit')
    const everyone = ['sts:GetCallerIdentity', 'ec2:DescribeRegions', ...(accounts?.Action ?? [])]
    const ofStacks = stackStatements.flatMap(({Action}) => Action)
    const ofLogs = flowLogStatements('aws').flatMap(({Action}) => Action)
    expect(listed.sort()).toEqual([...new Set([...asked, ...everyone, ...ofStacks, ...ofLogs])].sort())
  })

  it('shares no call with the exchange of credentials', () => {
    expect(calls.filter((call) => Object.values(CREDENTIAL_CALLS).flat().includes(call))).toEqual([])
  })
})
