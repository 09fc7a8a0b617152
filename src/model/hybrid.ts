import {memo} from '../util/memo.ts'
import {type Account, type Instance, type InstanceInformation, isUnreadable, type Reading} from './account.ts'
import {find} from './joins.ts'

/**
 * A node that registered with a hybrid activation or through a cloud connector instead of as an EC2 instance.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-hybrid-multicloud.html
 */
export const isHybridId = (id: string): boolean => id.startsWith('mi-')

export const isHybrid = ({InstanceId}: Pick<Instance, 'InstanceId'>): boolean => isHybridId(InstanceId)

/**
 * The machine of a hybrid node, as the examination sees it: an instance that runs, of whose network, image and profile
 * AWS knows nothing. Its tags are not in the answers that are read, but for the name.
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

/** What is examined under an id: an instance of EC2, or the machine of a hybrid node. */
export function subjectOf(
  account: Pick<Account, 'Instances' | 'InstanceInformationList'>,
  id: string,
): Instance | undefined {
  if (!isHybridId(id)) return find(account.Instances, 'InstanceId', id)
  const node = find(account.InstanceInformationList, 'InstanceId', id)
  return node && machineOf(node)
}

/** `SourceType` in words. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html */
const SOURCES: ReadonlyMap<string | undefined, string> = new Map([
  ['AWS::EC2::Instance', 'EC2 instance'],
  ['AWS::IoT::Thing', 'AWS IoT Greengrass core device'],
  ['Microsoft.Compute/virtualMachines', 'Azure virtual machine'],
  ['compute.googleapis.com/Instance', 'Google Cloud VM instance'],
])

/** What the machine is, where Systems Manager says so: an Azure virtual machine, say. */
export const sourceInWords = ({SourceType, SourceId}: InstanceInformation): string | undefined => {
  const source = SOURCES.get(SourceType)
  return source && [source, SourceId].filter(Boolean).join(' ')
}
