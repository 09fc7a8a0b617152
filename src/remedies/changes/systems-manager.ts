import {type MachineFacts, nodeOf, systemOf} from '../../agent/node.ts'
import {isAtLeast, MINIMUMS} from '../../agent/version.ts'
import type {AccountStatus, Instance} from '../../model/account.ts'
import {editAll, remove, set} from '../../model/effect.ts'
import {INSTANCE_TIER} from '../../model/kinds.ts'
import {forNumber} from '../../util/counted.ts'
import {remedy} from '../core/change.ts'
import {onInstance, runOnInstance} from '../core/on-instance.ts'
import {inspector2, organizations, type Remedy, type Step, ssm} from '../core/remedy.ts'

/** Updates the agent through Systems Manager itself, which needs a node that is online and reaches S3. */
export function updateAgent(facts: MachineFacts, instance: Instance, AgentVersion?: string): Remedy {
  const {InstanceId} = instance
  if (systemOf(facts, instance) === 'bottlerocket') return updateBottlerocket(instance)
  if (isOldOnMac(facts, instance))
    return runOnInstance(`Update SSM Agent on ${InstanceId}`, ['brew update', 'brew upgrade amazon-ssm-agent'])
  return remedy({
    title: `Update SSM Agent on ${InstanceId}`,
    calls: ssm('SendCommand', {DocumentName: 'AWS-UpdateSSMAgent', InstanceIds: [InstanceId]}),
    ...(AgentVersion !== undefined && {effects: set('InstanceInformationList', InstanceId, {AgentVersion})}),
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-automatic-updates.html',
    effect: 'The agent restarts; sessions that are open on the instance may end.',
  })
}

/** The document needs a newer agent there, so the first update is by Homebrew. */
function isOldOnMac(facts: MachineFacts, instance: Instance): boolean {
  const {PlatformVersion, AgentVersion} = nodeOf(facts, instance) ?? {}
  return (
    systemOf(facts, instance) === 'macos' &&
    isAtLeast(PlatformVersion, '11.0') !== false &&
    isAtLeast(AgentVersion, MINIMUMS.updateOnMac.version) === false
  )
}

/**
 * The agent is part of the control container, which comes with the version of Bottlerocket.
 * https://github.com/bottlerocket-os/bottlerocket/issues/2661
 */
const updateBottlerocket = ({InstanceId}: Instance): Remedy => ({
  title: `Update Bottlerocket on ${InstanceId}, or replace it by an instance of a newer image`,
  steps: onInstance('apiclient update check', 'apiclient update apply --reboot'),
  docs: 'https://github.com/bottlerocket-os/bottlerocket/blob/develop/README.md',
  effect:
    'The instance reboots. AWS-UpdateSSMAgent does not apply to Bottlerocket, whose control container includes the agent.',
})

/** Removes a hybrid registration, here and on the host, so that the agent uses the identity of the EC2 instance. */
export const deregisterManagedInstance = (nodeId: string, onHost: readonly Step[]): Remedy =>
  remedy({
    title: `Deregister the hybrid node ${nodeId} and clear its registration on the host`,
    calls: [ssm('DeregisterManagedInstance', {InstanceId: nodeId}), ...onHost],
    effects: remove('InstanceInformationList', nodeId),
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-deregister-hybrid-nodes.html',
    effect: `Targets, associations and inventory of ${nodeId} are lost; the host registers again with its EC2 instance id.`,
  })

/** Only the advanced tier includes Session Manager, for all hybrid nodes of the account in the Region. */
export const activateAdvancedTier = (): Remedy =>
  remedy({
    title: 'Activate the advanced-instances tier for the hybrid nodes of the account in this Region',
    calls: ssm('UpdateServiceSetting', {SettingId: INSTANCE_TIER, SettingValue: 'advanced'}),
    undo: ssm('UpdateServiceSetting', {SettingId: INSTANCE_TIER, SettingValue: 'standard'}),
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-configure-instance-tiers.html',
    cost: 'Every hybrid node of the account and Region is billed by the hour',
    effect: 'The tier applies to every hybrid node of the account in this Region.',
  })

