import {describe, expect, it} from 'vitest'
import {logSignals} from '../../src/agent/output/log.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {allow, anInstance, WEB} from '../support/healthy.ts'
import {aMachine, aServiceRole, documentedTrust, hybrid, lost, MACHINE, SERVICE_ROLE} from '../support/hybrid.ts'

const reportOn = (change: Partial<Account> = {}) => examine({...hybrid, ...change}, MACHINE)
const withRole = (change: object) => ({...lost, Roles: [aServiceRole(change)]})

describe('a hybrid node', () => {
  it('that is online, with a role that allows everything, is managed', () => {
    expect(reportOn()).toMatchObject({
      verdict: 'managed',
      instance: {id: MACHINE, name: 'press-7', vpc: null, subnet: null, platform: 'Debian GNU/Linux 12'},
      registration: {status: 'online', connected: true},
      causes: [],
      paths: [],
      network: null,
    })
  })

  it('is examined by the checks for hybrid nodes, and an instance by the others', () => {
    const ids = reportOn().checks.map(({id}) => id)
    expect(ids).toEqual(expect.arrayContaining(['registration', 'hybrid-activation', 'role-trust', 'machine-network']))
    expect(ids).not.toContain('security-group')
    expect(examine(hybrid, WEB).checks.map(({id}) => id)).not.toContain('hybrid-activation')
  })

  it('that is not registered was deregistered where its log says that Systems Manager does not have it', () => {
    const evidence = logSignals([
      {file: 'errors.log', text: `ERROR InvalidInstanceId: Not existing InstanceId ${MACHINE}`},
    ])
    const {causes, checklist} = examine({...hybrid, InstanceInformationList: []}, MACHINE, {evidence})
    expect(causes).toMatchObject([{id: 'target.not-found', message: expect.stringContaining('was deregistered')}])
    expect(checklist).toMatchObject([{title: expect.stringContaining('Register the machine')}])
  })

  it('that is not registered may be elsewhere or deregistered', () => {
    const report = reportOn({InstanceInformationList: []})
    expect(report).toMatchObject({verdict: 'unmanaged', causes: [{id: 'target.not-found'}]})
    expect(report.checklist[0]?.commands[0]).toContain('aws ssm describe-instance-information')
  })

  it('is unknown if the list of nodes is denied', () => {
    const InstanceInformationList = {unreadable: 'no', error: 'AccessDeniedException'}
    expect(reportOn({InstanceInformationList})).toMatchObject({
      verdict: 'undecided',
      causes: [{id: 'target.access-denied'}],
      unreadable: [{kind: 'InstanceInformationList', permission: 'ssm:DescribeInstanceInformation'}],
    })
  })

  it('that is listed without a role lacks no permission', () => {
    const report = reportOn({InstanceInformationList: [aMachine({IamRole: undefined})]})
    expect(report).toMatchObject({verdict: 'managed', unreadable: []})
    expect(report.checks.find(({id}) => id === 'hybrid-activation')).toMatchObject({status: 'unknown'})
  })

  it('needs no list of instances', () => {
    expect(reportOn({Instances: {unreadable: 'UnauthorizedOperation'}}).verdict).toBe('managed')
  })
})

