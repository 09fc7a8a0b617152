import {describe, expect, it} from 'vitest'
import {endpointPolicyHop} from '../../src/iam/endpoint-policy.ts'
import {identityOf} from '../../src/iam/identity.ts'
import type {Account, Role, VpcEndpoint} from '../../src/model/account.ts'
import type {Path} from '../../src/network/path.ts'
import {allow, anEndpoint, anInstance, aRole, healthy, OWNER, VPC} from '../support/healthy.ts'

const everyone = {Principal: '*', Resource: '*'}
const endpoint = (
  service: string,
  PolicyDocument: object | string,
  type: VpcEndpoint['VpcEndpointType'] = 'Interface',
) => ({
  ...anEndpoint(service, 1),
  VpcEndpointType: type,
  PolicyDocument: typeof PolicyDocument === 'string' ? PolicyDocument : {...PolicyDocument},
})
const absent: Partial<Account> = {InstanceInformationList: [], ConnectionStatuses: []}
const hop = (service: string, document: object | string, change: Partial<Account> = {}) =>
  endpointPolicyHop({...healthy, ...absent, ...change}, anInstance(), endpoint(service, document), service)
const when = (Condition: object) => allow('*', {...everyone, Condition})

describe('the policy of an endpoint', () => {
  it.each([
    ['allows everything by default', 'ssm', allow('*', everyone), 'open', undefined],
    ['allows what it lists', 'ssm', allow('ssm:*', everyone), 'open', undefined],
    ['denies registration', 'ssm', allow('ssm:GetParameter*', everyone), 'blocked', 'endpoint.policy-denies'],
    [
      'denies everything but registration',
      'ssm',
      allow('ssm:UpdateInstanceInformation', everyone),
      'partly',
      'endpoint.policy-denies',
    ],
    [
      'denies a channel',
      'ssmmessages',
      allow('ssmmessages:*ControlChannel', everyone),
      'blocked',
      'endpoint.policy-denies',
    ],
    ['denies ec2messages', 'ec2messages', allow('ec2messages:Get*', everyone), 'blocked', 'endpoint.policy-denies'],
    ['accepts its own account', 'ssm', when({StringEquals: {'aws:PrincipalAccount': OWNER}}), 'open', undefined],
    [
      'does not accept another account',
      'ssm',
      when({StringEquals: {'aws:PrincipalAccount': '444455556666'}}),
      'blocked',
      'endpoint.policy-denies',
    ],
    [
      'accepts the role by name',
      'ssm',
      allow('*', {Principal: {AWS: `arn:aws:iam::${OWNER}:role/web`}, Resource: '*'}),
      'open',
      undefined,
    ],
    [
      'does not accept another role',
      'ssm',
      allow('*', {Principal: {AWS: `arn:aws:iam::${OWNER}:role/db`}, Resource: '*'}),
      'blocked',
      'endpoint.policy-denies',
    ],
    [
      'is unknown for an organization',
      'ssm',
      when({StringEquals: {'aws:PrincipalOrgID': 'o-1'}}),
      'unknown',
      undefined,
    ],
    ['is unknown if it is not valid JSON', 'ssm', '{', 'unknown', undefined],
    [
      'accepts its own endpoint',
      'ssm',
      when({StringEquals: {'aws:SourceVpce': 'vpce-0aaaaaaaaaaaaaa01'}}),
      'open',
      undefined,
    ],
    [
      'never sees a public address',
      'ssm',
      when({IpAddress: {'aws:SourceIp': '203.0.113.0/24'}}),
      'blocked',
      'endpoint.policy-denies',
    ],
  ])('%s', (_, service, document, verdict, cause) => {
    const found = hop(service, document)
    expect([found.verdict, found.fault?.cause]).toEqual([verdict, cause])
  })

  it('allows the node to register where only the owners of documents are unknown', () => {
    const found = hop('ssm', when({StringEquals: {'aws:ResourceAccount': OWNER}}))
    expect(found.verdict).toBe('open')
    expect(found.because).toContain('allows the agent to register. Cannot determine whether')
  })

  it('allows everything if there is none', () => {
    const {PolicyDocument: _, ...plain} = anEndpoint('ssm', 1)
    expect(endpointPolicyHop(healthy, anInstance(), plain, 'ssm').verdict).toBe('open')
  })

  it('lists exactly what it denies', () => {
    expect(hop('ssmmessages', allow('ssmmessages:*ControlChannel', everyone)).fault?.detail).toMatchObject({
      missing: ['ssmmessages:CreateDataChannel', 'ssmmessages:OpenDataChannel'],
    })
  })

  it('names the statement that denies', () => {
    const {Statement} = allow('*', everyone)
    const document = {Statement: [...Statement, {...Statement[0], Effect: 'Deny', Sid: 'NoSsm', Action: 'ssm:Update*'}]}
    expect(hop('ssm', document).because).toContain('Statement NoSsm of the policy of endpoint vpce-0aaaaaaaaaaaaaa01')
  })

  it('is decided by a node that is observed to make the call', () => {
    const open = when({StringEquals: {'aws:PrincipalOrgID': 'o-1'}})
    const {InstanceInformationList, ConnectionStatuses} = healthy
    expect(hop('ssm', open, {InstanceInformationList}).verdict).toBe('open')
    expect(hop('ssmmessages', open, {InstanceInformationList}).verdict).toBe('unknown')
    expect(hop('ssmmessages', open, {InstanceInformationList, ConnectionStatuses}).verdict).toBe('open')
  })
})

