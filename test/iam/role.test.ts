import {describe, expect, it} from 'vitest'
import {isSimulationRefused, mayCall} from '../../src/iam/role.ts'
import type {Account} from '../../src/model/account.ts'
import {deny} from '../checks/identity/identity-accounts.ts'
import {anInstance, aRole, healthy, ROLE} from '../support/healthy.ts'

const REGISTER = 'ssm:UpdateInstanceInformation'
const decisionOf = (role: ReturnType<typeof aRole>) =>
  mayCall({...healthy, PolicySimulations: []}, {role, credentials: 'profile', instance: anInstance()}, REGISTER)
    .decision

describe('an attached policy whose ARN AWS did not return', () => {
  const unnamed = {PolicyName: 'guard'}

  it('may allow what no other policy allows, and deny what another allows', () => {
    expect(decisionOf(aRole({AttachedManagedPolicies: []}))).toBe('denied')
    expect(decisionOf(aRole({AttachedManagedPolicies: [unnamed]}))).toBe('unknown')
    expect(decisionOf(aRole())).toBe('allowed')
    expect(decisionOf(aRole({AttachedManagedPolicies: [...aRole().AttachedManagedPolicies, unnamed]}))).toBe('unknown')
  })
  it('allows nothing that another policy denies', () => {
    const inline = [{PolicyName: 'no', PolicyDocument: deny('ssm:*')}]
    expect(decisionOf(aRole({AttachedManagedPolicies: [unnamed], RolePolicyList: inline}))).toBe('denied')
  })
})

it.each([
  ['AdministratorAccess', 'allowed'],
  ['AWSDenyAll', 'denied'],
  ['PowerUserAccess', 'allowed'],
  ['AmazonSSMFullAccess', 'allowed'],
  ['AmazonSSMReadOnlyAccess', 'denied'],
  ['AWSCloud9SSMInstanceProfile', 'allowed'],
  ['AmazonEKSWorkerNodePolicy', 'denied'],
  ['service-role/AmazonEC2ContainerServiceforEC2Role', 'denied'],
  ['ReadOnlyAccess', 'denied'],
  ['AmazonS3FullAccess', 'denied'],
  ['AmazonEC2FullAccess', 'denied'],
  ['AmazonEC2ReadOnlyAccess', 'denied'],
  ['service-role/AmazonEC2RoleforAWSCodeDeploy', 'denied'],
  ['AWSElasticBeanstalkWebTier', 'denied'],
  ['AWSElasticBeanstalkWorkerTier', 'denied'],
  ['AWSElasticBeanstalkMulticontainerDocker', 'denied'],
  ['AWSXRayDaemonWriteAccess', 'denied'],
  ['CloudWatchAgentAdminPolicy', 'denied'],
  ['AmazonEC2ContainerRegistryPowerUser', 'denied'],
  ['AmazonECSInstanceRolePolicyForManagedInstances', 'denied'],
  ['service-role/AmazonEBSCSIDriverPolicy', 'denied'],
  ['service-role/AmazonElasticMapReduceforEC2Role', 'denied'],
  ['AmazonSSMPatchAssociation', 'denied'],
  ['service-role/AmazonSSMMaintenanceWindowRole', 'denied'],
  ['service-role/AmazonSSMAutomationRole', 'allowed'],
  ['AWSSupportAccess', 'unknown'],
])('%s is known without its document: registration is %s, as a policy and as a boundary', (PolicyName, expected) => {
  const PolicyArn = `arn:aws:iam::aws:policy/${PolicyName}`
  expect(decisionOf(aRole({AttachedManagedPolicies: [{PolicyName, PolicyArn}]}))).toBe(expected)
  const PermissionsBoundary = {PermissionsBoundaryArn: PolicyArn}
  expect(decisionOf(aRole({PermissionsBoundary}))).toBe(expected)
})

describe('what the organization allows', () => {
  const of = (...EvaluationResults: readonly object[]) =>
    isSimulationRefused(
      {...healthy, PolicySimulations: [{PolicySourceArn: ROLE, EvaluationResults}]} as unknown as Account,
      aRole(),
    )

  it('is not known where a result names no action', () => {
    expect(of({EvalActionName: REGISTER})).toBe(false)
    expect(of({EvalActionName: REGISTER}, {EvalDecision: 'explicitDeny'})).toBe(true)
  })
})
