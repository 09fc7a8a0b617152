import {agentVersionOf} from '../agent/node.ts'
import {isAtLeast} from '../agent/version.ts'
import type {Instance} from '../model/account.ts'
import type {Path} from '../network/path.ts'
import {inMessage, type Note} from './check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

export const natGateway = hopCheck({
  id: 'nat-gateway',
  title: 'NAT gateway',
  why: 'A private instance without endpoints reaches Systems Manager through a working NAT gateway.',
  causes: {
    'nat.not-available': {
      title: 'a NAT gateway that is not available',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html',
    },
    'nat.private': {
      title: 'a private NAT gateway',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html',
    },
    'nat.subnet-no-igw': {
      title: 'a NAT device without a route to the internet',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html',
    },
    'nat.single-az-loss': {
      title: 'a NAT gateway in another zone',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html',
    },
    'nat.proxy-appliance': {
      title: 'a filtering proxy at the NAT gateway',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html',
    },
    'nat.idle-timeout': {
      title: "the NAT gateway's idle timeout with an old agent",
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html',
    },
  },
  decidedBy: ['NatGateways'],
  matches: ({at, leg, resource}) => at === 'gateway' && leg === 'nat' && resource.startsWith('nat-'),
  dependsOn: ['path', 'machine'],
  extraNotes: (facts, instance, paths) => idleTimeout(facts, instance, paths),
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
  return [
    {
      cause: 'nat.idle-timeout',
      severity: 'advises',
      certainty: 'possible',
      resource: instance.InstanceId,
      message: fact,
      evidence: [inMessage(fact, 'ssm:DescribeInstanceInformation')],
    },
  ]
}