// https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
describe('with host management', () => {
  const HOST_ROLE = `arn:aws:iam::${OWNER}:role/service-role/Default`
  const [setting] = healthy.ServiceSettings as Extract<Account['ServiceSettings'], readonly unknown[]>
  const host: Partial<Account> = {
    ServiceSettings: [{...setting!, SettingValue: 'service-role/Default'}],
    Roles: [
      aRole({AttachedManagedPolicies: []}),
      aRole({
        Arn: HOST_ROLE,
        RoleName: 'Default',
        AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ssm.amazonaws.com'}}),
      }),
    ],
  }

  /**
   * The agent gets the same error as from other policies that deny its profile, and uses host management.
   * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/common/identity/credentialproviders/ec2roleprovider/ec2_role_provider.go
   */
  describe('a policy that denies the role of the profile', () => {
    const [, hostRole] = host.Roles as readonly Role[]
    const both: Partial<Account> = {...host, Roles: [aRole(), hostRole!]}
    const isNot = (...names: readonly string[]) =>
      when({ArnNotEquals: {'aws:PrincipalArn': names.map((name) => `arn:aws:iam::${OWNER}:role/${name}`)}})
    const credentialsWith = (document: object, change: Partial<Account>) => {
      const VpcEndpoints = [endpoint('ssm', document)]
      const via = {service: 'ssm', host: 'x', port: 443, via: VpcEndpoints[0]!.VpcEndpointId, verdict: 'open', hops: []}
      const paths = [via as Path]
      return identityOf({...healthy, ...absent, ...change, VpcEndpoints}, anInstance(), paths).credentials
    }

    it('sends the agent to host management, whose role it allows, for every service', () => {
      expect(credentialsWith(isNot('web'), both)).toBe('host-management')
      expect(hop('ssm', isNot('web'), both).verdict).toBe('open')
      const beside = {VpcEndpoints: [endpoint('ssm', isNot('web'))]}
      expect(hop('ssmmessages', isNot('web'), {...both, ...beside}).verdict).toBe('open')
    })

    it('leaves no credentials if it denies that role too, or if host management is disabled', () => {
      expect(credentialsWith(isNot('web', 'service-role/Default'), both)).toBe('profile')
      expect(hop('ssm', isNot('web', 'service-role/Default'), both).verdict).toBe('blocked')
      expect(credentialsWith(isNot('web'), {Roles: [aRole()]})).toBe('profile')
      expect(hop('ssm', isNot('web'), {Roles: [aRole()]}).verdict).toBe('blocked')
    })

    it('sends it nowhere if it does not let the instance itself ask for the role, which has no principal', () => {
      const only = when({ArnEquals: {'aws:PrincipalArn': hostRole!.Arn}})
      expect(credentialsWith(only, both)).toBe('profile')
      expect(hop('ssm', only, both).verdict).toBe('blocked')
    })

    it('keeps the profile if it lets it register', () => {
      const registers = allow('ssm:UpdateInstanceInformation', everyone)
      const further = {Statement: [...registers.Statement, ...isNot('web').Statement]}
      expect(credentialsWith(further, both)).toBe('profile')
      expect(hop('ssm', further, both).verdict).toBe('partly')
    })
  })

  it.each(['aws:PrincipalOrgID', 'aws:PrincipalAccount'])(
    'a condition on %s keeps the node’s own calls back',
    (key) => {
      const found = hop('ssm', when({StringEquals: {[key]: key.endsWith('ID') ? 'o-1' : OWNER}}), host)
      expect([found.verdict, found.fault?.cause]).toEqual(['blocked', 'endpoint.org-condition'])
      expect(found.fault?.detail).toMatchObject({
        missing: ['ssm:RegisterManagedInstance', 'ssm:RequestManagedInstanceRoleToken'],
      })
    },
  )

  it('the keys of the node allow the calls', () => {
    const own = when({StringEquals: {'aws:PrincipalAccount': OWNER}}).Statement
    const node = when({StringEquals: {'ssm:NodeAccountId': OWNER}}).Statement
    expect(hop('ssm', {Statement: [...own, ...node]}, host).verdict).toBe('open')
  })
})

