import {createHash} from 'node:crypto'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {EC2Client} from '@aws-sdk/client-ec2'
import {mockClient} from 'aws-sdk-client-mock'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {connect} from '../../../src/collect/client/aws.ts'
import type {Connection} from '../../../src/collect/client/credentials.ts'
import {collect} from '../../../src/collect/collect.ts'
import {collectRegion} from '../../../src/collect/whole-region.ts'
import {clientsOf} from '../../support/clients-of.ts'
import {type Call, fakeAws, type Refusal, refuse} from '../../support/fake-aws.ts'
import {healthy, REGION, WEB} from '../../support/healthy.ts'
import {credentials, withoutSockets} from '../../support/pretend.ts'
import {answerTo, serve} from '../../support/serve.ts'

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

const IDENTITY_CENTER =
  '[profile ops]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\nregion = eu-west-1\n' +
  '[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n'

/** A user with a session of IAM Identity Center. */
async function loggedIn(): Promise<void> {
  await writeConfig(IDENTITY_CENTER)
  const tokens = join(home, '.aws', 'sso', 'cache')
  await mkdir(tokens, {recursive: true})
  await writeFile(
    join(tokens, `${createHash('sha1').update('corp').digest('hex')}.json`),
    JSON.stringify({accessToken: 'test', expiresAt: new Date(Date.now() + 3_600_000).toISOString()}),
  )
  vi.stubEnv('HOME', home)
}

