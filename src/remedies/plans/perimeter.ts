import type {PolicyDocument} from '../../model/account.ts'
import type {Remedy, Step} from '../core/remedy.ts'

const DOCS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html'
const KEYS = /^aws:sourcevpc(?:e|arn)?$/i

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

/** The endpoints and VPCs that a statement wants requests to come through. */
function networksIn(document: PolicyDocument | undefined, index: number): readonly string[] {
  if (typeof document !== 'object') return []
  const statement = listOf(document.Statement)[index]
  const condition =
    typeof statement === 'object' && statement !== null ? Reflect.get(statement, 'Condition') : undefined
  return Object.values(Object(condition)).flatMap((operator) =>
    Object.entries(Object(operator)).flatMap(([key, value]) =>
      KEYS.test(key) ? listOf(value).filter((one): one is string => typeof one === 'string') : [],
    ),
  )
}

const looksUp = (id: string): Step =>
  id.startsWith('vpce-')
    ? {service: 'ec2', operation: 'DescribeVpcEndpoints', input: {VpcEndpointIds: [id]}}
    : {service: 'ec2', operation: 'DescribeVpcEndpoints', input: {Filters: [{Name: 'vpc-id', Values: [id]}]}}

/**
 * A data perimeter denies what comes from elsewhere: the request goes through the network that the policy names, and the
 * policy stays as it is.
 */
export function throughPerimeter(document: PolicyDocument | undefined, index: number): readonly Remedy[] {
  const networks = networksIn(document, index)
  if (networks.length === 0) return []
  const ids = networks.filter((id) => /^vpce?-[0-9a-f]+$/.test(id))
  return [
    {
      title: `Route the agent's calls through ${networks.join(' or ')}, which the policy requires: VPC endpoints with private DNS in the VPC of the instance`,
      steps: ids.map(looksUp),
      docs: DOCS,
    },
  ]
}