// https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
describe('the policy of an S3 endpoint', () => {
  const s3 = (document: object, type: VpcEndpoint['VpcEndpointType'] = 'Gateway') =>
    endpointPolicyHop(healthy, anInstance(), endpoint('s3', document, type), 's3')
  const BASELINES = 'patch-baseline-snapshot-eu-west-1'
  const buckets = (...names: readonly string[]) =>
    allow('s3:GetObject', {Principal: '*', Resource: names.map((name) => `arn:aws:s3:::${name}/*`)})

  it('allows AWS’s buckets', () => {
    const found = s3(
      buckets(
        'aws-ssm-eu-west-1',
        'amazon-ssm-eu-west-1',
        'eu-west-1-birdwatcher-prod',
        'patch-baseline-snapshot-eu-west-1',
      ),
    )
    expect(found.verdict).toBe('open')
  })

  it('names the buckets that it does not allow', () => {
    const found = s3(buckets('mine', 'aws-ssm-eu-west-1'))
    expect(found).toMatchObject({verdict: 'blocked', fault: {cause: 's3.endpoint-policy'}})
    expect(found.because).toContain('arn:aws:s3:::amazon-ssm-eu-west-1/*')
    expect(found.because).not.toContain('arn:aws:s3:::aws-ssm-eu-west-1/*')
  })

  it.each([
    ['aws:ResourceAccount', OWNER],
    ['s3:ResourceAccount', OWNER],
    ['aws:ResourceOrgID', 'o-1'],
  ])('that requires %s does not allow AWS’s buckets', (key, value) => {
    const found = s3(allow('*', {...everyone, Condition: {StringEquals: {[key]: value}}}))
    expect(found.fault?.cause).toBe('s3.endpoint-policy')
  })

  it('means the root user if a gateway endpoint policy names the account', () => {
    const account = allow('*', {Principal: {AWS: OWNER}, Resource: '*'})
    const withBaselines = {Statement: [...account.Statement, ...buckets(BASELINES).Statement]}
    expect(s3(withBaselines).verdict).toBe('blocked')
    expect(s3(withBaselines, 'Interface').verdict).toBe('open')
  })

  // https://github.com/aws-samples/data-perimeter-policy-examples/blob/main/service_specific_guidance/ssm-specific-guidance.md
  it.each([
    ['the account as principal', allow('*', {Principal: {AWS: OWNER}, Resource: '*'})],
    ['the role as principal', allow('*', {Principal: {AWS: `arn:aws:iam::${OWNER}:role/web`}, Resource: '*'})],
    ['a principal of the account', when({StringEquals: {'aws:PrincipalAccount': OWNER}})],
    ['a principal of an organizational unit', when({'ForAnyValue:StringLike': {'aws:PrincipalOrgPaths': 'o-1/*'}})],
    ['credentials of an instance of the VPC', when({StringEquals: {'aws:Ec2InstanceSourceVpc': VPC}})],
  ])('that requires %s denies patch baselines, whose URLs Systems Manager signs', (_, document) => {
    expect(s3(document, 'Interface')).toMatchObject({
      verdict: 'blocked',
      fault: {
        cause: 's3.endpoint-policy',
        detail: {missing: [`arn:aws:s3:::${BASELINES}/*`], signer: 'Systems Manager'},
      },
    })
  })

  it('may require its VPC, which is that of every caller', () => {
    expect(s3(when({StringEquals: {'aws:SourceVpc': VPC}}), 'Interface').verdict).toBe('open')
  })

  it('may deny presigned URLs, and baselines with them', () => {
    const presigned = {
      Effect: 'Deny',
      ...everyone,
      Action: 's3:*',
      Condition: {StringEquals: {'s3:authType': 'REST-QUERY-STRING'}},
    }
    const found = s3({Statement: [...allow('*', everyone).Statement, presigned]})
    expect(found.fault?.detail?.missing).toEqual([`arn:aws:s3:::${BASELINES}/*`])
    const unsigned = {...presigned, Condition: {StringNotEquals: {'s3:signatureversion': 'AWS4-HMAC-SHA256'}}}
    expect(s3({Statement: [...allow('*', everyone).Statement, unsigned]}).verdict).toBe('open')
  })

  it('is unknown where it requires what is not documented of the account that signs', () => {
    const role = when({ArnLike: {'aws:PrincipalArn': `arn:aws:iam::${OWNER}:role/*`}})
    expect(s3(role, 'Interface').verdict).toBe('unknown')
  })
})
