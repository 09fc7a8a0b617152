import type {Instance} from '../../model/account.ts'
import {privateLinkGuide, ssmGuide} from '../../model/documentation.ts'
import {isEndpointId} from '../../model/ids.ts'
import {subnetIdOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {endpointsIn, isAvailable, isInterface, serves} from '../../network/endpoints/endpoint.ts'
import type {Path} from '../../network/path.ts'
import {advises, blocks, degrades, type Note, statedFinding, undecided} from '../check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

const SET_UP = ssmGuide('setup-create-vpc')
const CREATE = privateLinkGuide('create-interface-endpoint')
const ACCESS = privateLinkGuide('privatelink-access-aws-services')

export const endpoint = hopCheck({
  id: 'endpoint',
  title: 'VPC endpoints',
  why: "If an endpoint's private DNS owns the name of a service, the agent reaches the service only through that endpoint.",
  causes: {
    'endpoint.ssm-missing': blocks('a missing endpoint for ssm', SET_UP),
    'endpoint.ssmmessages-missing': degrades('a missing endpoint for ssmmessages', SET_UP),
    'endpoint.ec2messages-missing': degrades(
      'a missing endpoint for ec2messages',
      ssmGuide('systems-manager-setting-up-messageAPIs'),
    ),
    'endpoint.not-available': blocks('an endpoint that is not available', privateLinkGuide('concepts')),
    'endpoint.single-az': advises("no endpoint network interface in the instance's Availability Zone", ACCESS),
    'endpoint.ip-family': blocks('an endpoint that answers with IPv6 addresses only', ACCESS),
    'endpoint.cross-region': blocks(
      'an endpoint for another Region',
      privateLinkGuide('aws-services-cross-region-privatelink-support'),
    ),
    'endpoint.invisible-shared': undecided('a shared subnet that hides the endpoints of its owner', CREATE),
    'endpoint.partial-set': advises('an incomplete set of endpoints', SET_UP),
    'endpoint.no-network-interface': blocks('an endpoint without a network interface', CREATE),
  },
  decidedBy: ['VpcEndpoints', 'NetworkInterfaces', 'Subnets', 'ServiceNames'],
  matches: ({at}) => at === 'endpoint',
  extraNotes: (facts, instance, paths) => [...idleEndpoints(facts, instance, paths), ...partialSet(paths)],
})

const isInternet = ({via, verdict}: Path) => via !== null && !isEndpointId(via) && verdict === 'open'

/** An endpoint that is not available does not own its name: with a working internet path it is only a note. */
function idleEndpoints(facts: NetworkFacts, instance: Instance, paths: readonly Path[]): readonly Note[] {
  const subnet = find(facts.Subnets, 'SubnetId', subnetIdOf(instance))
  if (!subnet) return []
  return endpointsIn(facts, subnet.VpcId)
    .filter((candidate) => isInterface(candidate) && !isAvailable(candidate))
    .filter((candidate) => paths.some((path) => isInternet(path) && serves(candidate, path.service, facts.Region)))
    .map(({VpcEndpointId, ServiceName, State}) => {
      const fact = `Endpoint ${VpcEndpointId} for ${ServiceName} is ${State}.`
      const finding = {cause: 'endpoint.not-available', severity: 'advises', resource: VpcEndpointId} as const
      return statedFinding(finding, fact, 'ec2:DescribeVpcEndpoints', 'Traffic currently uses the internet path.')
    })
}

/** `ssm` through an endpoint and `ssmmessages` through the internet: both paths must stay open. */
function partialSet(paths: readonly Path[]): readonly Note[] {
  const ssm = paths.find(({service}) => service === 'ssm')
  const messages = paths.find(({service}) => service === 'ssmmessages')
  if (!isEndpointId(ssm?.via) || !messages || !isInternet(messages)) return []
  const fact = `ssm goes through endpoint ${ssm.via}, ssmmessages through ${messages.via}.`
  const finding = {cause: 'endpoint.partial-set', resource: ssm.via}
  return [statedFinding(finding, fact, 'the ways to ssm and ssmmessages', 'Both paths must stay open.')]
}
