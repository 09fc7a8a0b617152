import type {Account, Instance, InstanceInformation} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'

/** An account of which nothing was read. */
const UNREAD = Object.fromEntries(KINDS.map((kind) => [kind, {unreadable: 'was not read'}])) as unknown as Account

export const ID = 'i-0a1b2c3d4e5f60010'

export const web: Instance = {
  InstanceId: ID,
  State: {Code: 16, Name: 'running'},
  LaunchTime: '2026-11-18T08:00:00.000Z',
  PrivateIpAddress: '10.0.1.10',
  PrivateDnsName: 'ip-10-0-1-10.ec2.internal',
  PlatformDetails: 'Linux/UNIX',
  MetadataOptions: {State: 'applied', HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 2},
  SecurityGroups: [],
  NetworkInterfaces: [],
  Tags: [],
}

/** The image of each operating system that the advice distinguishes. */
export const IMAGES = {
  linux: 'al2023-ami-2023.6.20261101.0-kernel-6.1-x86_64',
  ubuntu: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20261001',
  upstart: 'amzn-ami-hvm-2018.03.0.20230515.0-x86_64-gp2',
  bottlerocket: 'bottlerocket-aws-k8s-1.31-x86_64-v1.26.1-abcdef',
  windows: 'Windows_Server-2022-English-Full-Base-2026.10.14',
  macos: 'amzn-ec2-macos-15.1-20261001-arm64',
} as const

export type SystemName = keyof typeof IMAGES

/** The instance with that operating system, and what the account says of its image. */
export const machineWith = (system: SystemName) => ({
  instance: {
    ...web,
    ...(system === 'windows' && {Platform: 'Windows' as const}),
    ...(system === 'macos' && {InstanceType: 'mac2.metal'}),
  } satisfies Instance,
  InstanceInformationList: [],
  InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name: IMAGES[system]}}],
})

export const online: InstanceInformation = {
  InstanceId: ID,
  PingStatus: 'Online',
  LastPingDateTime: '2026-11-20T11:58:00.000Z',
  AgentVersion: '3.3.4364.0',
  PlatformType: 'Linux',
  PlatformName: 'Amazon Linux',
  AssociationStatus: 'Success',
}

/** An account in which the machine is healthy; network and identity are not read. */
export const healthyAccount: Account = {
  ...UNREAD,
  Partition: 'aws',
  Region: 'us-east-1',
  ReadAt: '2026-11-20T12:00:00.000Z',
  Instances: [web],
  InstanceStatuses: [
    {
      InstanceId: ID,
      SystemStatus: {Status: 'ok'},
      InstanceStatus: {Status: 'ok'},
      AttachedEbsStatus: {Status: 'ok'},
      Events: [],
    },
  ],
  InstanceImageMetadata: [
    {InstanceId: ID, ImageMetadata: {Name: 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', OwnerId: '137112412989'}},
  ],
  ConsoleOutputs: [],
  InstanceInformationList: [online],
  ConnectionStatuses: [{Target: ID, Status: 'connected'}],
  InstanceAssociations: [],
  SessionPreferences: [],
  ServiceNames: ['com.amazonaws.us-east-1.ssm', 'com.amazonaws.us-east-1.ec2messages'],
  CoveredResources: [],
  AccountStatuses: [],
}