describe('the service role of a hybrid node', () => {
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
  it.each([
    ['an old agent', '3.2.2303.0', ['ec2messages'], 'fail'],
    ['an old agent in a Region without the service', '3.2.2303.0', [], 'pass'],
    ['an old agent in a Region whose services were not read', '3.2.2303.0', undefined, 'unknown'],
    ['a newer agent there', '3.3.2746.0', undefined, 'pass'],
  ])('and its calls to ec2messages: %s', (_, AgentVersion, services, status) => {
    const ServiceNames = services?.map((one) => `com.amazonaws.${hybrid.Region}.${one}`) ?? {unreadable: 'no'}
    const permissions = ['ssm:*', 'ssmmessages:*']
    const role = aServiceRole({
      AttachedManagedPolicies: [],
      RolePolicyList: [{PolicyName: 'ssm', PolicyDocument: allow(permissions)}],
    })
    const report = reportOn({ServiceNames, Roles: [role], InstanceInformationList: [aMachine({AgentVersion})]})
    expect(report.checks.find(({id}) => id === 'role-permissions')?.status).toBe(status)
  })

  it.each([
    ['has no policy', {AttachedManagedPolicies: []}, 'iam.no-registration-permission'],
    [
      'denies the ping',
      {
        RolePolicyList: [
          {PolicyName: 'no', PolicyDocument: {Statement: [{Effect: 'Deny', Action: 'ssm:*', Resource: '*'}]}},
        ],
      },
      'iam.explicit-deny',
    ],
    [
      'trusts EC2 only',
      {AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}})},
      'hybrid.trust',
    ],
    [
      'trusts Systems Manager of another account',
      {AssumeRolePolicyDocument: documentedTrust('eu-west-1', '444455556666')},
      'hybrid.trust',
    ],
    [
      'trusts Systems Manager of another Region',
      {AssumeRolePolicyDocument: documentedTrust('us-east-1')},
      'hybrid.trust',
    ],
  ])('that %s is the root cause, and the model verifies the fix', (_, change, cause) => {
    const report = reportOn(withRole(change))
    expect(report).toMatchObject({
      verdict: 'unmanaged',
      causes: [{id: cause, severity: 'blocks', resource: SERVICE_ROLE}, {id: 'registration.connection-lost'}],
    })
    expect(report.verified).toBe(true)
  })

  it('that is trusted again is so for its own account alone', () => {
    const trust = {AssumeRolePolicyDocument: documentedTrust('eu-west-1', '444455556666')}
    const [fix] = reportOn(withRole(trust)).checklist
    expect(fix?.commands.join()).toContain('"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}')
  })

  it('with the trust policy that AWS documents is healthy', () => {
    expect(reportOn().checks.find(({id}) => id === 'role-trust')).toMatchObject({status: 'pass'})
  })

  it('that trusts Systems Manager for managed instances alone is undetermined: AWS does not document the source', () => {
    const trust = allow('sts:AssumeRole', {
      Principal: {Service: 'ssm.amazonaws.com'},
      Condition: {ArnLike: {'aws:SourceArn': 'arn:aws:ssm:eu-west-1:111122223333:managed-instance/*'}},
    })
    const report = reportOn(withRole({AssumeRolePolicyDocument: trust}))
    expect(report.checks.find(({id}) => id === 'role-trust')).toMatchObject({status: 'unknown'})
    const online = reportOn({Roles: [aServiceRole({AssumeRolePolicyDocument: trust})]})
    expect(online.checks.find(({id}) => id === 'role-trust')).toMatchObject({status: 'pass'})
  })

  it('puts an online node at risk if its credentials cannot be renewed', () => {
    const trust = {AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}})}
    expect(reportOn({Roles: [aServiceRole(trust)]}).verdict).toBe('at-risk')
  })

  it('may name the node in a policy by its managed-instance ARN', () => {
    const only = (resource: string) => ({
      AttachedManagedPolicies: [],
      RolePolicyList: [
        {
          PolicyName: 'one',
          PolicyDocument: {Statement: [{Effect: 'Allow', Action: ['ssm:*', 'ssmmessages:*'], Resource: resource}]},
        },
      ],
    })
    const causes = (resource: string) => reportOn(withRole(only(resource))).causes.map(({id}) => id)
    expect(causes(`arn:aws:ssm:eu-west-1:111122223333:managed-instance/${MACHINE}`)).not.toContain(
      'iam.no-registration-permission',
    )
    expect(causes('arn:aws:ec2:eu-west-1:111122223333:instance/*')).toContain('iam.no-registration-permission')
  })

  it('shows how many hybrid nodes use it', () => {
    const [fix] = reportOn(withRole({AttachedManagedPolicies: []})).checklist
    expect(fix?.effect).toBe('Role factory is used by 0 collected instances and 1 hybrid node.')
  })
})

describe('an EC2 instance on the same host', () => {
  const named = aMachine({SourceType: 'AWS::EC2::Instance', SourceId: WEB})
  const alike = aMachine({IPAddress: '10.0.1.10', ComputerName: 'ip-10-0-1-10.eu-west-1.compute.internal'})
  const host = {...anInstance(), PrivateDnsName: 'ip-10-0-1-10.eu-west-1.compute.internal'}
  const causes = (node: typeof named, Instances: Account['Instances'] = [host]) =>
    reportOn({Instances, InstanceInformationList: [node]}).causes

  it('that the node names as its source is proven, and the node is to be deregistered', () => {
    expect(causes(named)).toMatchObject([{id: 'registration.hybrid-shadow', certainty: 'proven', severity: 'degrades'}])
  })

  it('with the address and the name of the node is likely, and no reason to change anything', () => {
    expect(causes(alike)).toMatchObject([{certainty: 'likely', severity: 'advises'}])
  })

  it('that is online under its own id is not hidden: the node remains from before', () => {
    const former = {...alike, PingStatus: 'ConnectionLost' as const, LastPingDateTime: '2026-11-18T10:00:00.000Z'}
    const own = {...alike, InstanceId: WEB, PingStatus: 'Online' as const}
    const {causes: found} = reportOn({Instances: [host], InstanceInformationList: [former, own]})
    expect(found.find(({id}) => id === 'registration.hybrid-shadow')?.message).toMatch(
      /remains from an earlier registration of the host\.$/,
    )
  })

  it('with only the same address is not: sites use the same private addresses', () => {
    expect(causes({...alike, ComputerName: 'press7'})).toEqual([])
  })

  it('is the same finding on the same resource for both ids', () => {
    const account = {...hybrid, Instances: [host], InstanceInformationList: [named]}
    const of = (id: string) => examine(account, id).causes.filter((one) => one.id === 'registration.hybrid-shadow')
    expect(of(WEB)[0]?.resource).toBe(of(MACHINE)[0]?.resource)
  })
})

it('counts failing associations of a hybrid node', () => {
  const node = itemsOf(hybrid.InstanceInformationList).map((one) => ({...one, AssociationStatus: 'Failed'}))
  expect(reportOn({InstanceInformationList: node}).causes.map(({id}) => id)).toContain(
    'registration.associations-failing',
  )
})
