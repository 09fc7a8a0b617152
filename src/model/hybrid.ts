import {memo} from '../util/memo.ts'
import {
  type Account,
  type Context,
  type Instance,
  type InstanceInformation,
  isUnreadable,
  type Reading,
} from './account.ts'
import {find} from './lists.ts'

/**
 * A node that registered with a hybrid activation or through a cloud connector instead of as an EC2 instance.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-hybrid-multicloud.html
 */
export const isHybridId = (id: string): boolean => id.startsWith('mi-')

const ID = /^(?:i-(?:[0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/

/** The id of an EC2 instance or of a hybrid node. */
export const isInstanceId = (id: string): boolean => ID.test(id)

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export const nodeArn = (
  {Partition, Region}: Pick<Context, 'Partition' | 'Region'>,
  account: string,
  id: string,
): string =>
  isHybridId(id)
    ? `arn:${Partition}:ssm:${Region}:${account}:managed-instance/${id}`
    : `arn:${Partition}:ec2:${Region}:${account}:instance/${id}`

export const isHybrid = ({InstanceId}: Pick<Instance, 'InstanceId'>): boolean => isHybridId(InstanceId)

/**
 * The machine of a hybrid node in the examination: a running instance without a network, an image or a profile
 * in AWS. Of its tags only the name is read.
 */
export const machineOf = memo((node: InstanceInformation): Instance => {
  const name = node.Name || node.ComputerName
  const platform = [node.PlatformName, node.PlatformVersion].filter(Boolean).join(' ')
  return {
    InstanceId: node.InstanceId,
    State: {Name: 'running'},
    SecurityGroups: [],
    NetworkInterfaces: [],
    Tags: name ? [{Key: 'Name', Value: name}] : [],
    ...(node.PlatformType === 'Windows' && {Platform: 'Windows' as const}),
    ...(platform !== '' && {PlatformDetails: platform}),
  }
})

export const hybridNodesIn = (nodes: Reading<InstanceInformation>): readonly InstanceInformation[] =>
  isUnreadable(nodes) ? [] : nodes.filter(({InstanceId}) => isHybridId(InstanceId))

/** The machines of an account's hybrid nodes. */
export const machinesIn = ({InstanceInformationList}: Pick<Account, 'InstanceInformationList'>): readonly Instance[] =>
  hybridNodesIn(InstanceInformationList).map(machineOf)

/** The machine with an id: an EC2 instance, or the machine of a hybrid node. */
export function subjectOf(
  account: Pick<Account, 'Instances' | 'InstanceInformationList'>,
  id: string,
): Instance | undefined {
  if (!isHybridId(id)) return find(account.Instances, 'InstanceId', id)
  const node = find(account.InstanceInformationList, 'InstanceId', id)
  return node && machineOf(node)
}

/**
 * A description of `SourceType`.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
 */
const SOURCES: ReadonlyMap<string | undefined, string> = new Map([
  ['AWS::EC2::Instance', 'EC2 instance'],
  ['AWS::IoT::Thing', 'AWS IoT Greengrass core device'],
  ['Microsoft.Compute/virtualMachines', 'Azure virtual machine'],
  ['compute.googleapis.com/Instance', 'Google Cloud VM instance'],
])

/** What the agent reports of a virtual machine that it read from the metadata service of another cloud. */
export const isOfOtherCloud = ({SourceType}: InstanceInformation): boolean =>
  SourceType !== undefined && /^(?:Microsoft\.|compute\.googleapis\.com\/)/.test(SourceType)

/** The type of the machine, if Systems Manager reports it: for example an Azure virtual machine. */
export const sourceInWords = ({SourceType, SourceId}: InstanceInformation): string | undefined => {
  const source = SOURCES.get(SourceType)
  return source && [source, SourceId].filter(Boolean).join(' ')
}
