import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {aFolder} from '../support/folder.ts'

/** An account file as JSON, to be broken. */
// biome-ignore lint/suspicious/noExplicitAny: a file before validation can contain anything
export type File = Record<string, any>

export const example = (name: string): File =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'))

const changed = (name: string, change: (file: File) => void): File => {
  const file = example(name)
  change(file)
  return file
}

export const HOSTILE = {
  name: 'web; rm -rf ~ \u001b[2J\u001b]0;owned\u0007\u202e\n$(id) <img src=x onerror=alert(1)>',
  role: 'worker; rm -rf ~ $(id)',
  id: 'sg-0; rm -rf ~',
}

const absent = (file: File): void => {
  file.InstanceInformationList = []
  file.ConnectionStatuses[0].Status = 'notconnected'
}

/** Account files of the transcripts, in addition to the bundled ones. */
export const FILES: Readonly<Record<string, File>> = {
  stopped: changed('healthy', (file) => {
    absent(file)
    file.Instances[0].State = {Code: 80, Name: 'stopped'}
    file.InstanceStatuses = []
  }),
  'no-profile': changed('healthy', (file) => {
    absent(file)
    delete file.Instances[0].IamInstanceProfile
    file.IamInstanceProfileAssociations = []
  }),
  young: changed('healthy', (file) => {
    absent(file)
    file.Instances[0].LaunchTime = '2026-11-23T03:07:00.000Z'
  }),
  refused: changed('healthy', (file) => {
    absent(file)
    file.Roles = {unreadable: 'AccessDenied: User is not authorized to perform this action (needs iam:GetRole)'}
    file.VpcEndpoints = {unreadable: 'UnauthorizedOperation: You are not authorized (needs ec2:DescribeVpcEndpoints)'}
  }),
  unseen: changed('healthy', (file) => {
    file.InstanceInformationList = {
      unreadable: 'AccessDeniedException: not authorized (needs ssm:DescribeInstanceInformation)',
    }
    file.ConnectionStatuses = []
  }),
  hybrid: {
    Format: 'ssm-doctor/account/1',
    Region: 'eu-west-1',
    Partition: 'aws',
    ReadAt: '2026-11-23T03:12:00.000Z',
    Caller: {Account: '111122223333'},
    InstanceInformationList: [
      {
        InstanceId: 'mi-0123456789abcdef0',
        PingStatus: 'ConnectionLost',
        LastPingDateTime: '2026-11-21T18:40:00.000Z',
        AgentVersion: '3.3.2746.0',
        PlatformType: 'Linux',
        PlatformName: 'Debian GNU/Linux',
        PlatformVersion: '12',
        ResourceType: 'ManagedInstance',
        ActivationId: '8a6f1234-5678-4abc-9def-123456789012',
        IamRole: 'service-role/factory',
        RegistrationDate: '2026-03-01T00:00:00.000Z',
        Name: 'press-7',
      },
    ],
    ActivationList: [{ActivationId: '8a6f1234-5678-4abc-9def-123456789012', Description: 'factory', Expired: true}],
    ServiceSettings: [{SettingId: '/ssm/managed-instance/activation-tier', SettingValue: 'advanced'}],
    SessionPreferences: null,
    Roles: [
      {
        Arn: 'arn:aws:iam::111122223333:role/service-role/factory',
        RoleName: 'factory',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{Effect: 'Allow', Principal: {Service: 'ssm.amazonaws.com'}, Action: 'sts:AssumeRole'}],
        },
        RolePolicyList: [],
        AttachedManagedPolicies: [
          {
            PolicyName: 'AmazonSSMManagedInstanceCore',
            PolicyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
          },
        ],
      },
    ],
  },
  'no-egress': changed('healthy', (file) => {
    absent(file)
    file.SecurityGroups[0].IpPermissionsEgress = []
  }),
  hostile: changed('nat-deleted', (file) => {
    file.Instances[0].Tags = [{Key: 'Name', Value: HOSTILE.name}]
    file.Roles[0].RoleName = HOSTILE.role
    file.InstanceProfiles[0].Roles[0].RoleName = HOSTILE.role
    file.Roles[0].AttachedManagedPolicies = []
    file.Roles[0].RolePolicyList = []
  }),
  'odd-id': changed('healthy', (file) => {
    absent(file)
    const text = JSON.stringify(file.SecurityGroups[0].GroupId)
    file.SecurityGroups[0].IpPermissionsEgress = []
    for (const key of ['Instances', 'NetworkInterfaces', 'SecurityGroups'])
      file[key] = JSON.parse(JSON.stringify(file[key]).replaceAll(text, JSON.stringify(HOSTILE.id)))
  }),
  several: changed('healthy', (file) => {
    file.Instances.push({
      ...file.Instances[0],
      InstanceId: 'i-0d0c000000002f0b0',
      Tags: [{Key: 'Name', Value: 'billing-worker-3'}],
    })
  }),
}

/** A folder for them, so transcripts do not contain paths of one machine. */
export function folderOfFiles(): string {
  const folder = aFolder()
  for (const [name, file] of Object.entries(FILES)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(file))
  writeFileSync(join(folder, 'damaged.json'), JSON.stringify({...example('healthy'), Instances: [{InstanceId: 7}]}))
  writeFileSync(join(folder, 'no-json.json'), '{"Instances": [')
  return folder
}
