import type {PolicyDocument} from '../../model/account.ts'
import {isEndpointId} from '../../model/ids.ts'
import {PRIVATE, parseCidr} from '../../network/address.ts'
import {includes} from '../../network/ranges.ts'
import {isObject} from '../../util/json.ts'
import {ec2, type Remedy, type Step} from '../core/remedy.ts'

const DOCS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html'
const NETWORKS = /^aws:sourcevpc(?:e|arn)?$/i
/**
 * Where the credentials were delivered, which is compared with the VPC and the address of the call, or those with it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourcevpc
 */
const OF_INSTANCE = /^aws:ec2instancesource(?:vpc|privateipv4)$/i
const ITS_NETWORK = /^\$\{aws:(?:sourcevpc|vpcsourceip)\}$/i
const ADDRESSES = /^aws:sourceip$/i
export const isOnNetwork = ({key}: {readonly key: string}): boolean => NETWORKS.test(key) || ADDRESSES.test(key)
const TAG = /^(?:aws|ec2|ssm):(resource|principal)tag\/(.+)$/i

/** A statement that denies other sources names its networks in these; the others name what is denied. */
const FROM_ELSEWHERE =
  /^(?:forallvalues:|foranyvalue:)?(?:(?:string|arn)not(?:equals|like|equalsignorecase)|notipaddress)(?:ifexists)?$/i

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

/** The endpoints, VPCs and public addresses that a statement requires as the source of requests, and the tags it denies by. */
function perimeterIn(document: PolicyDocument | undefined, index: number) {
  const statement = isObject(document) ? listOf(document.Statement)[index] : undefined
  if (!isObject(statement)) return {networks: [], addresses: [], tags: []}
  const isDeny = statement.Effect === 'Deny'
  const keysUnder = (operators: (operator: string) => boolean) =>
    Object.entries(Object(statement.Condition)).flatMap(([operator, keys]) =>
      operators(operator) ? Object.entries(Object(keys)) : [],
    )
  // A Deny applies to what is not among the values, an Allow to what is.
  const isNull = (operator: string) => operator.toLowerCase() === 'null'
  const required = keysUnder((operator) => !isNull(operator) && FROM_ELSEWHERE.test(operator) === isDeny)
  const valuesOf = (keys: RegExp) =>
    required.flatMap(([key, value]) =>
      keys.test(key) ? listOf(value).filter((one): one is string => typeof one === 'string') : [],
    )
  const tags = isDeny
    ? keysUnder(() => true).flatMap(([key]) => {
        const [, whose = '', name] = TAG.exec(key) ?? []
        return name === undefined ? [] : `${name} of the ${whose.toLowerCase() === 'principal' ? 'role' : 'instance'}`
      })
    : []
  // `Null` denies what comes through no endpoint at all.
  const isThroughAny = keysUnder(isNull).some(
    ([key, value]) => NETWORKS.test(key) && listOf(value).map(String).includes(String(isDeny)),
  )
  const compared = [...valuesOf(NETWORKS), ...valuesOf(OF_INSTANCE).filter((value) => ITS_NETWORK.test(value))]
  const networks = compared.map((value) => (value.includes('${') ? 'a VPC endpoint' : value))
  return {
    networks: [...new Set([...networks, ...(isThroughAny ? ['a VPC endpoint'] : [])])],
    addresses: valuesOf(ADDRESSES).filter(isPublic),
    tags: [...new Set(tags)],
  }
}

/**
 * The source of a call over the internet is a public address, and one through an endpoint has none in this key: no
 * network meets a private block. https://repost.aws/knowledge-center/iam-restrict-access-policy
 */
function isPublic(block: string): boolean {
  const cidr = parseCidr(block)
  return cidr === undefined || !includes(PRIVATE[cidr.family], cidr.ranges)
}

const looksUp = (id: string): Step =>
  isEndpointId(id)
    ? ec2('DescribeVpcEndpoints', {VpcEndpointIds: [id]})
    : ec2('DescribeVpcEndpoints', {Filters: [{Name: 'vpc-id', Values: [id]}]})

/**
 * A data perimeter denies other sources: the request must go through the network that the policy names, and the
 * policy stays as it is. So it does where it denies by a tag, which is on the instance or the role for this purpose.
 */
export function throughPerimeter(document: PolicyDocument | undefined, index: number): readonly Remedy[] {
  const {networks, addresses, tags} = perimeterIn(document, index)
  const ids = networks.filter((id) => /^vpce?-[0-9a-f]+$/.test(id))
  const throughNetwork = {
    title: `Have the agent's calls go through ${networks.join(' or ')}, which the policy requires: VPC endpoints with private DNS in the VPC of the instance`,
    steps: ids.length > 0 ? ids.map(looksUp) : [ec2('DescribeVpcEndpoints', {})],
    docs: DOCS,
  }
  const throughAddress = {
    title: `Have the agent's calls go through a NAT gateway whose public address is in ${addresses.join(' or ')}, which the policy requires`,
    steps: [ec2('DescribeNatGateways', {})],
    docs: DOCS,
  }
  const withOtherTags = {
    title: `Change tag ${tags.join(' and tag ')}, by which the policy denies the agent's calls, if the instance may be managed`,
    steps: [],
    docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html',
  }
  const through = [...(networks.length > 0 ? [throughNetwork] : []), ...(addresses.length > 0 ? [throughAddress] : [])]
  // Beside a network, a tag exempts from the perimeter.
  return through.length === 0 && tags.length > 0 ? [withOtherTags] : through
}
