import {nodeOf} from '../../agent/node.ts'
import {IDENTITY_KINDS, identityOf} from '../../iam/identity.ts'
import {
  type Activation,
  type Facts,
  type Instance,
  type InstanceInformation,
  isNotAsked,
  isUnreadable,
  itemsOf,
  type Kind,
} from '../../model/account.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {sourceInWords} from '../../model/hybrid.ts'
import {INSTANCE_TIER} from '../../model/kinds.ts'
import {find} from '../../model/lists.ts'
import {createServiceRole} from '../../remedies/changes/new-roles.ts'
import {activateAdvancedTier} from '../../remedies/changes/systems-manager.ts'
import {counted} from '../../util/counted.ts'
import {lastPart} from '../../util/last-part.ts'
import {advises, blocks, defineCheck, type Note, unknownNote} from '../check.ts'

const OPTIONAL_KINDS = [...IDENTITY_KINDS, 'ActivationList'] as const satisfies readonly Kind[]
type ActivationFacts = Facts<'InstanceInformationList', (typeof OPTIONAL_KINDS)[number]>

const ROLE_DOCS = ssmGuide('hybrid-multicloud-service-role')
const SOURCE = 'ssm:DescribeInstanceInformation'

/** How a hybrid node was registered, and the service role that its activation gave it. */
export const hybridActivation = defineCheck({
  id: 'hybrid-activation',
  title: 'Hybrid activation',
  why: 'The agent of a hybrid node gets its credentials from Systems Manager, which assumes the service role that the node was registered with.',
  subject: 'hybrid',
  causes: {
    'hybrid.role-missing': blocks('a service role that does not exist', ROLE_DOCS),
    'hybrid.standard-tier': advises(
      'hybrid nodes on the standard-instances tier, which has no Session Manager',
      ssmGuide('fleet-manager-configure-instance-tiers'),
    ),
  },
  dependsOn: ['credentials', 'machine'],
  requiredKinds: ['InstanceInformationList'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance) => {
    const node = nodeOf(facts, instance)
    if (!node) return [{skip: `${instance.InstanceId} is not registered.`}]
    return [...origin(facts, node), ...roleNotes(facts, instance), ...tier(facts, node)]
  },
})

function origin({ActivationList}: ActivationFacts, node: InstanceInformation): readonly Note[] {
  const source = sourceInWords(node)
  const activation = find(ActivationList, 'ActivationId', node.ActivationId)
  const when = node.RegistrationDate === undefined ? '' : ` on ${node.RegistrationDate.slice(0, 10)}`
  const by = node.ActivationId === undefined ? '' : ` with activation ${node.ActivationId}`
  return [
    {fact: `${node.InstanceId} was registered${when}${by}${source === undefined ? '' : `; it is the ${source}`}.`},
    ...(activation ? [{fact: activationInWords(activation)}] : []),
  ]
}

/**
 * An activation that has expired, or that registered as many machines as it may, does not affect these.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateActivation.html
 */
function activationInWords(activation: Activation): string {
  const {ActivationId, Description, Expired, ExpirationDate, RegistrationLimit, RegistrationsCount} = activation
  const described = Description ? ` (${Description})` : ''
  const until = ExpirationDate === undefined ? '' : ` on ${ExpirationDate.slice(0, 10)}`
  const isUsedUp = RegistrationLimit !== undefined && (RegistrationsCount ?? 0) >= RegistrationLimit
  if (!Expired && !isUsedUp) return `Activation ${ActivationId}${described} expires${until || ' at an unknown time'}.`
  const why = Expired ? `expired${until}` : `registered ${counted(RegistrationLimit ?? 0, 'machine')}, its limit`
  return `Activation ${ActivationId}${described} ${why}. The node stays registered; registering it again needs a new activation.`
}

function roleNotes(facts: ActivationFacts, instance: Instance): readonly Note[] {
  const {hybridRole} = identityOf(facts, instance)
  if (hybridRole === undefined) return []
  if (hybridRole.state === 'unknown')
    return [unknownNote(`The service role is not known: ${hybridRole.because}.`, hybridRole.kind)]
  if (hybridRole.state === 'role') return [{fact: `Its service role is ${hybridRole.role.RoleName}.`}]
  const {arn} = hybridRole
  // The roles of hybrid nodes are read along with their activations: without those, the role was not requested.
  if (isNotAsked(facts.ActivationList) || isUnreadable(facts.Roles))
    return [{unknown: `The service role is not known: ${arn} was not read.`, kind: 'Roles'}]
  return [
    {
      cause: 'hybrid.role-missing',
      resource: arn,
      message: `${instance.InstanceId} was registered with role ${lastPart(arn)}, which does not exist, so Systems Manager cannot give its agent credentials.`,
      evidence: [
        {fact: `IamRole of ${instance.InstanceId} is ${nodeOf(facts, instance)?.IamRole}`, source: SOURCE},
        {fact: `${arn} does not exist`, source: 'iam:GetRole'},
      ],
      remedies: [createServiceRole(facts.Partition, arn)].flatMap((remedy) => remedy ?? []),
    },
  ]
}

/** The tier applies to all hybrid nodes of the account in the Region. */
function tier({ServiceSettings}: ActivationFacts, {InstanceId}: InstanceInformation): readonly Note[] {
  const setting = itemsOf(ServiceSettings).find(({SettingId}) => SettingId.endsWith(INSTANCE_TIER))
  if (setting?.SettingValue === undefined) return []
  if (setting.SettingValue !== 'standard')
    return [{fact: `Hybrid nodes of this account and Region are on the ${setting.SettingValue}-instances tier.`}]
  return [
    {
      cause: 'hybrid.standard-tier',
      resource: InstanceId,
      message: `Session Manager cannot connect to ${InstanceId}: hybrid nodes of this account and Region are on the standard-instances tier.`,
      evidence: [{fact: `${INSTANCE_TIER} is standard`, source: 'ssm:GetServiceSetting'}],
      remedies: [activateAdvancedTier()],
    },
  ]
}
