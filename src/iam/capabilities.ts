import type {Context} from '../model/account.ts'
import {ESSENTIAL_ACTIONS} from '../model/agent-actions.ts'
import {agentBucketOf} from '../model/partition.ts'
import {instanceArn, isOnInstance} from './policy/context.ts'

/**
 * Something the agent does for its owner, and the calls it makes for it.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
 */
interface Capability {
  readonly id:
    | 'registration'
    | 'messages'
    | 'sessions'
    | 'legacy-messages'
    | 'associations'
    | 'patching'
    | 'distributor'
  /** Fits after "without it there is no". */
  readonly title: string
  readonly actions: readonly string[]
}

export const REGISTRATION: Capability = {
  id: 'registration',
  title: 'registration and heartbeat',
  actions: ESSENTIAL_ACTIONS.registration,
}

export const MESSAGES: Capability = {
  id: 'messages',
  title: 'message channel (Run Command and Session Manager)',
  actions: ESSENTIAL_ACTIONS.messages,
}

export const SESSIONS: Capability = {
  id: 'sessions',
  title: 'Session Manager',
  actions: ESSENTIAL_ACTIONS.sessions,
}

/** For agents older than 3.3.40.0, and on Windows Server 2012 R2 and earlier. */
export const LEGACY_MESSAGES: Capability = {
  id: 'legacy-messages',
  title: 'Run Command over ec2messages',
  actions: [
    'ec2messages:GetEndpoint',
    'ec2messages:GetMessages',
    'ec2messages:AcknowledgeMessage',
    'ec2messages:SendReply',
    'ec2messages:FailMessage',
    'ec2messages:DeleteMessage',
  ],
}

/** Amazon Inspector's agent-based scans also use these. */
export const ASSOCIATIONS: Capability = {
  id: 'associations',
  title: 'State Manager, Inventory and agent-based Inspector scans',
  actions: [
    'ssm:ListAssociations',
    'ssm:ListInstanceAssociations',
    'ssm:DescribeAssociation',
    'ssm:GetDocument',
    'ssm:DescribeDocument',
    'ssm:PutInventory',
    'ssm:PutComplianceItems',
    'ssm:UpdateAssociationStatus',
    'ssm:UpdateInstanceAssociationStatus',
  ],
}

export const PATCHING: Capability = {
  id: 'patching',
  title: 'Patch Manager',
  actions: ['ssm:GetDeployablePatchSnapshotForInstance'],
}

export const DISTRIBUTOR: Capability = {
  id: 'distributor',
  title: 'Distributor',
  actions: ['ssm:PutConfigurePackageResult'],
}

/** Without these a node is not registered, or is registered and accepts neither commands nor sessions. */
export const ESSENTIAL: readonly Capability[] = [REGISTRATION, MESSAGES, SESSIONS]
export const FURTHER: readonly Capability[] = [ASSOCIATIONS, PATCHING, DISTRIBUTOR]
export const CAPABILITIES: readonly Capability[] = [...ESSENTIAL, LEGACY_MESSAGES, ...FURTHER]

/** All calls of the agent, which a policy simulation covers. */
export const AGENT_ACTIONS: readonly string[] = [...CAPABILITIES.flatMap(({actions}) => actions), 'ssm:GetManifest']

/** Host management only: signed by the node's own identity. */
export const NODE_ACTIONS: readonly string[] = ['ssm:RegisterManagedInstance', 'ssm:RequestManagedInstanceRoleToken']

/**
 * The resource of the action: the instance, or something that only the action defines. For a message channel some
 * denials that AWS returns name the service's own ARN and some name the node.
 */
export function resourceOf(
  action: string,
  context: Context,
  account: string,
  instanceId: string,
): string | readonly string[] {
  const instance = instanceArn(context, account, instanceId)
  if (isOnInstance(action)) return instance
  const [service] = action.split(':')
  if (service === 'ssmmessages' || service === 'ec2messages')
    return [`arn:${context.Partition}:${service}:${context.Region}:${account}:*`, instance]
  return '*'
}

/** Regions whose patch bucket has no suffix. */
const PLAIN_PATCH_BUCKETS = new Set(
  [
    'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1',
    'eu-north-1 ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2 ap-south-1',
  ].flatMap((line) => line.split(' ')),
)

/**
 * AWS's own buckets that the agent reads: its updates, its packages and its patch baselines.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
 */
export const managedBuckets = (region: string): readonly string[] => [
  agentBucketOf({Region: region}),
  `aws-ssm-${region}`,
  `${region}-birdwatcher-prod`,
  ...(PLAIN_PATCH_BUCKETS.has(region) ? [`${PATCH_BASELINES}-${region}`] : []),
]

const PATCH_BASELINES = 'patch-baseline-snapshot'
/** Its objects are read with a URL that Systems Manager signs, not with the credentials of the agent. */
export const isPresigned = (bucket: string): boolean => bucket.startsWith(PATCH_BASELINES)

export const bucketArn = (partition: string, bucket: string): string => `arn:${partition}:s3:::${bucket}`
