import type {PolicyDocument} from '../model/account.ts'
import {LEGACY_MESSAGES, MESSAGES, SESSIONS} from './capabilities.ts'

const allow = (...Action: readonly string[]) => ({Effect: 'Allow', Action, Resource: '*'})

const SSM = [
  'DescribeAssociation',
  'GetDeployablePatchSnapshotForInstance',
  'GetDocument',
  'DescribeDocument',
  'GetManifest',
  'ListAssociations',
  'ListInstanceAssociations',
  'PutInventory',
  'PutComplianceItems',
  'PutConfigurePackageResult',
  'UpdateAssociationStatus',
  'UpdateInstanceAssociationStatus',
  'UpdateInstanceInformation',
].map((action) => `ssm:${action}`)

const CHANNEL = allow(...MESSAGES.actions, ...SESSIONS.actions)
const CHANNELS = [CHANNEL, allow(...LEGACY_MESSAGES.actions)]

const PULLING = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
]

const document = (...Statement: readonly object[]): PolicyDocument => ({Version: '2012-10-17', Statement})

const CLOUDWATCH_AGENT = document(
  allow(
    'cloudwatch:PutMetricData',
    'ec2:DescribeVolumes',
    'ec2:DescribeTags',
    'logs:PutLogEvents',
    'logs:PutRetentionPolicy',
    'logs:DescribeLogStreams',
    'logs:DescribeLogGroups',
    'logs:CreateLogStream',
    'logs:CreateLogGroup',
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ),
  {...allow('ssm:GetParameter'), Resource: 'arn:*:ssm:*:*:parameter/AmazonCloudWatch-*'},
)

const beanstalk = (...more: readonly string[]): PolicyDocument =>
  document(
    {
      ...allow('s3:Get*', 's3:List*', 's3:PutObject'),
      Resource: ['arn:*:s3:::elasticbeanstalk-*', 'arn:*:s3:::elasticbeanstalk-*/*'],
    },
    {
      ...allow('logs:PutLogEvents', 'logs:CreateLogStream', ...more),
      Resource: 'arn:*:logs:*:*:log-group:/aws/elasticbeanstalk*',
    },
  )

/**
 * The AWS managed policies, as of August 2026, for accounts that were read without them. Of other policies that
 * instances often have, what they allow in the services that a node needs. The path and name of the ARN is the same in
 * every partition.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedEC2InstanceDefaultPolicy.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2RoleforSSM.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonInspector2ManagedTelemetryPolicy.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchAgentServerPolicy.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchAgentAdminPolicy.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryPullOnly.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMFullAccess.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSDenyAll.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMAutomationRole.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSElasticBeanstalkWebTier.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSElasticBeanstalkWorkerTier.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonElasticMapReduceforEC2Role.html
 */
