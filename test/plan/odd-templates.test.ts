// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this
import {describe, expect, it} from 'vitest'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {parseTemplate} from '../../src/plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {UNKNOWN} from '../../src/plan/resource.ts'
import {ENDPOINT_GROUP, healthy, OWNER, REGION, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'

const CONTEXT = {
  region: REGION,
  partition: 'aws',
  account: OWNER,
  stackName: 'odd',
  parameters: {},
  physicalIds: new Map<string, string>(),
}
const SOURCE = {file: 't.yaml', language: 'cloudformation'} as const
const read = (text: string, context: object = {}) =>
  templatePlan(parseTemplate('t.yaml', text), {...CONTEXT, ...context})
const report = (text: string, context: object = {}) => comparePlan(healthy, read(text, context), SOURCE)
const propertiesOf = (text: string, address: string, context: object = {}) =>
  read(text, context).resources.find((one) => one.address === address)?.after

describe('short forms', () => {
  it('nest in each other and in lists and maps', () => {
    const after = propertiesOf(
      `
Mappings: {Names: {eu-west-1: {ssm: ssm}}}
Parameters: {Ids: {Type: CommaDelimitedList, Default: 'subnet-1, subnet-2'}}
Conditions: {Yes: !Not [!Equals [a, b]]}
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !GetAtt [Vpc, VpcId]
      ServiceName: !Join ['.', [com.amazonaws, !Ref 'AWS::Region', !FindInMap [Names, !Ref 'AWS::Region', ssm]]]
      SubnetIds: !If [Yes, [!Select [1, !Ref Ids], !Select [0, !Split [',', 'a,b']]], !Ref AWS::NoValue]
      PrivateDnsEnabled: yes
`,
      'Endpoint',
    )
    expect(after).toMatchObject({
      VpcId: 'vpc-Vpc',
      ServiceName: `com.amazonaws.${REGION}.ssm`,
      SubnetIds: ['subnet-2', 'a'],
    })
  })

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
  it('of a function that is newer than this version have no value, and not that of their argument', () => {
    const after = propertiesOf(
      `
Resources:
  Node:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !GetStackOutput {StackName: network, OutputName: Subnet}
      SecurityGroupIds: [!Newer sg-0a, !Ref Group]
  Group: {Type: 'AWS::EC2::SecurityGroup'}
`,
      'Node',
    )
    expect(after).toMatchObject({SubnetId: UNKNOWN, SecurityGroupIds: [UNKNOWN, 'sg-Group']})
  })

  it('YAML of CloudFormation may write true as yes', () => {
    const text = `Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: yes}}}`
    const after = applyResources(healthy, read(text).resources)
    const attributes = itemsOf(after.VpcAttributes).find((one) => 'VpcId' in one && one.VpcId === 'vpc-Vpc')
    expect(attributes).toMatchObject({EnableDnsHostnames: {Value: true}})
  })
})

describe('what only CloudFormation expands', () => {
  it('a macro is rejected with the next step', () => {
    expect(() => read('Transform: Expand\nResources: {}')).toThrow(/macro Expand.*describe-change-set/)
    expect(() => read(`Resources: {'Fn::Transform': {Name: 'AWS::Include'}}`)).toThrow(/macro/)
  })

  it('the SAM transform does not change modeled kinds', () => {
    const text = `
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Globals: {Function: {Timeout: 3}}
Resources:
  Function: {Type: 'AWS::Serverless::Function', Properties: {Handler: a.b}}
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: ${VPC}}}
`
    expect(read(text).resources.map(({address}) => address)).toEqual(['Group'])
    expect(report(text).ignored).toEqual([{address: 'Function', type: 'AWS::Serverless::Function', relevant: false}])
  })

  it('a nested stack is listed, and its outputs are not known', () => {
    const text = `
Resources:
  Network: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: https://example.com/t.yaml}}
  Node: {Type: 'AWS::EC2::Instance', Properties: {SubnetId: !GetAtt Network.Outputs.SubnetId}}
`
    expect(report(text)).toMatchObject({
      instances: [{address: 'Node', after: 'undecided'}],
      ignored: [{address: 'Network', relevant: true}],
    })
  })
})

describe('Fn::ForEach', () => {
  it('creates one resource for each item', () => {
    const text = `
Transform: AWS::LanguageExtensions
Parameters: {Services: {Type: CommaDelimitedList, Default: 'ssm,ssmmessages'}}
Resources:
  Fn::ForEach::Endpoints:
    - Service
    - !Ref Services
    - Endpoint\${Service}:
        Type: AWS::EC2::VPCEndpoint
        Properties: {VpcId: ${VPC}, ServiceName: !Sub 'com.amazonaws.\${AWS::Region}.\${Service}'}
`
    expect(read(text).resources.map(({address, after}) => [address, after?.ServiceName])).toEqual([
      ['Endpointssm', `com.amazonaws.${REGION}.ssm`],
      ['Endpointssmmessages', `com.amazonaws.${REGION}.ssmmessages`],
    ])
  })

  it('refers to its item by Ref, nests, and keeps letters and digits in a logical id', () => {
    const text = `
Resources:
  Fn::ForEach::A:
    - X
    - [10.0.1.0/24]
    - Fn::ForEach::B:
        - Y
        - [a, b]
        - 'Subnet&{X}\${Y}': {Type: 'AWS::EC2::Subnet', Properties: {VpcId: ${VPC}, CidrBlock: !Ref X}}
`
    expect(read(text).resources.map(({address, after}) => [address, after?.CidrBlock])).toEqual([
      ['Subnet1001024a', '10.0.1.0/24'],
      ['Subnet1001024b', '10.0.1.0/24'],
    ])
  })
})

describe('Fn::ForEach of more copies than a template may have', () => {
  const items = (count: number) => Array.from({length: count}, (_, at) => `i${at}`)
  const loops = (depth: number, count: number): object =>
    Array.from({length: depth}, (_, at) => at).reduceRight<object>(
      (body, at) => ({[`Fn::ForEach::L${at}`]: [`V${at}`, items(count), body]}),
      {
        [`R${items(depth)
          .map((_, at) => `\${V${at}}`)
          .join('x')}`]: {Type: 'AWS::EC2::VPC'},
      },
    )

  it.each([
    ['one loop', loops(1, 5001)],
    ['loops within loops', loops(5, 30)],
  ])('is an error: %s', (_, Resources) => {
    expect(() => read(JSON.stringify({Resources}))).toThrow(
      'The Fn::ForEach loops of the template make more than 5000 copies.',
    )
  })

  it('is not one of 5000', () => {
    expect(read(JSON.stringify({Resources: loops(1, 5000)})).resources).toHaveLength(5000)
  })
})

describe('a condition that only a parameter without a value decides', () => {
  const closing = (condition: string) => `
Parameters: {Close: {Type: String}}
Conditions: {Closing: !Equals [!Ref Close, 'yes']}
Resources:
  Rule:
    Type: AWS::EC2::SecurityGroup
    ${condition}
    Properties: {VpcId: ${VPC}, SecurityGroupEgress: []}
`
  const context = {physicalIds: new Map([['Rule', WEB_GROUP]])}

  it('leaves what it may change undetermined', () => {
    expect(report(closing('Condition: Closing'), context).totals).toMatchObject({unknown: 1, lost: 0})
    expect(report(closing(''), context).totals).toMatchObject({lost: 1})
    const no = {...context, parameters: {Close: 'no'}}
    expect(report(closing('Condition: Closing'), no).totals).toMatchObject({unchanged: 1})
  })
})

describe('what a VPC includes', () => {
  const text = `
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Vpc.DefaultSecurityGroup, IpProtocol: '-1', CidrIp: 0.0.0.0/0}
`
  it('has an id derived from its address if the VPC is new', () => {
    expect(propertiesOf(text, 'Rule')?.GroupId).toBe('sg-Vpc.default_security_group_id')
  })

  it('is that of the account if the VPC exists, or unknown', () => {
    const physicalIds = new Map([['Vpc', 'vpc-1']])
    expect(propertiesOf(text, 'Rule', {physicalIds})?.GroupId).toBe(UNKNOWN)
    const known = {physicalIds, defaultsOf: () => ({group: 'sg-1'})}
    expect(propertiesOf(text, 'Rule', known)?.GroupId).toBe('sg-1')
  })
})

describe('a policy that names what the stack creates', () => {
  const withStatement = (statement: string) => `
Resources:
  Bucket: {Type: 'AWS::S3::Bucket'}
  Own:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: own
      Roles: [web]
      PolicyDocument: {Statement: [${statement}]}
`
  it.each([
    ['{Effect: Allow, Action: s3:GetObject, Resource: !Sub "${Bucket.Arn}/*"}', 'unchanged'],
    ['{Effect: Deny, Action: [sqs:SendMessage], NotResource: !GetAtt Bucket.Arn}', 'unchanged'],
    ['{Effect: Deny, Action: s3:GetObject, NotResource: !GetAtt Bucket.Arn}', 'unknown'],
    ['{Effect: Deny, Action: "ssm*", Resource: !GetAtt Bucket.Arn}', 'unknown'],
    ['{Effect: Deny, NotAction: s3:GetObject, Resource: !GetAtt Bucket.Arn}', 'unknown'],
    ['{Effect: Allow, Action: !ImportValue action, Resource: "*"}', 'unknown'],
  ])('leaves the agent as it was if its calls are of other services: %s, %s', (statement, change) => {
    const account = {...healthy, SessionPreferences: []}
    expect(comparePlan(account, read(withStatement(statement)), SOURCE).totals[change as 'unknown']).toBeGreaterThan(0)
  })

  it('is undetermined if session preferences may require what it allows', () => {
    const {totals} = report(withStatement('{Effect: Allow, Action: s3:PutObject, Resource: !GetAtt Bucket.Arn}'))
    expect(totals.unknown).toBe(1)
  })

  it('is the boundary of a role, by its logical id', () => {
    const text = `
Resources:
  Limit:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: s3:*, Resource: '*'}]}}
  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: web, PermissionsBoundary: !Ref Limit}}
`
    const causes = report(text).instances.flatMap((one) => one.causes.map(({id}) => id))
    expect(causes).toContain('iam.boundary-blocks')
  })
})

// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.Vpc.html#restrictdefaultsecuritygroup
describe('the resource by which the CDK revokes the rules of a default group', () => {
  const text = `
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.9.0.0/16}}
  Restrict:
    Type: Custom::VpcRestrictDefaultSG
    Properties: {DefaultSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup, Account: !Ref AWS::AccountId}
`
  const rulesOf = (account: typeof healthy) => {
    const group = find(account.SecurityGroups, 'GroupId', 'sg-Vpc.default_security_group_id')
    return [group?.IpPermissions.length, group?.IpPermissionsEgress.length]
  }

  it('leaves none, and its removal adds them again', () => {
    const {resources, ignored} = read(text)
    expect(ignored).toEqual([])
    const restricted = applyResources(healthy, resources)
    expect(rulesOf(restricted)).toEqual([0, 0])
    const removal = resources
      .filter(({type}) => type.startsWith('Custom::'))
      .map(({after, ...one}) => ({...one, action: 'delete' as const, before: after!}))
    expect(rulesOf(applyResources(restricted, removal))).toEqual([1, 1])
  })

  it('makes the default groups undetermined where it is not known which one it is', () => {
    const {resources} = read(text.replace('!GetAtt Vpc.DefaultSecurityGroup', "!ImportValue 'group'"))
    const {SecurityGroups} = applyResources(healthy, resources)
    expect(SecurityGroups).toHaveProperty('unreadable')
    const names = itemsOf(SecurityGroups).map(({GroupName}) => GroupName)
    expect([names.includes('default'), names.length > 0]).toEqual([false, true])
  })
})

describe('a rule of a security group that is imported', () => {
  const rule = (type: string, rest: string) => `
Resources:
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: node, VpcId: ${VPC}}}
  Rule: {Type: 'AWS::EC2::SecurityGroup${type}', Properties: {GroupId: !ImportValue group, IpProtocol: tcp, ${rest}}}
  Node:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: ${SUBNET}, SecurityGroupIds: [!Ref Group], IamInstanceProfile: web, ImageId: ami-1}
`
  const closed: Account = {
    ...healthy,
    SecurityGroups: itemsOf(healthy.SecurityGroups).map((one) =>
      one.GroupId === ENDPOINT_GROUP ? {...one, IpPermissions: []} : one,
    ),
  }
  const verdictsIn = (account: Account, text: string) =>
    comparePlan(account, read(text), SOURCE).instances.map(({id, after}) => [id, after])

  it('may be one of the endpoints, which the new instance then reaches', () => {
    const ports = 'FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref Group'
    expect(verdictsIn(closed, rule('Ingress', ports))).toEqual([['i-Node', 'undecided']])
    expect(verdictsIn(closed, rule('Ingress', 'FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8'))).toEqual([
      ['i-Node', 'unmanaged'],
    ])
  })

  it('may be the one by which CloudFormation revokes the rule that allows all outbound traffic', () => {
    const change = rule('Egress', 'FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/8')
    expect(verdictsIn(healthy, change)).toContainEqual([WEB, 'undecided'])
  })
})

describe('attributes of a resource', () => {
  it.each([
    ['Subnet.SubnetId', 'subnet-Subnet'],
    ['Subnet.VpcId', VPC],
    ['Subnet.AvailabilityZone', UNKNOWN],
    ['Group.GroupId', 'sg-Group'],
    ['Group.Id', 'sg-Group'],
    ['Node.PrivateIp', UNKNOWN],
    ['Role.Arn', 'Role'],
    ['Nothing.Id', UNKNOWN],
  ])('%s', (attribute, expected) => {
    const text = `
Resources:
  Subnet: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: ${VPC}, CidrBlock: 10.0.1.0/24}}
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: ${VPC}}}
  Node: {Type: 'AWS::EC2::Instance', Properties: {SubnetId: ${SUBNET}}}
  Role: {Type: 'AWS::IAM::Role', Properties: {}}
  Probe: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !GetAtt ${attribute}}}
`
    expect(propertiesOf(text, 'Probe')?.VpcId).toBe(expected)
  })
})

describe('policies of a role', () => {
  it('include AWS::IAM::RolePolicy, and records include those of a record set group', () => {
    const text = `
Resources:
  Policy:
    Type: AWS::IAM::RolePolicy
    Properties: {RoleName: web, PolicyName: p, PolicyDocument: {Statement: [{Effect: Deny, Action: '*', Resource: '*'}]}}
  Records:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneId: Z1
      RecordSets: [{Name: a.example.com, Type: A, ResourceRecords: [192.0.2.1]}]
`
    expect(report(text).totals).toMatchObject({lost: 1})
    expect(read(text).resources.map(({type}) => type)).toEqual(['AWS::IAM::RolePolicy', 'AWS::Route53::RecordSet'])
  })
})

describe('a hostile template terminates', () => {
  it.each([
    [
      'with circular attributes',
      'A: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !GetAtt B.VpcId}}\n  B: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !GetAtt A.VpcId}}',
    ],
    ['with a self-reference', 'A: {Type: "AWS::IAM::Role", Properties: {RoleName: !Ref A}}'],
    [
      'with JavaScript property names',
      'constructor: {Type: constructor, Properties: {__proto__: 1}}\n  toString: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !GetAtt constructor.constructor}}',
    ],
    [
      'with properties of wrong types',
      'A: {Type: "AWS::EC2::SecurityGroup", Properties: [1]}\n  B: {Type: "AWS::EC2::Instance", Properties: {NetworkInterfaces: 7, SubnetId: [a]}}',
    ],
    [
      'with functions without arguments',
      'A: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Sub [], Tags: !Join [], X: !Select [], Y: !If [], Z: !Cidr []}}',
    ],
  ])('%s', (_, resources) => {
    expect(() => report(`Resources:\n  ${resources}`)).not.toThrow()
  })

  it('with names that each double the previous one', () => {
    const rows = Array.from(
      {length: 60},
      (_, n) => `  R${n + 1}: {Type: "AWS::IAM::Role", Properties: {RoleName: !Sub "\${R${n}}\${R${n}}"}}`,
    )
    const plan = read(
      `Resources:\n  R0: {Type: "AWS::IAM::Role", Properties: {RoleName: aaaaaaaaaa}}\n${rows.join('\n')}`,
    )
    expect(plan.resources).toHaveLength(61)
  })

  it('with conditions that each use the previous one twice', () => {
    const rows = Array.from({length: 60}, (_, n) => `  C${n + 1}: !And [!Condition C${n}, !Condition C${n}]`)
    const text = `Conditions:\n  C0: !Equals [a, a]\n${rows.join('\n')}\nResources:\n  A: {Type: "AWS::EC2::VPC", Condition: C60, Properties: {CidrBlock: 10.0.0.0/16}}`
    expect(read(text).resources).toHaveLength(1)
  })
})

it('accepts the merge keys that aws cloudformation package resolves', () => {
  const text = `
Resources:
  A: {Type: 'AWS::EC2::RouteTable', Properties: &p {VpcId: ${VPC}}}
  B: {Type: 'AWS::EC2::RouteTable', Properties: {<<: *p}}
`
  expect(propertiesOf(text, 'B')).toEqual({VpcId: VPC})
})
