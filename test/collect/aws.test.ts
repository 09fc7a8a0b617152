import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {EC2Client} from '@aws-sdk/client-ec2'
import {mockClient} from 'aws-sdk-client-mock'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {type Connection, connect} from '../../src/collect/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {type Call, fakeAws, type Refusal, refuse} from '../support/fake-aws.ts'
import {healthy, REGION, WEB} from '../support/healthy.ts'
import {clientsOf, credentials} from '../support/pretend.ts'
import {answerTo, serve} from '../support/serve.ts'

const open: {close(): void}[] = []
let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ssm-doctor-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const fake of open.splice(0)) fake.close()
  await rm(home, {recursive: true})
})

const writeConfig = (text: string) => writeFile(join(home, 'config'), text)
const keys = 'aws_access_key_id = test\naws_secret_access_key = test\n'

/** A simulated AWS that the environment points at, with roles that can be assumed. */
async function listening(unless: (call: Call) => Refusal | undefined = () => undefined) {
  const Credentials = {
    AccessKeyId: 'lent',
    SecretAccessKey: 'lent',
    SessionToken: 'lent',
    Expiration: new Date(Date.now() + 3_600_000),
  }
  const fake = fakeAws(
    (call) => unless(call) ?? (call.operation === 'AssumeRole' ? {Credentials} : answerTo(healthy, call)),
  )
  open.push(fake)
  vi.stubEnv('AWS_ENDPOINT_URL', await fake.listen())
  return fake
}

const complaint = (options: Connection): Promise<unknown> =>
  connect(options).then(
    () => 'no complaint',
    (error) => error,
  )

describe('connect', () => {
  it('reports that there are no credentials, and how to get some', async () => {
    expect(await complaint({region: REGION})).toMatchObject({
      name: 'CannotAsk',
      message: /no AWS credentials.*aws sso login/,
    })
  })

  it('reports that the profile does not exist', async () => {
    expect(await complaint({region: REGION, profile: 'missing'})).toMatchObject({
      name: 'CannotAsk',
      message: expect.stringMatching(/Profile missing.*aws configure list-profiles/),
    })
  })

  it('shows how to log in if the session of IAM Identity Center has expired', async () => {
    await writeConfig(
      '[profile ops]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\nregion = eu-west-1\n' +
        '[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n',
    )
    expect(await complaint({profile: 'ops'})).toMatchObject({message: /aws sso login --profile ops/})
  })

  it.each(['eu-west', 'Ireland', 'eu-west-1; ls'])('does not take %s for a Region', async (region) => {
    expect(await complaint({region})).toMatchObject({name: 'CannotAsk', message: /not the name of an AWS Region/})
  })

  it('reports that no Region is configured', async () => {
    expect(await complaint({})).toMatchObject({name: 'CannotAsk', message: /No AWS Region.*--region/})
    expect(await complaint({profile: 'nosuch'})).toMatchObject({
      name: 'CannotAsk',
      message: /^Profile nosuch does not exist or sets no Region.*list-profiles/,
    })
  })

  it('uses the Region and credentials of the profile', async () => {
    await writeConfig(`[profile ops]\nregion = ap-south-1\n${keys}`)
    expect((await connect({profile: 'ops'})).region).toBe('ap-south-1')
  })

  it("uses the AWS CLI's own variable for the Region", async () => {
    vi.stubEnv('AWS_DEFAULT_REGION', 'sa-east-1')
    expect((await connect({}, {credentials})).region).toBe('sa-east-1')
  })
})

describe('a role', () => {
  const role = 'arn:aws:iam::111122223333:role/audit'

  it('is assumed once for all clients, with the external id', async () => {
    await writeConfig(`[default]\n${keys}`)
    const fake = await listening()
    const found = await collect(await connect({region: REGION, roleArn: role, externalId: 'x-1'}), [WEB])
    expect(found.Instances).toEqual(healthy.Instances)
    expect(fake.calls.filter(({operation}) => operation === 'AssumeRole').map(({input}) => input)).toMatchObject([
      {RoleArn: role, ExternalId: 'x-1', RoleSessionName: 'ssm-doctor'},
    ])
  })

  it('of a profile is assumed once as well', async () => {
    await writeConfig(
      `[profile base]\n${keys}[profile audit]\nrole_arn = ${role}\nsource_profile = base\nregion = ${REGION}\n`,
    )
    const fake = await listening()
    await collect(await connect({profile: 'audit'}), [WEB])
    expect(fake.calls.filter(({operation}) => operation === 'AssumeRole')).toHaveLength(1)
  })

  it('that cannot be assumed is reported in one sentence', async () => {
    await writeConfig(`[default]\n${keys}`)
    await listening(({operation}) => (operation === 'AssumeRole' ? refuse('AccessDenied', 'Not you.', 403) : undefined))
    expect(await complaint({region: REGION, roleArn: role})).toMatchObject({
      name: 'CannotAsk',
      message: expect.stringMatching(
        /^Cannot assume role arn:aws:iam::111122223333:role\/audit \(AccessDenied: Not you\)/,
      ),
    })
  })
})

describe('collect fails with one sentence', () => {
  const onlyAt = (home: string | undefined, code: string) => (call: Call) =>
    call.region === home ? undefined : refuse(code, 'No.', 403)

  it.each([
    ['expired credentials', onlyAt(undefined, 'ExpiredToken'), /expired.*log in again/],
    ['credentials that AWS rejects', onlyAt(undefined, 'InvalidClientTokenId'), /rejected the credentials/],
    [
      'a Region that is not enabled',
      onlyAt('us-east-1', 'InvalidClientTokenId'),
      /Region eu-west-1 is not enabled for account 111122223333/,
    ],
  ])('for %s', async (_, unless, message) => {
    const fake = serve(healthy, {unless})
    open.push(fake)
    await expect(collect(await clientsOf(fake), [WEB])).rejects.toMatchObject({
      name: 'CannotAsk',
      message: expect.stringMatching(message),
    })
  })

  it('for a Region that does not answer', async () => {
    const aws = await connect({region: REGION}, {credentials, endpoint: 'http://127.0.0.1:9', maxAttempts: 1})
    await expect(collect(aws, [WEB])).rejects.toMatchObject({
      name: 'CannotAsk',
      message: expect.stringMatching(/Cannot reach AWS in Region eu-west-1 \(ECONNREFUSED/),
    })
  })

  it('but a bug throws', async () => {
    const fake = serve(healthy)
    open.push(fake)
    const aws = await clientsOf(fake)
    const ec2 = mockClient(aws.client(EC2Client)).rejects(new TypeError('Cannot read properties of undefined'))
    await expect(collect(aws, [WEB])).rejects.toThrow(TypeError)
    ec2.restore()
  })
})
