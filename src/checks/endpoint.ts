import type {Instance} from '../model/account.ts'
import {isEndpointId} from '../model/ids.ts'
import {find, primaryInterfaceOf} from '../model/joins.ts'
import {endpointsIn, isAvailable, isInterface, serves} from '../network/endpoints/endpoint.ts'
import type {Path} from '../network/path.ts'
import {inMessage, type Note} from './check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

export const endpoint = hopCheck({
  id: 'endpoint',
  title: 'VPC endpoints',
  why: "If an endpoint's private DNS owns the name of a service, the agent reaches the service only through that endpoint.",
  causes: {
    'endpoint.ssm-missing': {
      title: 'a missing endpoint for ssm',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html',
    },
    'endpoint.ssmmessages-missing': {
      title: 'a missing endpoint for ssmmessages',
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html',
    },
    'endpoint.ec2messages-missing': {
      title: 'a missing endpoint for ec2messages',
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html',
    },
    'endpoint.not-available': {
      title: 'an endpoint that is not available',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html',
    },
    'endpoint.single-az': {
      title: "no endpoint network interface in the instance's Availability Zone",
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html',
    },
    'endpoint.ip-family': {
      title: 'an endpoint that answers with IPv6 addresses only',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html',
    },
    'endpoint.cross-region': {
      title: 'an endpoint for another Region',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html',
    },
    'endpoint.invisible-shared': {
      title: 'a shared subnet that hides the endpoints of its owner',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    },
    'endpoint.partial-set': {
      title: 'an incomplete set of endpoints',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html',
    },
    'endpoint.no-network-interface': {
      title: 'an endpoint without a network interface',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    },
  },
  decidedBy: ['VpcEndpoints', 'NetworkInterfaces', 'Subnets', 'ServiceNames'],
  matches: ({at}) => at === 'endpoint',
  extraNotes: (facts, instance, paths) => [...idleEndpoints(facts, instance, paths), ...partialSet(paths)],
})

const isInternet = ({via, verdict}: Path) => via !== null && !isEndpointId(via) && verdict === 'open'

/** An endpoint that is not available does not own its name: with a working internet path it is only a note. */
function idleEndpoints(facts: NetworkFacts, instance: Instance, paths: readonly Path[]): readonly Note[] {
  const subnet = find(facts.Subnets, 'SubnetId', primaryInterfaceOf(instance)?.SubnetId ?? instance.SubnetId)
  if (!subnet) return []
  return endpointsIn(facts, subnet.VpcId)
    .filter((candidate) => isInterface(candidate) && !isAvailable(candidate))
    .filter((candidate) => paths.some((path) => isInternet(path) && serves(candidate, path.service, facts.Region)))
    .map(({VpcEndpointId, ServiceName, State}) => {
      const fact = `Endpoint ${VpcEndpointId} for ${ServiceName} is ${State}.`
      return {
        cause: 'endpoint.not-available',
        severity: 'advises',
        resource: VpcEndpointId,
        message: `${fact} Traffic currently uses the internet path.`,
        evidence: [inMessage(fact, 'ec2:DescribeVpcEndpoints')],
      }
    })
}

/** `ssm` through an endpoint and `ssmmessages` through the internet: both paths must stay open. */
function partialSet(paths: readonly Path[]): readonly Note[] {
  const ssm = paths.find(({service}) => service === 'ssm')
  const messages = paths.find(({service}) => service === 'ssmmessages')
  if (!isEndpointId(ssm?.via) || !messages || !isInternet(messages)) return []
  const fact = `ssm goes through endpoint ${ssm.via}, ssmmessages through ${messages.via}.`
  return [
    {
      cause: 'endpoint.partial-set',
      resource: ssm.via,
      message: `${fact} Both paths must stay open.`,
      evidence: [inMessage(fact, 'the ways to ssm and ssmmessages')],
    },
  ]
}
