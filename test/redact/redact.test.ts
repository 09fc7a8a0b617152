import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {writeAccount} from '../../src/account-file/write-account.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {withOtherAddresses} from '../../src/redact/addresses.ts'
import {redact} from '../../src/redact/redact.ts'
import {accountIn, fileWith, fullAccountFile} from '../account-file/full-account-file.ts'
import {allow, aRole} from '../support/healthy.ts'

const redacted = redact(accountIn(fullAccountFile), 'salt')
const text = writeAccount(redacted)

describe('a redacted account', () => {
  it.each([
    ...[
      '111122223333',
      '444455556666',
      'storefront',
      'buckets',
      'web-servers',
      'retail-42',
      'cost-centre',
      'jane',
      'audit',
    ],
    ...['203.0.113.20', '203.0.113.9', '203-0-113-20', 'shop', 'example.', 'to our shop', 'AROAEXAMPLE', 'hidden'],
  ])('has no %s', (secret) => {
    expect(text).not.toContain(secret)
  })

  it.each([
    ...['i-0a1b2c3d4e5f60010', 'vpc-0a1b2c3d4e5f60001', '10.0.1.10', '10.0.0.0/16', '0.0.0.0/0', '137112412989'],
    ...['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore', 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64'],
    ...['com.amazonaws.us-east-1.ssm', 'ssm.us-east-1.amazonaws.com', 'AmazonProvidedDNS', 'AWS-RunPatchBaseline'],
  ])('still has %s', (fact) => {
    expect(text).toContain(fact)
  })

  it('has the same pseudonym for a resource everywhere', () => {
    const [instance] = redacted.Instances as readonly {IamInstanceProfile: {Arn: string}}[]
    const [profile] = redacted.InstanceProfiles as readonly {Arn: string; Roles: readonly {Arn: string}[]}[]
    const [role] = redacted.Roles as readonly {Arn: string; RoleName: string}[]
    expect(instance?.IamInstanceProfile.Arn).toBe(profile?.Arn)
    expect(profile?.Roles[0]?.Arn).toBe(role?.Arn)
    expect(role?.Arn).toMatch(/^arn:aws:iam::\d{12}:role\//)
    expect(role?.Arn.endsWith(`/${role.RoleName}`)).toBe(true)
    expect(redacted.PolicySimulations).toMatchObject([{PolicySourceArn: role?.Arn}])
    expect(redacted.VpcEndpoints).toMatchObject([
      {PolicyDocument: {Statement: [{Condition: {StringEquals: {'aws:PrincipalArn': role?.Arn}}}]}},
    ])
    expect(redacted.Vpcs).toMatchObject([{OwnerId: redacted.Caller?.Account}])
  })

  it('with endlessly nested documents is rejected in one sentence', () => {
    const deep = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`
    const [vpc] = fullAccountFile.VpcEndpoints
    const account = accountIn(fileWith({VpcEndpoints: [{...vpc, PolicyDocument: JSON.parse(deep)}]}))
    expect(() => redact(account)).toThrow('nested too deeply')
  })

  it('is an account file like any other', () => {
    expect(accountIn(JSON.parse(text))).toEqual(redacted)
  })

  it('has no account id in a name that contains it', () => {
    const [role] = fullAccountFile.Roles
    const Resource = 'arn:aws:s3:::logs-111122223333-us-east-1/*'
    const PolicyDocument = {Statement: [{Effect: 'Allow', Action: 's3:PutObject', Resource}]}
    const RolePolicyList = [{PolicyName: 'logs', PolicyDocument}]
    const {Roles} = redact(accountIn(fileWith({Roles: [{...role, RolePolicyList}]})))
    expect(JSON.stringify(Roles)).toMatch(/arn:aws:s3:::logs-0{11}\d-us-east-1/)
    expect(JSON.stringify(Roles)).not.toContain('111122223333')
  })

  it('that is redacted again has one number for each account, alone and in names', () => {
    const [role] = fullAccountFile.Roles
    const ids = ['000000000002', '000000000001']
    const Resource = ids.flatMap((id) => [`arn:aws:sns:us-east-1:${id}:x`, `arn:aws:s3:::logs-${id}-x`])
    const PolicyDocument = {Statement: [{Effect: 'Allow', Action: '*', Resource}]}
    const {Roles} = redact(
      accountIn(fileWith({Roles: [{...role, RolePolicyList: [{PolicyName: 'logs', PolicyDocument}]}]})),
    )
    const found = JSON.stringify(Roles)
    const inTopics = [...found.matchAll(/sns:us-east-1:(\d{12}):/g)].map(([, id]) => id)
    expect([...found.matchAll(/:::logs-(\d{12})-/g)].map(([, id]) => id)).toEqual(inTopics)
    expect(new Set(inTopics).size).toBe(2)
  })

  it('has no account id in the name of a private hosted zone', () => {
    const Name = '111122223333.dkr.ecr.us-east-1.amazonaws.com.'
    const {HostedZones} = redact(accountIn(fileWith({HostedZones: [{Id: 'Z', Name, ResourceRecordSets: []}]})))
    expect(HostedZones).toMatchObject([{Name: expect.stringMatching(/^0{11}\d\./)}])
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  it('has no folder of the path of a role, which policies still name', () => {
    const arn = (path: string) => `arn:aws:iam::111122223333:role/${path}`
    const [role] = fullAccountFile.Roles
    const [policy] = fullAccountFile.Policies
    const statement = {Effect: 'Deny', Action: 'iam:PassRole', Resource: arn('acme-shop/*')}
    const other = redact(
      accountIn(
        fileWith({
          Roles: [{...role, Path: '/acme-shop/service-role/', Arn: arn('acme-shop/service-role/web')}],
          Policies: [{...policy, PolicyVersionList: [{VersionId: 'v1', Document: {Statement: [statement]}}]}],
        }),
      ),
    )
    const [{Arn = '', Path = ''} = {}] = other.Roles as readonly {Arn?: string; Path?: string}[]
    expect(Path).toBe('/path-1/service-role/')
    expect(Arn).toContain(`:role${Path}`)
    expect(JSON.stringify(other.Policies)).toContain(':role/path-1/*')
    expect(JSON.stringify(other)).not.toContain('acme-shop')
  })

  it('has no name that a record of a zone answers with, unless it is one of AWS, and every address', () => {
    const records = (name: string, Value: string) => ({Name: name, Type: 'CNAME', ResourceRecords: [{Value}]})
    const zone = {
      Id: 'Z',
      Name: 'corp.acme-shop.example.',
      ResourceRecordSets: [
        records('ssm.us-east-1.amazonaws.com.', 'proxy.corp.acme-shop.example'),
        records('proxy.corp.acme-shop.example.', '10.0.1.20'),
        records('v6.corp.acme-shop.example.', 'fd00::20'),
        records('s3.us-east-1.amazonaws.com.', 'bucket.vpce-0a1.s3.us-east-1.vpce.amazonaws.com'),
      ],
    }
    const [{ResourceRecordSets = []} = {}] = redact(accountIn(fileWith({HostedZones: [zone]})))
      .HostedZones as readonly {
      ResourceRecordSets?: readonly {Name: string; ResourceRecords: readonly {Value: string}[]}[]
    }[]
    const [proxy, address, v6, bucket] = ResourceRecordSets.map((one) => one.ResourceRecords[0]?.Value)
    expect(`${proxy}.`).toBe(ResourceRecordSets[1]?.Name)
    expect(proxy).not.toContain('acme-shop')
    expect([address, v6]).toEqual(['10.0.1.20', 'fd00::20'])
    expect(bucket).toContain('.vpce-0a1.s3.us-east-1.vpce.amazonaws.com')
  })

  it('has no name of a document of the customer in an association', () => {
    const association = (Name: string) => ({InstanceId: 'i-0a1b2c3d4e5f60010', AssociationId: '0a1b2c3d', Name})
    const {InstanceAssociations} = redact(
      accountIn(
        fileWith({InstanceAssociations: [association('acme-harden'), association('AWS-GatherSoftwareInventory')]}),
      ),
    )
    expect(InstanceAssociations).toMatchObject([
      {Name: expect.stringMatching(/^name-\d+$/)},
      {Name: 'AWS-GatherSoftwareInventory'},
    ])
  })

  const statements = (...Statement: readonly object[]): readonly object[] => {
    const [policy] = fullAccountFile.Policies
    const Policies = [{...policy, PolicyVersionList: [{VersionId: 'v1', Document: {Statement}}]}]
    const Tags = ['false', 'instance'].map((Value) => ({Key: Value, Value}))
    const [vpc] = fullAccountFile.Vpcs
    const text = writeAccount(redact(accountIn(fileWith({Policies, Vpcs: [{...vpc, Tags}]}))))
    const other: typeof fullAccountFile = JSON.parse(text)
    return other.Policies[0]?.PolicyVersionList[0]?.Document.Statement ?? []
  }

  it('has no name of a bucket, log group, key, secret or parameter that a policy allows, whose wildcards still match', () => {
    const Resource = [
      'arn:aws:s3:::acme-backups/*',
      'arn:aws:s3:::acme-*',
      'arn:aws:logs:us-east-1:111122223333:log-group:/acme/sessions:*',
      'arn:aws:kms:us-east-1:111122223333:alias/acme',
      'arn:aws:secretsmanager:us-east-1:111122223333:secret:acme-AbCdEf',
      'arn:aws:ssm:us-east-1:111122223333:parameter/acme/url',
      'arn:aws:s3:::aws-ssm-us-east-1/*',
      'arn:aws:s3:::*-us-east-1/*',
      'arn:aws:ec2:us-east-1:111122223333:instance/*',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
      'arn:aws:s3:::acme/${aws:username}',
    ]
    const found = statements({Resource})
    expect(JSON.stringify(found)).not.toMatch(/acme|backups|url/)
    const [{Resource: others = []} = {}] = found as readonly {Resource: readonly string[]}[]
    const acme = /^arn:aws:s3:::(word\d+)-\*$/.exec(others[1] ?? '')?.[1]
    expect(others[0]).toMatch(new RegExp(`^arn:aws:s3:::${acme}-word\\d+/\\*$`))
    expect(others.slice(2, 6).every((other) => other.includes(`${acme}`))).toBe(true)
    expect(others.at(-1)).toBe(`arn:aws:s3:::${acme}/\${aws:username}`)
    expect(others.slice(6, 9)).toEqual([
      'arn:aws:s3:::aws-ssm-us-east-1/*',
      'arn:aws:s3:::*-us-east-1/*',
      expect.stringMatching(/:instance\/\*$/),
    ])
  })

  it.each([
    'arn:*:s3:::acme-backups/*',
    'arn:aws:logs:*:*:log-group:/acme/sessions:*',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    'arn:aws:ssm:*:${aws:PrincipalAccount}:parameter/acme/url',
    'arn:aws:ssm:*:*:document/acme-Patch',
    'arn:aws:iam::*:role/acme-*',
    'arn:aws:sts::111122223333:assumed-role/acme/*',
    'arn:aws:ecr:us-east-1:111122223333:repository/acme/web',
    'arn:aws:rds:us-east-1:111122223333:db:acme',
    'arn:aws:codecommit:us-east-1:111122223333:acme',
    'arn:aws:ec2:us-east-1:111122223333:key-pair/acme',
    'arn:aws:ssm:us-east-1:111122223333:session/acme-0a1b2c3d4e5f60011',
    'arn:aws:ssm:us-east-1:111122223333:resource-data-sync/acme',
    'arn:aws:iam::111122223333:oidc-provider/login.acme.com/realms/acme',
    'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_acme_0a1b2c3d4e5f6001',
    'arn:aws:iam::*:role/AWSReservedSSO_acme_*',
  ])('has no name in %s', (Resource) => {
    expect(JSON.stringify(statements({Resource}))).not.toContain('acme')
  })

  it.each([
    'arn:aws:ssm:*:*:document/AWS-RunShellScript',
    'arn:*:ec2:*:*:instance/i-0a1b2c3d4e5f60010',
    'arn:aws:ssm:*:*:servicesetting/ssm/managed-instance/default-ec2-instance-management-role',
  ])('still has %s, which is of AWS or an id', (Resource) => {
    expect(statements({Resource})).toEqual([{Resource}])
  })

  it.each([
    {StringEquals: {'s3:prefix': 'acme/home'}},
    {StringLike: {'aws:ResourceTag/acme': 'acme-*', 'sts:ExternalId': 'acme-*'}},
    {StringEquals: {'s3:ExistingObjectTag/acme': 'acme', 'kms:EncryptionContext:acme': 'acme'}},
    {'ForAllValues:StringEquals': {'aws:TagKeys': ['acme']}},
    {StringEquals: {'cloudwatch:namespace': 'acme', 'saml:sub': 'acme'}},
    {'ForAllValues:StringLike': {'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['*.acme.com']}},
    {StringLike: {'aws:userid': ['*:jane@acme.com']}},
    {StringEquals: {'login.acme.com/realms/acme:aud': 'acme'}},
    // biome-ignore lint/suspicious/noTemplateCurlyInString: policy variables
    {StringEquals: {'aws:ResourceTag/x': '${aws:PrincipalTag/acme}', 'aws:ResourceTag/y': 'acme-${aws:username}'}},
  ])('has no name in the condition %j', (Condition) => {
    expect(JSON.stringify(statements({Condition}))).not.toContain('acme')
  })

  it('has no name of a role of host management that was not read', () => {
    const [setting] = fullAccountFile.ServiceSettings
    const other = {...setting, SettingValue: 'service-role/AcmeHosts'}
    expect(writeAccount(redact(accountIn(fileWith({ServiceSettings: [other]}))))).not.toContain('Acme')
  })

  it('has no external id, user, repository, organization or tag of a condition', () => {
    const found = statements({
      Condition: {
        StringEquals: {
          'sts:ExternalId': 'acme-external',
          'aws:username': 'bob',
          'aws:PrincipalOrgID': 'o-acme123456',
          'aws:RequestTag/acme-team': 'acme-team',
          'token.acme.com:sub': 'repo:acme/app',
        },
      },
    })
    expect(JSON.stringify(found)).not.toMatch(/acme|bob/)
    expect(found).toMatchObject([{Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-0000000001'}}}])
  })

  it('has the same id of the organization in the conditions that compare it', () => {
    const account = accountIn(fileWith({}))
    const ours = redact({
      ...account,
      Organization: [{Id: 'o-acme123456', Arn: 'arn:aws:organizations::111122223333:organization/o-acme123456'}],
      Roles: [
        aRole({AssumeRolePolicyDocument: allow('*', {Condition: {StringEquals: {'aws:SourceOrgID': 'o-acme123456'}}})}),
      ],
    })
    const [organization] = itemsOf(ours.Organization)
    expect(organization?.Id).toMatch(/^o-\d{10}$/)
    expect(organization?.Arn).toMatch(new RegExp(`/${organization?.Id}$`))
    expect(JSON.stringify(ours.Roles)).toContain(`"aws:SourceOrgID":"${organization?.Id}"`)
    expect(JSON.stringify(ours)).not.toContain('acme')
  })

  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
  it('has no id of a root, an organizational unit or a policy of the organization, but those of AWS', () => {
    const Output =
      'with an explicit deny in a service control policy: ' +
      'arn:aws:organizations::444455556666:policy/o-acme123456/service_control_policy/p-acme1234\n' +
      'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess\n'
    const paths = ['o-acme123456/r-acm1/ou-acm1-acme1111/*', 'o-acme123456/*/ou-acm1-acme2222/', '*/ou-acm1-*']
    const Condition = {'ForAnyValue:StringLike': {'aws:PrincipalOrgPaths': paths}}
    const [output] = fullAccountFile.ConsoleOutputs
    const ours = redact(
      accountIn(
        fileWith({
          ConsoleOutputs: [{...output, Output}],
          Roles: [aRole({AssumeRolePolicyDocument: allow('*', {Condition})})],
        }),
      ),
    )
    expect(JSON.stringify(ours)).not.toMatch(/acm/)
    const organization = 'o-0000000001'
    expect(JSON.stringify(ours.Roles)).toContain(
      `["${organization}/r-0001/ou-0001-00000001/*","${organization}/*/ou-0001-00000002/","*/ou-0001-*"]`,
    )
    const [console] = itemsOf(ours.ConsoleOutputs) as readonly {Output: string}[]
    expect(console?.Output).toContain(`:policy/${organization}/service_control_policy/p-00000001\n`)
    expect(console?.Output).toContain('::aws:policy/service_control_policy/p-FullAWSAccess\n')
  })

  it('has no name of a role in the reason why it could not be read', () => {
    const Arn = 'arn:aws:iam::111122223333:role/acme'
    const {Arn: caller} = fullAccountFile.Caller
    const unreadable =
      `AccessDenied: User: ${caller} is not authorized to perform: iam:GetRole on resource: role acme because no ` +
      'identity-based policy allows the iam:GetRole action (needs iam:GetRole)'
    const Roles = [{Arn, unreadable, error: 'AccessDenied', action: 'iam:GetRole'}]
    const [denied] = redact(accountIn(fileWith({Roles}))).Roles as readonly {Arn: string; unreadable: string}[]
    const name = denied?.Arn.split('/').at(-1)
    expect(denied?.unreadable).toContain(`on resource: role ${name} because no identity-based policy allows`)
    const [policy] = fullAccountFile.Policies
    const reason = `AccessDenied: not authorized to perform: iam:GetPolicy on resource: policy ${policy?.Arn} because x`
    const Policies = [{Arn: policy?.Arn, unreadable: reason, error: 'AccessDenied', action: 'iam:GetPolicy'}]
    const [unread] = redact(accountIn(fileWith({Policies}))).Policies as readonly {Arn: string; unreadable: string}[]
    expect(unread?.unreadable).toContain(`on resource: policy ${unread?.Arn} because x`)
  })

  it('has the same host of an identity provider in its ARN and in the conditions on its claims', () => {
    const Federated = 'arn:aws:iam::111122223333:oidc-provider/login.acme.com/realms/shop'
    const [{Principal, Condition} = {}] = statements({
      Principal: {Federated},
      Condition: {StringEquals: {'login.acme.com/realms/shop:sub': 'jane'}},
    }) as readonly {Principal?: {Federated: string}; Condition?: {StringEquals: object}}[]
    const [key = ''] = Object.keys(Condition?.StringEquals ?? {})
    expect(Principal?.Federated).toBe(`arn:aws:iam::000000000001:oidc-provider/${key.replace(/:sub$/, '')}`)
  })

  it('has no id of a policy, and no identifier, host or comment that its author chose', () => {
    const [role] = fullAccountFile.Roles
    const [zone] = fullAccountFile.HostedZones
    const [rule] = fullAccountFile.ResolverRules
    const [association] = fullAccountFile.FirewallRuleGroupAssociations
    const [instance] = fullAccountFile.Instances
    const [simulation] = fullAccountFile.PolicySimulations
    const record = {
      Name: 'db.acme.example.',
      Type: 'A',
      SetIdentifier: 'acme-1',
      ResourceRecords: [{Value: '10.0.1.11'}],
    }
    const other = redact(
      accountIn(
        fileWith({
          Roles: [{...role, AssumeRolePolicyDocument: {Id: 'acme-trust', Statement: []}}],
          HostedZones: [{...zone, CallerReference: 'acme-call', ResourceRecordSets: [record]}],
          ResolverRules: [{...rule, CreatorRequestId: 'acme', TargetIps: [{ServerNameIndication: 'dns.acme.example'}]}],
          FirewallRuleGroupAssociations: [{...association, FirewallRules: [{BlockOverrideDomain: 'acme.example'}]}],
          Instances: [{...instance, Tags: [{Key: 'InspectorEc2Exclusion', Value: 'acme agreed'}]}],
          PolicySimulations: [{...simulation, EvaluationResults: [{MissingContextValues: ['aws:RequestTag/acme']}]}],
          Caller: {
            Account: '111122223333',
            Arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_acme_0a1b2c3d4e5f6001/jane@acme.example',
            UserId: 'AROAEXAMPLEAUDIT:jane@acme.example',
          },
        }),
      ),
    )
    expect(writeAccount(other)).not.toMatch(/acme|jane/)
    expect(writeAccount(other)).toContain('InspectorEc2Exclusion')
  })

  it('has no pattern of the names of roles and tags, but what the pattern matches', () => {
    const [role] = redacted.Roles as readonly {Arn: string}[]
    const [instance] = redacted.Instances as readonly {Tags: readonly {Value: string}[]}[]
    const Condition = (arns: string | readonly string[], tag: string) => ({
      ArnLike: {'aws:PrincipalArn': arns},
      StringLike: {'aws:PrincipalTag/cost-centre': tag},
    })
    const arn = (name: string, account = '111122223333') => `arn:aws:iam::${account}:role/${name}`
    const kept = ['*', 'aws-reserved/sso.amazonaws.com/*', 'AWSReservedSSO_*', 'service-role/*']
    const given = [arn('store*', '*'), arn('acme-?'), arn('store*', '444455556666'), ...kept.map((name) => arn(name))]
    const [found] = statements({Condition: Condition(given, 'retail-?2')}) as readonly {Condition: object}[]
    expect(JSON.stringify(found)).not.toMatch(/acme|store|retail/)
    expect(found?.Condition).toMatchObject({
      ArnLike: {
        'aws:PrincipalArn': [
          role?.Arn,
          expect.stringMatching(/:role\/word\d+/),
          expect.stringMatching(/:role\/word\d+/),
          ...kept.map((name) => expect.stringMatching(new RegExp(`:role/${name.replaceAll('*', '\\*')}$`))),
        ],
      },
    })
    expect(Object.values(Object(found?.Condition).StringLike)).toEqual([instance?.Tags[1]?.Value])
  })

  it('compares with false what is compared with false, although a tag has that value', () => {
    const Condition = {Bool: {'aws:SecureTransport': 'false'}, Null: {'aws:TokenIssueTime': 'false'}}
    expect(statements({Condition})).toEqual([{Condition}])
  })

  it('has no host and no user of a console, but those of AWS', () => {
    const [output] = fullAccountFile.ConsoleOutputs
    const Output =
      'acme-web login: \nSet hostname to <acme-db>\nacme-web amazon-ssm-agent[7]: dial https://ssm.us-east-1.amazonaws.com/ ' +
      'through proxy.acme.com:3128\nssh-rsa AAAA root@acme-web, jane@acme.com.\nStarted getty@tty1.service\n' +
      'host-containers@control: failed to pull image\n' +
      'Nov 18 08:04:00 acme-cache systemd[1]: Started\n' +
      'Started Session c1 of user jane.\nStarted Session 2 of user ec2-user.\n' +
      'Accepted publickey for jane.doe from 10.0.0.7, session opened for user jane(uid=1001), /home/jane/run.sh\n' +
      "New session '4' of user 'jane' with class 'user' and type 'tty'.\n" +
      'New session 3 of user jane.\nStarted session-3.scope - Session 3 of User jane.\n' +
      'session opened for user root(uid=0) by jane(uid=1001)\nDisconnected from user jane 10.0.0.7 port 22\n' +
      'Failed keyboard-interactive/pam for invalid user jane from 10.0.0.7\nuser=jane, C:\\Users\\jane\\run.ps1\n' +
      'sudo: jane : TTY=pts/0 ; USER=root\nnew user: name=jane, UID=1001\n' +
      'Nov 18 08:04:01 acme-old systemd: Started\n' +
      '2026/11/18 08:04:02Z: RDPCERTIFICATE-SUBJECTNAME: ACME01\n' +
      'download: s3://acme-setup/acme.sh to ./setup.sh\n' +
      'proxy https://jane@proxy.acme.de:3128, metadata http://169.254.169.254/latest\n' +
      'User: arn:aws:sts::111122223333:assumed-role/acme/mi-0a1b2c3d4e5f60077 is not authorized\n' +
      'User: arn:aws:sts::111122223333:assumed-role/acme/i-am-acme is not authorized\n'
    const [console] = redact(accountIn(fileWith({ConsoleOutputs: [{...output, Output}]}))).ConsoleOutputs as readonly {
      Output: string
    }[]
    expect(console?.Output).not.toMatch(/acme|jane/i)
    expect(console?.Output).toContain('metadata http://169.254.169.254/latest')
    expect(console?.Output).toMatch(/dial https:\/\/ssm\.us-east-1\.amazonaws\.com\/ through .*\.com:3128/)
    expect(console?.Output).toContain('Started getty@tty1.service\nhost-containers@control: failed to pull image')
    expect(console?.Output).toMatch(/:assumed-role\/role-\d+\/mi-0a1b2c3d4e5f60077 is/)
    expect(console?.Output).toMatch(/^Started Session c1 of user (user-\d+)\.\nStarted Session 2 of user ec2-user\.$/m)
  })

  it('has no command or user of session preferences, no time server, and no path of a service role', () => {
    const SessionPreferences = {
      schemaVersion: '1.0',
      description: 'acme sessions',
      sessionType: 'Standard_Stream',
      inputs: {
        ...{s3BucketName: 'acme-sessions', kmsKeyId: 'alias/acme', runAsEnabled: true, runAsDefaultUser: 'acme-ops'},
        shellProfile: {linux: 'cd /acme', windows: ''},
      },
    }
    const [options] = fullAccountFile.DhcpOptions
    const DhcpConfigurations = [{Key: 'ntp-servers', Values: [{Value: 'time.acme.com'}, {Value: '10.0.0.9'}]}]
    const [node] = fullAccountFile.InstanceInformationList
    const other = redact(
      accountIn(
        fileWith({
          SessionPreferences,
          DhcpOptions: [{...options, DhcpConfigurations}],
          InstanceInformationList: [{...node, IamRole: 'acme/machines'}],
        }),
      ),
    )
    expect(writeAccount(other)).not.toContain('acme')
    expect(writeAccount(other)).toContain('10.0.0.9')
  })

  it('has the same pseudonym for the bucket of session logs in the preferences and in a policy, without its account id', () => {
    const inputs = {s3BucketName: 'acme-logs-111122223333', s3KeyPrefix: '', cloudWatchLogGroupName: ''}
    const Roles = [
      aRole({
        RolePolicyList: [
          {
            PolicyName: 'logs',
            PolicyDocument: allow('s3:PutObject', {Resource: 'arn:aws:s3:::acme-logs-111122223333/*'}),
          },
        ],
      }),
    ]
    const other = redact(accountIn(fileWith({SessionPreferences: {schemaVersion: '1.0', inputs}, Roles})))
    const [preferences] = other.SessionPreferences as readonly {inputs: {s3BucketName: string}}[]
    expect(writeAccount(other)).not.toContain('111122223333')
    expect(JSON.stringify(other.Roles)).toContain(`"arn:aws:s3:::${preferences?.inputs.s3BucketName}/*"`)
  })

  it('keeps conditions on tags and zone names decidable', () => {
    const Tags = [{Key: 'team', Value: 'payments'}]
    const condition = {StringEquals: {'aws:ResourceTag/team': 'payments'}}
    const [vpc] = fullAccountFile.Vpcs
    const [policy] = fullAccountFile.Policies
    const Policies = [
      {
        ...policy,
        PolicyVersionList: [{VersionId: 'v1', Document: {Statement: [{Effect: 'Allow', Condition: condition}]}}],
      },
    ]
    const HostedZones = [
      {
        Id: 'Z',
        Name: 'us-east-1.amazonaws.com.',
        ResourceRecordSets: [{Name: 'ssm.us-east-1.amazonaws.com.', Type: 'A'}],
      },
    ]
    const other = redact(accountIn(fileWith({Vpcs: [{...vpc, Tags}], Policies, HostedZones})))
    const [{Tags: [tag] = []} = {}] = other.Vpcs as readonly {Tags: readonly {Key: string; Value: string}[]}[]
    expect(tag?.Value).not.toBe('payments')
    expect(other.Policies).toMatchObject([
      {
        PolicyVersionList: [
          {Document: {Statement: [{Condition: {StringEquals: {[`aws:ResourceTag/${tag?.Key}`]: tag?.Value}}}]}},
        ],
      },
    ])
    expect(other.HostedZones).toEqual(HostedZones)
  })
})

describe('the examination of a redacted account', () => {
  const healthy = JSON.parse(readFileSync(new URL('../../examples/healthy.json', import.meta.url), 'utf8'))
  const id: string = healthy.Instances[0].InstanceId
  const causes = (account: Account) =>
    examine(account, id).causes.map(({id: cause, severity, certainty}) => [cause, severity, certainty].join(' '))

  /** With this condition in the policies of the endpoints, and these tags of the role. */
  function causesWith(Condition: object, Effect = 'Allow') {
    const Statement = {Effect, Principal: '*', Action: '*', Resource: '*', Condition}
    const PolicyDocument = {Version: '2012-10-17', Statement: [Statement]}
    const account = accountIn({
      ...healthy,
      Roles: healthy.Roles.map((role: object) => ({...role, Tags: [{Key: 'Team', Value: 'payments-eu'}]})),
      VpcEndpoints: healthy.VpcEndpoints.map((endpoint: object) => ({...endpoint, PolicyDocument})),
    })
    const [before, after] = [causes(account), causes(redact(account))]
    expect(after).toEqual(before)
    return before
  }

  it.each([
    {ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/work*'}},
    {StringLike: {'aws:PrincipalArn': ['arn:aws:iam::*:role/other', 'arn:*:iam::111122223333:role/*ker']}},
    {StringEquals: {'aws:PrincipalTag/TEAM': 'payments-eu'}},
    {StringLike: {'aws:PrincipalTag/team': 'payments-*'}},
    {StringEqualsIgnoreCase: {'aws:PrincipalTag/team': 'PAYMENTS-EU'}},
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    {StringEquals: {'aws:PrincipalTag/team': '${aws:PrincipalTag/Team}'}},
  ])('still meets %j', (Condition) => {
    expect(causesWith(Condition)).toEqual([])
  })

  it.each([
    {ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/other-*'}},
    {ArnNotLike: {'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/work*'}},
    {StringNotLike: {'aws:PrincipalTag/team': 'pay*'}},
    {StringEquals: {'aws:PrincipalTag/team': 'payments-*'}},
  ])('still does not meet %j', (Condition) => {
    expect(causesWith(Condition)).not.toEqual([])
  })

  it('finds the node of a cluster, whose name it does not have', () => {
    const [instance] = healthy.Instances
    const MetadataOptions = {...instance.MetadataOptions, HttpPutResponseHopLimit: 1}
    const Tags = [{Key: 'kubernetes.io/cluster/acme', Value: 'owned'}]
    const account = accountIn({
      ...healthy,
      Instances: [{...instance, MetadataOptions, Tags}],
      InstanceInformationList: [],
    })
    expect(causes(account)).toContain('imds.hop-limit advises possible')
    expect(causes(redact(account))).toEqual(causes(account))
    expect(writeAccount(redact(account))).not.toContain('acme')
  })

  it('has the launch template of an instance, and names that EC2 assigned and publishers chose', () => {
    const [instance] = healthy.Instances
    const Tags = [
      {Key: 'aws:ec2launchtemplate:id', Value: 'lt-0a1b2c3d4e5f60001'},
      {Key: 'aws:ec2launchtemplate:version', Value: '3'},
    ]
    const ImageMetadata = {ImageId: instance.ImageId, Name: 'debian-12-amd64-20260914-2230', OwnerId: '136693071363'}
    const account = accountIn({
      ...healthy,
      Instances: [{...instance, Tags}],
      InstanceImageMetadata: [{InstanceId: id, ImageMetadata}],
      InstanceInformationList: [{...healthy.InstanceInformationList[0], ComputerName: 'ip-10-0-1-10.ec2.internal'}],
    })
    const other = redact(account)
    expect(other.Instances).toMatchObject([{Tags}])
    expect(other.InstanceImageMetadata).toMatchObject([{ImageMetadata}])
    expect(other.InstanceInformationList).toMatchObject([{ComputerName: 'ip-10-0-1-10'}])
  })
})

describe('addresses', () => {
  const other = (given: string) => withOtherAddresses(given, 'salt')
  const network = (address: string) => address.split('.').slice(0, 3).join('.')

  it('stay in the networks that contain them', () => {
    const [address, prefix] = [other('203.0.113.20'), other('203.0.113.0/24')]
    expect(address).not.toBe('203.0.113.20')
    expect(prefix).toBe(`${network(address)}.0/24`)
    expect(network(other('203.0.114.20'))).not.toBe(network(address))
    expect(other('203.0.0.0/16')).toBe('203.0.0.0/16')
  })

  it('that are the same for every account stay', () => {
    for (const same of [
      '10.1.2.3',
      '172.31.0.2',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0/0',
      '255.255.255.255',
      '::/0',
      'fd00:ec2::254',
    ])
      expect(other(same)).toBe(same)
  })

  it('of IPv6 keep their Region and hide their network', () => {
    expect(other('2600:1f18:aaaa:bb00::/56')).toMatch(/^2600:1f18:(?!aaaa)[\da-f]{1,4}:bb00::\/56$/)
  })

  it('are not found in version numbers', () => {
    expect(other('3.3.2746.0')).toBe('3.3.2746.0')
  })
})

describe('the history', () => {
  it('is left out, because events name people and tools', () => {
    const {CloudTrailEvents, ConfigurationItems} = redacted
    expect({CloudTrailEvents, ConfigurationItems}).toEqual({
      CloudTrailEvents: {unreadable: 'left out by --redact'},
      ConfigurationItems: {unreadable: 'left out by --redact'},
    })
  })
})