/** Runs associations now instead of at their next interval; whether they succeed shows afterwards. */
export const startAssociationsOnce = (AssociationIds: readonly string[]): Remedy =>
  remedy({
    title: `Run the inventory ${forNumber(AssociationIds.length, 'association')} of Amazon Inspector now`,
    calls: ssm('StartAssociationsOnce', {AssociationIds}),
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAssociationsOnce.html',
    effect: 'The associations run on all their targets.',
  })
const enableInspector = (accountId: string): Remedy =>
  remedy({
    title: `Enable Amazon Inspector for EC2 in account ${accountId}`,
    calls: inspector2('Enable', {accountIds: [accountId], resourceTypes: ['EC2']}),
    effects: editAll('AccountStatuses', (status) => (status.accountId === accountId ? scansEc2(status) : status)),
    docs: 'https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html',
    cost: 'Amazon Inspector is billed for each instance that it scans',
    effect: `Amazon Inspector then scans all instances of account ${accountId} in this Region.`,
  })

/** The other resource types do not change. */
const scansEc2 = (status: AccountStatus): AccountStatus => ({
  ...status,
  resourceState: status.resourceState && {
    ...status.resourceState,
    ec2: {status: 'ENABLED', errorCode: undefined, errorMessage: undefined},
  },
})

/** Every account of an organization may ask for it. */
export const showOrganization = (): Remedy => ({
  title: 'Compare the id of the organization of the account with the one that the condition names',
  steps: [organizations('DescribeOrganization', {})],
  docs: 'https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html',
})

/**
 * A policy of the organization may disable scans in a Region, so that the account cannot enable them.
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_State.html
 */
export const scanInstances = (accountId: string, errorCode: string | undefined): Remedy =>
  errorCode === 'BLOCKED_BY_ORGANIZATION_POLICY' ? changeInspectorPolicy(accountId) : enableInspector(accountId)

const changeInspectorPolicy = (accountId: string): Remedy =>
  remedy({
    title: `Ask the organization's administrator to enable Amazon Inspector for EC2 in account ${accountId}`,
    calls: policiesOf(accountId, 'INSPECTOR_POLICY'),
    docs: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inspector_syntax.html',
    effect:
      'An Amazon Inspector policy applies to the accounts below the entity it is attached to, in the Regions that it names.',
  })

const policiesOf = (TargetId: string, Filter: string) => organizations('ListPoliciesForTarget', {TargetId, Filter})

/**
 * Only the organization's management account, or a delegated administrator, can change these policies: one, or all of
 * this type that apply to the account.
 */
const changeOrganizationPolicy =
  (type: 'service control' | 'resource control', about: {readonly docs: string; readonly effect: string}) =>
  (account: string, actions: readonly string[], policyId?: string): Remedy =>
    remedy({
      title: `Ask the organization's administrator to allow ${actions.join(', ')} in ${policyId === undefined ? `its ${type} policies` : `${type} policy ${policyId}`}`,
      calls:
        policyId === undefined
          ? policiesOf(account, `${type.toUpperCase().replace(' ', '_')}_POLICY`)
          : organizations('DescribePolicy', {PolicyId: policyId}),
      ...about,
    })

/** For what it does not allow to the roles of an account. */
export const changeServiceControlPolicy = changeOrganizationPolicy('service control', {
  docs: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html',
  effect:
    'A service control policy applies to every role in the accounts below the entity it is attached to. The root, each organizational unit and the account must all allow the actions.',
})

/** For what the account owns, for every caller; Systems Manager is not among the services that they cover. */
export const changeResourceControlPolicy = changeOrganizationPolicy('resource control', {
  docs: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html',
  effect:
    'A resource control policy applies to the resources of the member accounts below the entity it is attached to, for every caller.',
})
