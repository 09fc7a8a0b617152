import {NODE_ACTIONS, REGISTRATION} from '../../iam/capabilities.ts'
import type {Facts, Kind, VpcEndpoint} from '../../model/account.ts'
import {privateLinkGuide, ssmGuide} from '../../model/documentation.ts'
import {find} from '../../model/lists.ts'
import type {Hop, Path} from '../../network/path.ts'
import {extendEndpointPolicy, resetEndpointPolicy} from '../../remedies/changes/endpoint-policies.ts'
import {showOrganization} from '../../remedies/changes/systems-manager.ts'
import {blocks, defineCheck, degrades, type Finding, inMessage, type Note, unknownNote} from '../check.ts'
import type {Severity} from '../severity.ts'
import {hopsOf, type MatchedHop} from './hops.ts'

const OPTIONAL_KINDS = ['VpcEndpoints'] as const satisfies readonly Kind[]
type EndpointFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>

export const endpointPolicy = defineCheck({
  id: 'endpoint-policy',
  title: 'Endpoint policies',
  why: 'An endpoint policy is an additional filter: what it does not allow is denied, whatever the role allows.',
  causes: {
    'endpoint.policy-denies': blocks(
      "an endpoint policy that does not allow the agent's calls",
      privateLinkGuide('vpc-endpoints-access'),
    ),
    'endpoint.org-condition': blocks(
      "an endpoint policy with an account or organization condition that the node's request does not meet",
      ssmGuide('setup-create-vpc'),
    ),
    's3.endpoint-policy': degrades(
      'an S3 endpoint policy that does not allow AWS-managed buckets',
      ssmGuide('setup-create-vpc'),
    ),
  },
  dependsOn: ['path'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, _instance, paths): readonly Note[] => {
    const matched = hopsOf(paths).filter(({hop}) => hop.at === 'endpoint-policy')
    if (matched.length === 0) return [{skip: 'No endpoint is on the path.'}]
    return matched.map((one) => noteOf(facts, one))
  },
})

function noteOf(facts: EndpointFacts, match: MatchedHop): Note {
  const {because, verdict, unread, fault, byOrganization} = match.hop
  if (fault) return findingOf(facts, match)
  if (verdict !== 'unknown') return {fact: because}
  return {...unknownNote(because, unread), ...(byOrganization && {remedies: [showOrganization()]})}
}

function findingOf(facts: EndpointFacts, {path, hop}: MatchedHop): Finding {
  const {cause} = hop.fault!
  const endpoint = find(facts.VpcEndpoints, 'VpcEndpointId', hop.resource)
  return {
    cause,
    severity: severityOf(path, hop),
    resource: hop.resource,
    message: `${hop.because} ${consequence(path, hop)}`,
    evidence: [
      inMessage(hop.because, 'ec2:DescribeVpcEndpoints'),
      {fact: `blocked: ${textsOf(hop.fault?.detail?.missing).join(', ')}`, source: 'ec2:DescribeVpcEndpoints'},
    ],
    actions: textsOf(hop.fault?.detail?.missing),
    remedies: endpoint ? remediesFor(endpoint, hop) : [],
  }
}

/** Some of the calls may be denied, hence `partly`. What a recent ping contradicts is unknown. */
function severityOf({service}: Path, {verdict, fault}: Hop): Severity {
  if (fault?.advice) return 'advises'
  if (verdict === 'unknown') return 'undecided'
  return service === 'ssm' && verdict === 'blocked' ? 'blocks' : 'degrades'
}

/** What sessions lack is said by the preference that requires it. */
function consequence({service}: Path, {verdict, fault}: Hop): string {
  if (fault!.cause === 'endpoint.org-condition')
    return 'Host management registers a node and fetches its credentials with these calls, which have no principal in this account or organization.'
  if (typeof fault!.detail?.whenDenied === 'string') return `As a result, ${fault!.detail.whenDenied}.`
  if (service === 's3' && fault!.detail?.signer)
    return 'Patch baselines cannot be fetched: Systems Manager signs their URLs with an account of AWS.'
  if (service === 's3') return 'Agent updates, packages and patch baselines cannot be fetched.'
  if (service !== 'ssm') return `The agent's messages over ${service} are refused.`
  const isRefused = verdict !== 'partly' && textsOf(fault!.detail?.missing).some((action) => REGISTERS.includes(action))
  return isRefused
    ? 'The node cannot register or send heartbeats.'
    : 'The node registers, and its associations, inventory and patching are refused.'
}

const REGISTERS: readonly string[] = [...REGISTRATION.actions, ...NODE_ACTIONS]

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []

const numbersOf = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'number') : []

function remediesFor(endpoint: VpcEndpoint, {fault}: Hop) {
  const missing = textsOf(fault?.detail?.missing)
  const all = [...missing, ...textsOf(fault?.detail?.alsoToAllow)]
  const {account, role, resources} = fault?.detail ?? {}
  const common = {denying: numbersOf(fault?.detail?.denying), ...(typeof role === 'string' && {role})}
  const passage =
    fault?.cause === 's3.endpoint-policy'
      ? ({actions: ['s3:GetObject'], resources: all, ofAws: true, ...common} as const)
      : {
          actions: all,
          resources: resources === undefined ? ['*'] : textsOf(resources),
          ...common,
          ...(missing.every((action) => NODE_ACTIONS.includes(action)) && typeof account === 'string'
            ? {nodeAccount: account}
            : {}),
        }
  return [...extendEndpointPolicy(endpoint, passage), resetEndpointPolicy(endpoint)]
}
