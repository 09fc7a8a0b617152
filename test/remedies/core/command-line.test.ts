import {describe, expect, it} from 'vitest'
import {kebab} from '../../../src/model/cli-command.ts'
import {cliCommandLine, commandLine, runsHere} from '../../../src/remedies/core/command-line.ts'
import {ec2, fromVariable, iam, type Step} from '../../../src/remedies/core/remedy.ts'
import {plain} from '../../../src/util/plain-text.ts'
import {hasAwsCli} from '../../support/moto.ts'
import {outputOf} from '../../support/programs.ts'

const INSTANCE = 'i-0a1b2c3d4e5f60010'
const GROUP = 'sg-0a1b2c3d4e5f60012'
const here = {region: 'eu-west-1'}
const sh = (step: Step, region = 'eu-west-1') => commandLine(step, 'sh', {region})

const POLICY = JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 'ssm:*', Resource: '*'}]})

/** One call of each form that a parameter can have, and its command. */
const CALLS: readonly (readonly [call: Step, command: string])[] = [
  [
    {service: 'ec2', operation: 'StartInstances', input: {InstanceIds: [INSTANCE]}},
    `aws ec2 start-instances --instance-ids ${INSTANCE} --region eu-west-1`,
  ],
  [
    {
      service: 'ec2',
      operation: 'AuthorizeSecurityGroupEgress',
      input: {
        GroupId: GROUP,
        IpPermissions: [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
      },
    },
    `aws ec2 authorize-security-group-egress --group-id ${GROUP} --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]' --region eu-west-1`,
  ],
  [
    {
      service: 'ec2',
      operation: 'CreateNetworkAclEntry',
      input: {
        NetworkAclId: 'acl-0a1b2c3d4e5f60012',
        Egress: false,
        RuleNumber: 90,
        Protocol: '6',
        PortRange: {From: 1024, To: 65535},
        CidrBlock: '0.0.0.0/0',
        RuleAction: 'allow',
      },
    },
    "aws ec2 create-network-acl-entry --network-acl-id acl-0a1b2c3d4e5f60012 --ingress --rule-number 90 --protocol 6 --port-range 'From=1024,To=65535' --cidr-block 0.0.0.0/0 --rule-action allow --region eu-west-1",
  ],
  [
    {
      service: 'ec2',
      operation: 'ModifyVpcAttribute',
      input: {VpcId: 'vpc-0a1b2c3d4e5f60001', EnableDnsSupport: {Value: true}},
    },
    'aws ec2 modify-vpc-attribute --vpc-id vpc-0a1b2c3d4e5f60001 --enable-dns-support Value=true --region eu-west-1',
  ],
  [
    {
      service: 'ec2',
      operation: 'ModifyInstanceAttribute',
      input: {InstanceId: INSTANCE, SourceDestCheck: {Value: false}},
    },
    `aws ec2 modify-instance-attribute --instance-id ${INSTANCE} --source-dest-check Value=false --region eu-west-1`,
  ],
  [
    {
      service: 'ec2',
      operation: 'CreateVpcEndpoint',
      input: {
        VpcEndpointType: 'Interface',
        ServiceName: 'com.amazonaws.eu-west-1.ssm',
        VpcId: 'vpc-0a1b2c3d4e5f60001',
        SubnetIds: ['subnet-0a1b2c3d4e5f60021', 'subnet-0a1b2c3d4e5f60022'],
        SecurityGroupIds: [GROUP],
        PrivateDnsEnabled: true,
        DnsOptions: {DnsRecordIpType: 'ipv4'},
        TagSpecifications: [{ResourceType: 'vpc-endpoint', Tags: [{Key: 'Name', Value: 'it is, "quoted"'}]}],
      },
    },
    `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --service-name com.amazonaws.eu-west-1.ssm --vpc-id vpc-0a1b2c3d4e5f60001 --subnet-ids subnet-0a1b2c3d4e5f60021 subnet-0a1b2c3d4e5f60022 --security-group-ids ${GROUP} --private-dns-enabled --dns-options DnsRecordIpType=ipv4 --tag-specifications '[{"ResourceType":"vpc-endpoint","Tags":[{"Key":"Name","Value":"it is, \\"quoted\\""}]}]' --region eu-west-1`,
  ],
  [
    {
      service: 'ec2',
      operation: 'AssociateIamInstanceProfile',
      input: {InstanceId: INSTANCE, IamInstanceProfile: {Name: 'web'}},
    },
    `aws ec2 associate-iam-instance-profile --instance-id ${INSTANCE} --iam-instance-profile Name=web --region eu-west-1`,
  ],
  [
    {
      service: 'iam',
      operation: 'PutRolePolicy',
      input: {RoleName: '-web', PolicyName: 'ssm', PolicyDocument: POLICY},
    },
    `aws iam put-role-policy --role-name='-web' --policy-name ssm --policy-document '${POLICY}'`,
  ],
  [
    {
      service: 'route53',
      operation: 'AssociateVPCWithHostedZone',
      input: {HostedZoneId: 'Z0A1B2C3', VPC: {VPCRegion: 'eu-west-1', VPCId: 'vpc-0a1b2c3d4e5f60001'}},
    },
    "aws route53 associate-vpc-with-hosted-zone --hosted-zone-id Z0A1B2C3 --vpc 'VPCRegion=eu-west-1,VPCId=vpc-0a1b2c3d4e5f60001'",
  ],
  [
    {
      service: 'ssm',
      operation: 'UpdateServiceSetting',
      input: {
        SettingId: '/ssm/managed-instance/default-ec2-instance-management-role',
        SettingValue: 'service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole',
      },
    },
    'aws ssm update-service-setting --setting-id /ssm/managed-instance/default-ec2-instance-management-role --setting-value service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole --region eu-west-1',
  ],
]

describe('an AWS call as a command', () => {
  it.each(CALLS)('%# is printed as the AWS CLI expects it', (call, command) => {
    expect(sh(call)).toBe(command)
  })

  it.skipIf(!hasAwsCli()).each(CALLS)('%# is accepted by the AWS CLI itself', (_, command) => {
    const env = {PATH: process.env.PATH, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null'}
    expect(() => outputOf('sh', ['-c', `${command} --generate-cli-skeleton output`], {env})).not.toThrow()
  })

  it('stores a response in a variable and uses it in a later call', () => {
    const allocate: Step = {
      service: 'ec2',
      operation: 'AllocateAddress',
      input: {Domain: 'vpc'},
      save: {as: 'ADDRESS', query: 'AllocationId'},
    }
    const associate: Step = {
      service: 'ec2',
      operation: 'AssociateAddress',
      input: {InstanceId: INSTANCE, AllocationId: fromVariable('ADDRESS')},
    }
    expect(sh(allocate)).toBe(
      'ADDRESS=$(aws ec2 allocate-address --domain vpc --region eu-west-1 --query AllocationId --output text)',
    )
    expect(sh(associate)).toContain('--allocation-id "$ADDRESS"')
    expect(commandLine(allocate, 'powershell', here)).toMatch(/^\$ADDRESS = aws ec2/)
    expect(commandLine(associate, 'powershell', here)).toMatch(/--allocation-id "\$\{ADDRESS\}"/)
  })

  it('passes a Region to a global service only for another partition', () => {
    const attach: Step = {
      service: 'iam',
      operation: 'AttachRolePolicy',
      input: {RoleName: 'web', PolicyArn: 'arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore'},
    }
    expect(sh(attach)).not.toContain('--region')
    expect(sh(attach, 'cn-north-1')).toContain('--region cn-north-1')
  })

  it('passes a document to PowerShell in a file, because double quotes would be lost', () => {
    const step: Step = {
      service: 'iam',
      operation: 'UpdateAssumeRolePolicy',
      input: {RoleName: 'web', PolicyDocument: POLICY},
    }
    expect(commandLine(step, 'powershell', here)).toBe(
      `Set-Content -Path policy-document.json -Value '${POLICY}'; aws iam update-assume-role-policy --role-name web --policy-document 'file://policy-document.json'`.replace(
        "'file://policy-document.json'",
        'file://policy-document.json',
      ),
    )
  })

  it('writes a multi-line document on one line', () => {
    const step: Step = {
      service: 'iam',
      operation: 'UpdateAssumeRolePolicy',
      input: {RoleName: 'web', PolicyDocument: JSON.stringify(JSON.parse(POLICY), null, 2)},
    }
    expect(sh(step)).toContain(`'${POLICY}'`)
  })

  it('prints a command line as it is, with where to run it', () => {
    expect(sh({on: 'instance', line: 'sudo systemctl restart amazon-ssm-agent'})).toBe(
      'sudo systemctl restart amazon-ssm-agent  # on the instance',
    )
  })
})

describe('options of a launch', () => {
  it.each([
    ['without a value', {AssociatePublicIpAddress: true}, '--associate-public-ip-address'],
    ['in the short form', {MetadataOptions: {HttpTokens: 'optional'}}, '--metadata-options HttpTokens=optional'],
    [
      'as JSON if a name has a comma',
      {IamInstanceProfile: {Name: 'web,db'}},
      `--iam-instance-profile '{"Name":"web,db"}'`,
    ],
  ])('%s', (_, launch, options) => {
    expect(sh({launch})).toBe(`# at the launch: aws ec2 run-instances … ${options}`)
    expect(runsHere({launch}, 'sh', here)).toBe(false)
  })

  it('are not printed if AWS never has such a value', () => {
    expect(sh({launch: {SubnetId: 'subnet-1; rm'}})).toMatch(/^# aws ec2 run-instances … is not printed: /)
  })
})

describe('a wait', () => {
  const gateway: Step = {
    wait: ec2('DescribeNatGateways', {NatGatewayIds: [fromVariable('NAT_GATEWAY')]}),
    until: 'nat-gateway-available',
  }
  const deleted: Step = {
    wait: ec2('DescribeVpcEndpoints', {Filters: [{Name: 'vpc-endpoint-id', Values: ['vpce-0a1b2c3d4e5f600a1']}]}),
    until: {query: 'VpcEndpoints[].VpcEndpointId', result: ''},
  }
  const profile: Step = {
    wait: iam('GetInstanceProfile', {InstanceProfileName: 'web'}),
    until: 'instance-profile-exists',
    pause: 15,
  }
  const command =
    "aws ec2 describe-vpc-endpoints --filters 'Name=vpc-endpoint-id,Values=[vpce-0a1b2c3d4e5f600a1]' --region eu-west-1"

  it.each([
    ['sh', gateway, 'aws ec2 wait nat-gateway-available --nat-gateway-ids "$NAT_GATEWAY" --region eu-west-1'],
    [
      'powershell',
      gateway,
      `aws ec2 wait nat-gateway-available --nat-gateway-ids "\${NAT_GATEWAY}" --region eu-west-1`,
    ],
    [
      'sh',
      deleted,
      `n=0; until [ $n -eq 90 ] || [ "$(${command} --query 'VpcEndpoints[].VpcEndpointId' --output text)" = '' ]; do sleep 10; n=$((n + 1)); done; [ $n -lt 90 ]`,
    ],
    [
      'powershell',
      deleted,
      `for ($n = 0; $n -lt 90 -and "$(${command} --query 'VpcEndpoints[].VpcEndpointId' --output text)" -ne ''; $n++) { Start-Sleep -Seconds 10 }; if ($n -eq 90) { throw 'Timed out' }`,
    ],
    ['sh', profile, 'aws iam wait instance-profile-exists --instance-profile-name web; sleep 15'],
    [
      'powershell',
      profile,
      'aws iam wait instance-profile-exists --instance-profile-name web; Start-Sleep -Seconds 15',
    ],
  ] as const)('is written for %s', (shell, step, line) => expect(commandLine(step, shell, here)).toBe(line))

  it('for an id that AWS never has is a comment', () => {
    const step: Step = {wait: ec2('DescribeInstances', {InstanceIds: ['i-0; echo']}), until: 'instance-stopped'}
    expect(sh(step)).toMatch(/^# aws ec2 wait instance-stopped is not printed/)
  })
})

describe('what must not be pasted', () => {
  const refused = (input: Readonly<Record<string, string>>) => sh({service: 'ec2', operation: 'StartInstances', input})

  it.each([
    {InstanceId: 'i-0abc; rm -rf ~'},
    {InstanceId: '--endpoint-url=http://192.0.2.1'},
    {GroupId: 'sg-0a1b2c3d4e5f60012\nrm -rf ~'},
    {SubnetId: '$(id)'},
    {PolicyArn: 'arn:aws:iam::aws:policy/x y'},
    {TargetId: '111122223333; rm -rf ~'},
    {RoleName: 'file:///etc/passwd'},
    {RoleName: 'web\u001b[2J'},
  ])('%j is shown in a comment of one line', (input) => {
    const line = refused(input)
    expect(line).toMatch(/^# aws ec2 start-instances is not printed/)
    expect(plain(line)).toBe(line)
  })

  it('quotes a hostile name if the name can be anything', () => {
    const step: Step = {service: 'iam', operation: 'CreateRole', input: {RoleName: 'web; rm -rf ~'}}
    expect(sh(step)).toBe("aws iam create-role --role-name 'web; rm -rf ~'")
  })
})

it('spells operations and parameters as the AWS CLI does', () => {
  expect(
    [
      'CreateVpcEndpoint',
      'DestinationIpv6CidrBlock',
      'AssociateVPCWithHostedZone',
      'VPC',
      'PolicyArn',
      'HttpPutResponseHopLimit',
    ].map(kebab),
  ).toEqual([
    'create-vpc-endpoint',
    'destination-ipv6-cidr-block',
    'associate-vpc-with-hosted-zone',
    'vpc',
    'policy-arn',
    'http-put-response-hop-limit',
  ])
})

describe('A command of the AWS CLI that is no call', () => {
  const copy = (prefix: string) =>
    cliCommandLine({service: 's3', command: 'cp', operands: [prefix, 'flow-logs/'], options: {recursive: true}})

  it('has its operands, its options and the file that its output goes to', () => {
    expect(copy('s3://logs/AWSLogs/')).toBe('aws s3 cp s3://logs/AWSLogs/ flow-logs/ --recursive')
    const tail = {service: 'logs', command: 'tail', operands: ['/central'], output: 'flow.log'} as const
    expect(cliCommandLine({...tail, options: {since: '1h', region: 'eu-west-1'}})).toBe(
      'aws logs tail /central --since 1h --region eu-west-1 > flow.log',
    )
  })

  it('quotes what a shell would interpret, and is not printed with an operand that could not be passed unchanged', () => {
    expect(copy('s3://b/$(reboot)')).toBe("aws s3 cp 's3://b/$(reboot)' flow-logs/ --recursive")
    for (const odd of ['s3://b/\u001b[2J', '--endpoint-url=http://x', 's3://b/\nreboot'])
      expect(copy(odd)).toBeUndefined()
  })
})