const DOCUMENTS: ReadonlyMap<string, PolicyDocument> = new Map([
  ['AmazonSSMManagedInstanceCore', document(allow(...SSM, 'ssm:GetParameter', 'ssm:GetParameters'), ...CHANNELS)],
  ['AmazonSSMManagedEC2InstanceDefaultPolicy', document(allow(...SSM), ...CHANNELS)],
  [
    'service-role/AmazonEC2RoleforSSM',
    document(
      allow(...SSM, 'ssm:GetParameters'),
      ...CHANNELS,
      allow('s3:GetBucketLocation', 's3:PutObject', 's3:GetObject', 's3:GetEncryptionConfiguration', 's3:ListBucket'),
    ),
  ],
  [
    'AmazonInspector2ManagedTelemetryPolicy',
    document(
      allow(
        'inspector2-telemetry:StartSession',
        'inspector2-telemetry:StopSession',
        'inspector2-telemetry:SendTelemetry',
        'inspector2-telemetry:NotifyHeartbeat',
      ),
    ),
  ],
  ...['CloudWatchAgentServerPolicy', 'CloudWatchAgentAdminPolicy'].map((name) => [name, CLOUDWATCH_AGENT] as const),
  [
    'AmazonEC2ContainerRegistryPullOnly',
    document(
      allow(
        'ecr:GetAuthorizationToken',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchImportUpstreamImage',
      ),
    ),
  ],
  ...['AmazonEC2ContainerRegistryReadOnly', 'AmazonEC2ContainerRegistryPowerUser'].map(
    (name) => [name, document(allow(...PULLING))] as const,
  ),
  [
    'service-role/AmazonEC2ContainerServiceforEC2Role',
    document(allow(...PULLING, 'logs:CreateLogStream', 'logs:PutLogEvents')),
  ],
  ['AmazonS3ReadOnlyAccess', document(allow('s3:Get*', 's3:List*', 's3:Describe*'))],
  ['AmazonS3FullAccess', document(allow('s3:*'))],
  ['AmazonEC2FullAccess', document(allow('ec2:*', 'elasticloadbalancing:*', 'cloudwatch:*', 'autoscaling:*'))],
  ['AmazonEC2ReadOnlyAccess', document(allow('ec2:Describe*', 'ec2:Get*'))],
  [
    'service-role/AmazonEC2RoleforAWSCodeDeploy',
    document(allow('s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket')),
  ],
  ['AWSElasticBeanstalkWebTier', beanstalk('logs:DescribeLogStreams', 'logs:DescribeLogGroups')],
  ['AWSElasticBeanstalkWorkerTier', beanstalk()],
  ['service-role/AmazonElasticMapReduceforEC2Role', document(allow('s3:*'))],
  [
    'service-role/AmazonSSMAutomationRole',
    document(allow('ssm:*'), {...allow('ssmmessages:OpenDataChannel'), Resource: 'arn:*:ssm:*:*:session/*'}),
  ],
  [
    'ReadOnlyAccess',
    document(
      allow(
        ...['ssm', 'ecr', 'kms', 'logs', 's3'].flatMap((service) => [`${service}:Get*`, `${service}:List*`]),
        ...['ssm:Describe*', 'ecr:Describe*', 'kms:Describe*', 'logs:Describe*', 'ecr:BatchCheck*', 'ecr:BatchGet*'],
      ),
    ),
  ],
  ['AmazonSSMFullAccess', document(allow('logs:*', 'ssm:*', 'ec2messages:*'), ...CHANNELS)],
  ['AmazonSSMReadOnlyAccess', document(allow('ssm:Describe*', 'ssm:Get*', 'ssm:List*'))],
  ['AWSCloud9SSMInstanceProfile', document(CHANNEL, allow('ssm:UpdateInstanceInformation'))],
  ...[
    'AmazonEKSWorkerNodePolicy',
    'AmazonEKSWorkerNodeMinimalPolicy',
    'AmazonEKS_CNI_Policy',
    'AmazonECSInstanceRolePolicyForManagedInstances',
    'AmazonSSMDirectoryServiceAccess',
    'AmazonSSMPatchAssociation',
    'AWSElasticBeanstalkMulticontainerDocker',
    'AWSXRayDaemonWriteAccess',
    'service-role/AmazonEBSCSIDriverPolicy',
    'service-role/AmazonSSMMaintenanceWindowRole',
  ].map((name) => [name, document()] as const),
  ['AdministratorAccess', document(allow('*'))],
  ['AWSDenyAll', document({...allow('*'), Effect: 'Deny'})],
  [
    'PowerUserAccess',
    document(
      {Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*'},
      allow(
        ...['account:GetAccountInformation', 'account:GetPrimaryEmail', 'account:ListRegions'],
        ...['iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole', 'iam:ListRoles'],
        'organizations:DescribeOrganization',
      ),
    ),
  ],
])

export const CORE = 'AmazonSSMManagedInstanceCore'
export const HOST_MANAGEMENT = 'AmazonSSMManagedEC2InstanceDefaultPolicy'
export const PULL_ONLY = 'AmazonEC2ContainerRegistryPullOnly'
export const DEPRECATED = 'service-role/AmazonEC2RoleforSSM'

export const awsManaged = (partition: string, name: string): string => `arn:${partition}:iam::aws:policy/${name}`

/** The path and name of an AWS managed policy, or undefined for one that belongs to an account. */
export const awsManagedName = (arn: string): string | undefined => /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1]

export const knownDocument = (arn: string): PolicyDocument | undefined => DOCUMENTS.get(awsManagedName(arn) ?? '')
