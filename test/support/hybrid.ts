import type {Account, Activation, InstanceInformation, Role} from '../../src/model/account.ts'
import {allow, aNode, aRole, CORE, healthy, OWNER, REGION} from './healthy.ts'

export const MACHINE = 'mi-0aaaaaaaaaaaaaa01'
export const SERVICE_ROLE = `arn:aws:iam::${OWNER}:role/service-role/factory`
const ACTIVATION = '8a6f1234-5678-4abc-9def-123456789012'

export const aMachine = (change: Partial<InstanceInformation> = {}): InstanceInformation =>
  aNode({
    InstanceId: MACHINE,
    ResourceType: 'ManagedInstance',
    PlatformName: 'Debian GNU/Linux',
    PlatformVersion: '12',
    ActivationId: ACTIVATION,
    IamRole: 'service-role/factory',
    RegistrationDate: '2026-03-01T00:00:00.000Z',
    Name: 'press-7',
    ComputerName: 'press7.corp.example',
    IPAddress: '192.168.10.7',
    SourceType: 'AWS::SSM::ManagedInstance',
    SourceId: MACHINE,
    ...change,
  })

/** The trust policy that AWS documents for hybrid nodes. */
export const documentedTrust = (region = REGION, account = OWNER) =>
  allow('sts:AssumeRole', {
    Principal: {Service: 'ssm.amazonaws.com'},
    Condition: {
      StringEquals: {'aws:SourceAccount': account},
      ArnEquals: {'aws:SourceArn': `arn:aws:ssm:${region}:${account}:*`},
    },
  })

export const aServiceRole = (change: Partial<Role> = {}): Role =>
  aRole({
    Arn: SERVICE_ROLE,
    RoleName: 'factory',
    RoleId: 'AROAEXAMPLEFACTORY',
    Path: '/service-role/',
    AssumeRolePolicyDocument: documentedTrust(),
    AttachedManagedPolicies: [{PolicyName: 'AmazonSSMManagedInstanceCore', PolicyArn: CORE}],
    ...change,
  })

export const anActivation = (change: Partial<Activation> = {}): Activation => ({
  ActivationId: ACTIVATION,
  Description: 'factory',
  DefaultInstanceName: 'press',
  IamRole: 'service-role/factory',
  RegistrationLimit: 50,
  RegistrationsCount: 7,
  ExpirationDate: '2026-04-01T00:00:00.000Z',
  Expired: true,
  CreatedDate: '2026-03-01T00:00:00.000Z',
  Tags: [{Key: 'site', Value: 'north'}],
  ...change,
})

const tierOf = (SettingValue: string) => ({
  SettingId: '/ssm/managed-instance/activation-tier',
  SettingValue,
  LastModifiedDate: undefined,
  LastModifiedUser: undefined,
  ARN: undefined,
  Status: 'Customized',
})
export const onTier = (tier: string): Partial<Account> => ({ServiceSettings: [tierOf(tier)]})

/** A healthy account with a machine outside AWS that is online. */
export const hybrid: Account = {
  ...healthy,
  InstanceInformationList: [aMachine()],
  ConnectionStatuses: [{Target: MACHINE, Status: 'connected'}],
  Roles: [aServiceRole()],
  ActivationList: [anActivation()],
  ServiceSettings: [tierOf('advanced')],
  SessionPreferences: [],
}

/** The machine was online two days ago. */
export const lost: Partial<Account> = {
  InstanceInformationList: [aMachine({PingStatus: 'ConnectionLost', LastPingDateTime: '2026-11-18T10:00:00.000Z'})],
  ConnectionStatuses: [{Target: MACHINE, Status: 'notconnected'}],
}