/** The address of a server with one response for every request. */
async function answering(status: number, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
  const server = createServer((_, answer) => answer.writeHead(status, headers).end(body))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  open.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
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

  it('rejects a profile without a name, as an unset variable of a script makes it', async () => {
    expect(await complaint({region: REGION, profile: ''})).toMatchObject({
      name: 'CannotAsk',
      message: 'The name of the profile is empty; name one, or leave out --profile.',
    })
  })

  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
  it('names the Region and the setting of a pseudo Region for FIPS endpoints', async () => {
    expect(await complaint({region: 'fips-us-gov-west-1'})).toMatchObject({
      name: 'CannotAsk',
      message: expect.stringMatching(/use --region us-gov-west-1 with AWS_USE_FIPS_ENDPOINT=true/),
    })
  })

  it.each([
    ['AWS_ACCESS_KEY_ID', 'test'],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', '/nowhere/token'],
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'http://127.0.0.1:9/credentials'],
  ])('names %s if it is set and leads to no credentials', async (name, value) => {
    vi.stubEnv(name, value)
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::111122223333:role/audit')
    expect(await complaint({region: REGION})).toMatchObject({
      name: 'CannotAsk',
      message: `No AWS credentials found, although ${name} is set: what it names is incomplete, missing or does not answer`,
    })
  })

  it.each([
    ['with incomplete settings', 'sso_start_url = https://example.awsapps.com/start\nsso_account_id = 111122223333\n'],
    [
      'that names a session without settings',
      'sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\n',
    ],
  ])('does not send a profile of IAM Identity Center %s to a login', async (_, settings) => {
    await writeConfig(`[profile ops]\n${settings}`)
    expect(await complaint({region: REGION, profile: 'ops'})).toMatchObject({
      message:
        'The settings of IAM Identity Center in profile ops are incomplete; set them with: aws configure sso --profile ops',
    })
  })

  it('shows how to log in if the session of IAM Identity Center has expired', async () => {
    await writeConfig(IDENTITY_CENTER)
    expect(await complaint({profile: 'ops'})).toMatchObject({message: /aws sso login --profile ops/})
  })

  it.each([
    [
      'shows how to log in if IAM Identity Center no longer accepts the session',
      'UnauthorizedException',
      'Session token not found or invalid',
      'The SSO session has expired or is not valid; log in with: aws sso login --profile ops',
    ],
    [
      'quotes IAM Identity Center if it denies the role to the user',
      'ForbiddenException',
      'No access',
      'Profile ops has no credentials (ForbiddenException: No access)',
    ],
  ])('%s', async (_, error, text, message) => {
    await loggedIn()
    vi.stubEnv(
      'AWS_ENDPOINT_URL_SSO',
      await answering(401, {'x-amzn-errortype': error}, JSON.stringify({message: text})),
    )
    expect(await complaint({profile: 'ops'})).toMatchObject({message})
  })

  it('names the network if IAM Identity Center does not answer', async () => {
    await loggedIn()
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', 'http://127.0.0.1:9')
    expect(await complaint({profile: 'ops'})).toMatchObject({
      message: expect.stringMatching(/^Cannot reach AWS to obtain credentials \(Error: connect ECONNREFUSED /),
    })
  })

  it('does not take a profile for a session of IAM Identity Center because of its name', async () => {
    expect(await complaint({region: REGION, profile: 'SSO-ops'})).toMatchObject({
      message: expect.stringMatching(/^Profile SSO-ops has no credentials .*aws configure list-profiles/),
    })
  })

  it('sends who names an unknown profile in AWS_PROFILE to the list', async () => {
    vi.stubEnv('AWS_PROFILE', 'nosuch')
    expect(await complaint({region: REGION})).toMatchObject({
      message: expect.stringMatching(/^Profile nosuch has no credentials .*aws configure list-profiles/),
    })
  })

  it('shows how to log in if a profile of `aws login` has no session', async () => {
    await writeConfig('[profile dev]\nlogin_session = arn:aws:iam::111122223333:user/ann\n')
    vi.stubEnv('HOME', home)
    expect(await complaint({region: REGION, profile: 'dev'})).toMatchObject({
      message: 'The login session has expired; log in with: aws login --profile dev',
    })
  })

  // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
  it('prefers keys in the environment to the profile that AWS_PROFILE names, as the AWS CLI does', async () => {
    await writeConfig(`[profile other]\n${keys}`)
    vi.stubEnv('AWS_PROFILE', 'other')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOFENVIRONMENT')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    const warn = vi.spyOn(console, 'warn')
    const aws = await connect({region: REGION})
    expect(await aws.client(EC2Client).config.credentials()).toMatchObject({accessKeyId: 'AKIAOFENVIRONMENT'})
    expect(warn).not.toHaveBeenCalled()
  })

  it('names the role of a web identity token that AWS does not accept', async () => {
    const error = '<Error><Code>InvalidIdentityToken</Code><Message>No OpenIDConnect provider found</Message></Error>'
    vi.stubEnv('AWS_ENDPOINT_URL', await answering(400, {}, `<ErrorResponse>${error}</ErrorResponse>`))
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::111122223333:role/audit')
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(home, 'token'))
    await writeFile(join(home, 'token'), 'token')
    expect(await complaint({region: REGION})).toMatchObject({
      message:
        'Cannot assume role arn:aws:iam::111122223333:role/audit of AWS_ROLE_ARN with the token of AWS_WEB_IDENTITY_TOKEN_FILE (InvalidIdentityToken: No OpenIDConnect provider found)',
    })
  })

  it.each(['eu-west', 'Ireland', 'eu-west-1; ls'])('does not take %s for a Region', async (region) => {
    expect(await complaint({region})).toMatchObject({name: 'CannotAsk', message: /not the name of an AWS Region/})
  })

  it.each([
    ['us-east-2b', 'us-east-2'],
    ['us-west-2-lax-1a', 'us-west-2'],
    ['AP-South-1', 'ap-south-1'],
  ])('suggests the Region of %s', async (region, near) => {
    expect(await complaint({region})).toMatchObject({
      message: `"${region}" is not the name of an AWS Region; use one such as --region ${near}.`,
    })
  })

  it('reports that no Region is configured', async () => {
    expect(await complaint({})).toMatchObject({name: 'CannotAsk', message: /No AWS Region.*--region/})
    expect(await complaint({})).toMatchObject({
      message: expect.stringContaining('set AWS_REGION, also for --all-regions'),
    })
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

  // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
  it('prefers AWS_REGION to that variable, and both to the Region of the profile', async () => {
    await writeConfig('[default]\nregion = eu-west-1\n[profile ops]\nregion = eu-west-2\n')
    vi.stubEnv('AWS_DEFAULT_REGION', 'sa-east-1')
    expect((await connect({}, {credentials})).region).toBe('sa-east-1')
    expect((await connect({profile: 'ops'}, {credentials})).region).toBe('sa-east-1')
    vi.stubEnv('AWS_REGION', 'ap-south-1')
    expect((await connect({}, {credentials})).region).toBe('ap-south-1')
  })
})

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
describe('the settings of the profile that --profile names', () => {
  const role = 'arn:aws:iam::111122223333:role/audit'

  /** The hosts that a Region is read from. */
  async function hostsOf(options: Connection): Promise<readonly string[]> {
    const hosts = new Set<string>()
    const answers = withoutSockets(serve(healthy))
    const requestHandler = {
      ...answers,
      handle: (request: Parameters<typeof answers.handle>[0] & {readonly hostname: string; readonly port?: number}) => {
        hosts.add(request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`)
        return answers.handle(request)
      },
    }
    await collectRegion(await connect(options, {requestHandler}))
    return [...hosts].sort()
  }

  it('decide about the endpoints of each service', async () => {
    const services =
      '[services dev]\nec2 =\n  endpoint_url = http://localhost:1\nroute_53 =\n  endpoint_url = http://localhost:2\n'
    await writeConfig(
      `[default]\nendpoint_url = http://localhost:9\n[profile dev]\nservices = dev\nendpoint_url = http://localhost:3\n${keys}${services}`,
    )
    expect(await hostsOf({region: REGION, profile: 'dev'})).toEqual(['localhost:1', 'localhost:2', 'localhost:3'])
  })

  it('decide where the variable is empty', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', '')
    await writeConfig(`[profile dev]\nendpoint_url = http://localhost:3\n${keys}`)
    expect(await hostsOf({region: REGION, profile: 'dev'})).toEqual(['localhost:3'])
  })

  it('decide instead of those of the default profile', async () => {
    await writeConfig(`[default]\nendpoint_url = http://localhost:9\nuse_fips_endpoint = true\n[profile dev]\n${keys}`)
    const hosts = await hostsOf({region: 'us-east-1', profile: 'dev'})
    expect(hosts).toContain('route53resolver.us-east-1.amazonaws.com')
    expect(hosts.filter((host) => !/^[a-z\d]+\.(?:us-east-1\.)?amazonaws\.com$/.test(host))).toEqual([])
  })

  it.each([
    ['use_fips_endpoint', /-fips\./],
    ['use_dualstack_endpoint', /\.api\.aws$/],
  ])('decide with %s about every service', async (setting, expected) => {
    await writeConfig(`[profile dev]\n${setting} = true\n${keys}`)
    const hosts = await hostsOf({region: 'us-east-1', profile: 'dev'})
    expect(hosts).toHaveLength(7)
    expect(hosts.filter((host) => !expected.test(host))).toEqual([])
  })

  it.each([
    ['of the profile', {profile: 'audit'}],
    ['that a flag names', {profile: 'base', roleArn: role}],
  ])('decide where the role %s is assumed', async (_, options) => {
    const fake = await listening()
    const url = `endpoint_url = ${process.env.AWS_ENDPOINT_URL}\n`
    vi.stubEnv('AWS_ENDPOINT_URL', undefined)
    await writeConfig(`[profile base]\n${keys}${url}[profile audit]\nrole_arn = ${role}\nsource_profile = base\n${url}`)
    await connect({region: REGION, ...options})
    expect(fake.calls.map(({operation}) => operation)).toEqual(['AssumeRole'])
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

describe('a role in a Region whose STS endpoint rejects the call', () => {
  const role = 'arn:aws:iam::111122223333:role/audit'
  const refusedAt = (stsRegion: string, code: string) => (call: Call) =>
    call.operation === 'AssumeRole' && call.region === stsRegion ? refuse(code, 'No.', 403) : undefined
  const assumedIn = ({calls}: {readonly calls: readonly Call[]}) =>
    calls.filter(({operation}) => operation === 'AssumeRole').map(({region}) => region)

  it.each([
    ['because the account of the caller has not enabled the Region', 'InvalidClientTokenId'],
    ['because STS is deactivated there', 'RegionDisabledException'],
  ])('%s, is assumed where every account may', async (_, code) => {
    await writeConfig(`[default]\n${keys}`)
    const fake = await listening(refusedAt('ap-east-1', code))
    const aws = await connect({region: 'ap-east-1', roleArn: role})
    expect(aws.region).toBe('ap-east-1')
    expect(assumedIn(fake)).toEqual(['ap-east-1', 'us-east-1'])
  })

  it('is assumed in a Region of its own partition', async () => {
    await writeConfig(`[default]\n${keys}`)
    const fake = await listening(refusedAt('cn-northwest-1', 'InvalidClientTokenId'))
    await connect({region: 'cn-northwest-1', roleArn: role.replace(':aws:', ':aws-cn:')})
    expect(assumedIn(fake)).toEqual(['cn-northwest-1', 'cn-north-1'])
  })

  it('is assumed elsewhere also if the profile names this Region', async () => {
    await writeConfig(
      `[profile base]\n${keys}[profile audit]\nrole_arn = ${role}\nsource_profile = base\nregion = ap-east-1\n`,
    )
    const fake = await listening(refusedAt('ap-east-1', 'InvalidClientTokenId'))
    await connect({profile: 'audit'})
    expect(assumedIn(fake)).toEqual(['ap-east-1', 'us-east-1'])
  })

  it('is assumed once for a whole run', async () => {
    await writeConfig(`[profile base]\n${keys}[profile audit]\nrole_arn = ${role}\nsource_profile = base\n`)
    const fake = await listening(refusedAt('ap-east-1', 'InvalidClientTokenId'))
    const found = await collect(await connect({region: 'ap-east-1', profile: 'audit'}), [WEB])
    expect(found.Caller?.Account).toBe('111122223333')
    expect(assumedIn(fake)).toEqual(['ap-east-1', 'us-east-1'])
  })
})

describe('a role that cannot be assumed', () => {
  const role = 'arn:aws:iam::111122223333:role/audit'
  const withProfile = `[profile base]\n${keys}[profile audit]\nrole_arn = ${role}\nsource_profile = base\nregion = ${REGION}\n`

  it.each([
    ['because the credentials expired', 'ExpiredToken', 'Expired.', /^The AWS credentials have expired; refresh them/],
    [
      'because AWS rejects the credentials',
      'InvalidClientTokenId',
      'Invalid.',
      /^AWS rejected the credentials \(InvalidClientTokenId: Invalid\); .*get-caller-identity --region eu-west-1/,
    ],
    [
      'because the clock is wrong',
      'SignatureDoesNotMatch',
      'Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z',
      /^The clock of this machine/,
    ],
    [
      'because the account disabled STS in the Region',
      'RegionDisabledException',
      'STS is not activated in this region.',
      /^Cannot assume role \S+ \(RegionDisabledException: STS is not activated in this region\)$/,
    ],
  ])('%s, is reported with neither its trust policy nor an SSO session', async (_, code, text, message) => {
    await writeConfig(withProfile)
    await listening(({operation}) => (operation === 'AssumeRole' ? refuse(code, text, 403) : undefined))
    expect(await complaint({region: REGION, profile: 'base', roleArn: role})).toMatchObject({
      name: 'CannotAsk',
      message: expect.stringMatching(message),
    })
  })

  it('because the endpoint is no URL, is reported with the setting', async () => {
    await writeConfig(`${withProfile}endpoint_url = localhost\n`)
    expect(await complaint({profile: 'audit'})).toMatchObject({
      message: 'AWS_ENDPOINT_URL, or an endpoint_url of the AWS configuration, is not a URL',
    })
  })

  it('by a user of IAM Identity Center, whose role has SSO in its name, is not reported as the end of a session', async () => {
    await writeConfig(`[default]\n${keys}`)
    const text = 'User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0123/ann is not authorized'
    await listening(({operation}) => (operation === 'AssumeRole' ? refuse('AccessDenied', text, 403) : undefined))
    expect(await complaint({region: REGION, roleArn: role})).toMatchObject({
      message: expect.stringMatching(/^Cannot assume role \S+ \(AccessDenied: User: .*AWSReservedSSO_Ops/),
    })
  })

  it('and belongs to a profile, is reported as the role of the profile', async () => {
    await writeConfig(withProfile)
    await listening(({operation}) => (operation === 'AssumeRole' ? refuse('AccessDenied', 'Not you.', 403) : undefined))
    expect(await complaint({profile: 'audit'})).toMatchObject({
      message:
        'Profile audit cannot assume its role (AccessDenied: Not you); the trust policy of the role must allow you',
    })
  })
})

describe('credentials that end during the run', () => {
  /** They are obtained so many times, and expire at once. */
  const obtained = (times: number) => {
    let left = times
    return async () => {
      left -= 1
      if (left < 0) throw Object.assign(new Error('The SSO session has expired.'), {name: 'CredentialsProviderError'})
      return {...(await credentials()), expiration: new Date()}
    }
  }
  const clients = async (times: number) => {
    const requestHandler = withoutSockets(serve(healthy))
    return connect({region: REGION, profile: 'ops'}, {credentials: obtained(times), requestHandler, maxAttempts: 1})
  }

  it('leave unread what was not read yet, with the command that logs in', async () => {
    const found = await collect(await clients(20), [WEB])
    expect(found.Caller?.Account).toBe('111122223333')
    expect(found.Instances).toEqual(healthy.Instances)
    expect(found.SecurityGroups).toMatchObject({
      error: 'NoCredentials',
      unreadable:
        'NoCredentials: The SSO session has expired or is not valid; log in with: aws sso login --profile ops',
    })
  })

  it('before anything is read end the run with one sentence', async () => {
    await expect(collectRegion(await clients(1))).rejects.toMatchObject({
      name: 'CannotAsk',
      message: 'The SSO session has expired or is not valid; log in with: aws sso login --profile ops',
    })
  })

  it('are used until they expire, if they cannot be fetched again earlier', async () => {
    const start = Date.now()
    const expires = new Date(start + 12 * 60_000).toISOString()
    const answer = {Version: 1, AccessKeyId: 'test', SecretAccessKey: 'test', SessionToken: 'test', Expiration: expires}
    await writeFile(join(home, 'answer.json'), JSON.stringify(answer))
    await writeConfig(`[profile ops]\ncredential_process = sh -c "cat ${home}/answer.json && rm ${home}/answer.json"\n`)
    await listening()
    const aws = await connect({region: REGION, profile: 'ops'})
    vi.useFakeTimers({toFake: ['Date'], now: start + 5 * 60_000})
    const found = await collect(aws, [WEB])
    vi.useRealTimers()
    expect(found.Instances).toEqual(healthy.Instances)
    expect(found.SecurityGroups).toEqual(healthy.SecurityGroups)
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
    await expect(collect(await clientsOf(serve(healthy, {unless})), [WEB])).rejects.toMatchObject({
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

  it.each([
    ['a redirect', {status: 302, type: '', body: ''}, 'HTTP 302: a machine between'],
    ['403 without a response', {status: 403, type: '', body: ''}, 'HTTP 403: a machine between'],
    ['404 without a response', {status: 404, type: '', body: ''}, 'HTTP 404: a machine between'],
    ['an empty response', {status: 200, type: '', body: ''}, 'IncompleteAnswer'],
    ['XML of another service', {status: 200, type: 'text/xml', body: '<feed><entry/></feed>'}, 'IncompleteAnswer'],
    ['truncated XML', {status: 200, type: 'text/xml', body: '<DescribeInst'}, 'UnreadableAnswer: the response is not'],
    [
      'XML without an end',
      {status: 200, type: 'text/xml', body: '<a>'.repeat(20_000)},
      'UnreadableAnswer: the response',
    ],
  ])('if a machine between this one and AWS answers everything with %s', async (_, reply, says) => {
    const fake = serve(healthy, {spoil: () => reply})
    open.push(fake)
    await expect(collect(await clientsOf(fake), [WEB])).rejects.toMatchObject({
      name: 'CannotAsk',
      message: expect.stringContaining(`Cannot reach AWS in Region eu-west-1 (${says}`),
    })
  })

  it('for an endpoint that is no URL', async () => {
    const aws = await connect({region: REGION}, {credentials, endpoint: 'localhost'})
    await expect(collect(aws, [WEB])).rejects.toMatchObject({
      name: 'CannotAsk',
      message: 'AWS_ENDPOINT_URL, or an endpoint_url of the AWS configuration, is not a URL.',
    })
  })

  it('for an endpoint that contradicts another setting', async () => {
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true')
    const aws = await connect({region: REGION}, {credentials, endpoint: 'http://127.0.0.1:9'})
    await expect(collect(aws, [WEB])).rejects.toMatchObject({
      name: 'CannotAsk',
      message:
        'Invalid Configuration: FIPS and custom endpoint are not supported; see AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT and AWS_ENDPOINT_URL, or these settings of the profile.',
    })
  })

  it('for credentials with a line break, which cannot be sent', async () => {
    const own = {...(await credentials()), sessionToken: 'test\r'}
    await expect(connect({region: REGION}, {credentials: async () => own})).rejects.toMatchObject({
      name: 'CannotAsk',
      message: expect.stringMatching(/^The AWS credentials contain a space, a line break/),
    })
  })

  it('but a bug throws', async () => {
    const aws = await clientsOf(serve(healthy))
    const ec2 = mockClient(aws.client(EC2Client)).rejects(new TypeError('Cannot read properties of undefined'))
    await expect(collect(aws, [WEB])).rejects.toThrow(TypeError)
    ec2.restore()
  })
})
