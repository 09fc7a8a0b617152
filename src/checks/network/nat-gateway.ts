import {agentVersionOf} from '../../agent/node.ts'
import {isAtLeast} from '../../agent/version.ts'
import type {Instance} from '../../model/account.ts'
import {ec2Api, ec2Guide, vpcGuide} from '../../model/documentation.ts'
import type {Path} from '../../network/path.ts'
import {advises, blocks, type Note, statedFinding, undecided} from '../check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

const TROUBLESHOOTING = vpcGuide('nat-gateway-troubleshooting')

export const natGateway = hopCheck({
  id: 'nat-gateway',
  title: 'NAT gateway',
  why: 'A private instance without endpoints reaches Systems Manager through a working NAT gateway.',
  causes: {
    'nat.not-available': blocks('a NAT gateway that is not available', TROUBLESHOOTING),
    'nat.private': blocks('a private NAT gateway', vpcGuide('vpc-nat-gateway')),
    'nat.subnet-no-igw': blocks('a NAT device without a route to the internet', TROUBLESHOOTING),
    'nat.single-az-loss': advises('a NAT gateway in another zone', vpcGuide('nat-gateways-regional')),
    'nat.proxy-appliance': undecided('a filtering proxy at the NAT gateway', ec2Api('API_NatGateway')),
    'nat.idle-timeout': advises(
      "the NAT gateway's idle timeout with an old agent",
      ec2Guide('security-group-connection-tracking'),
    ),
  },
  decidedBy: ['NatGateways'],
  matches: ({at, leg, resource}) => at === 'gateway' && leg === 'nat' && resource.startsWith('nat-'),
  dependsOn: ['path', 'machine'],
  extraNotes: idleTimeout,
})

/**
 * The agent keeps its message channel alive since this version;
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/RELEASENOTES.md
 */
const HEARTBEATS_SINCE = '3.3.987.0'

/** A NAT gateway drops an idle connection after 350 seconds. */
function idleTimeout(facts: NetworkFacts, instance: Instance, paths: readonly Path[]): readonly Note[] {
  const version = agentVersionOf(facts, instance)
  const through = paths.find(
    ({service, via, verdict}) => service === 'ssmmessages' && via?.startsWith('nat-') && verdict === 'open',
  )
  if (!through || isAtLeast(version, HEARTBEATS_SINCE) !== false) return []
  const fact = `The message channel uses NAT gateway ${through.via}, which drops idle connections after 350 seconds, and agent ${version} sends no keepalives.`
  const finding = {cause: 'nat.idle-timeout', certainty: 'possible'} as const
  return [statedFinding({...finding, resource: instance.InstanceId}, fact, 'ssm:DescribeInstanceInformation')]
}
