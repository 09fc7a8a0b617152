import {type Context, type Instance, type InstanceInformation, isUnreadable, type Readings} from '../model/account.ts'
import {isNameOfService} from '../model/ids.ts'
import {isWindows} from '../model/instance.ts'
import {memo, remembered} from '../util/memo.ts'
import {imageNameOf} from './image.ts'
import {type NodeFacts, nodeOf} from './node.ts'
import {isAtLeast, MINIMUMS} from './version.ts'

type LegacyFacts = Pick<Context, 'Region'> &
  NodeFacts &
  Pick<Readings, 'ServiceNames'> &
  Partial<Pick<Readings, 'InstanceImageMetadata'>>

/**
 * Does the agent still take its commands from `ec2messages`? Agents from 3.3.40.0 on stop using it once `ssmmessages`
 * is connected, except on Windows Server 2012 R2 and earlier; Regions launched since 2024 do not have the service.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/agent/messageservice/interactor/mdsinteractor/mdsinteractor.go
 *
 * `unknown` if it is not known whether the agent polls the service; `unread` if the agent does, and whether the Region
 * has the service was not read.
 */
export function needsEc2Messages(facts: LegacyFacts, instance: Instance): boolean | 'unknown' | 'unread' {
  const offered = regionHasEc2Messages(facts)
  if (offered === false) return false
  const polls = pollsEc2Messages(facts, instance)
  return polls === true && offered === undefined ? 'unread' : polls
}

/** Service names are matched by their suffix: partitions have different prefixes. */
const regionHasEc2Messages = ({Region, ServiceNames}: LegacyFacts): boolean | undefined =>
  isUnreadable(ServiceNames) ? undefined : hasEc2Messages(ServiceNames)(Region)

const hasEc2Messages = memo((names: readonly string[]) =>
  remembered((region: string) => names.some((name) => isNameOfService(name, 'ec2messages', region))),
)

/** Whether the agent takes commands from `ec2messages` where the Region has the service. */
export function pollsEc2Messages(facts: LegacyFacts, instance: Instance): boolean | 'unknown' {
  const node = nodeOf(facts, instance)
  if (isOldWindows(facts, instance, node)) return true
  const single = isAtLeast(node?.AgentVersion, MINIMUMS.singleChannel.version)
  return single === undefined ? 'unknown' : !single
}

/** Windows Server 2012 R2 is version 6.3; its successors start at 10.0. */
function isOldWindows(
  {InstanceImageMetadata}: LegacyFacts,
  instance: Instance,
  node: InstanceInformation | undefined,
): boolean {
  if (!isWindows(instance) && node?.PlatformType !== 'Windows') return false
  const version = node?.PlatformVersion
  if (version !== undefined) return isAtLeast(version, '10.0') === false
  const image = InstanceImageMetadata && imageNameOf({InstanceImageMetadata}, instance)
  return /^Windows_Server-20(?:03|08|12)\b/.test(image ?? '')
}
