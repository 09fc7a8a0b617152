import type {Instance} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {memo} from '../../util/memo.ts'
import type {Hop} from '../path.ts'
import type {WalkReadings} from '../readings.ts'
import {type Answer, nameHop, publicAnswer, type Question, questionOf, unknownName} from './answer.ts'
import {firewallHop} from './firewall.ts'
import {isXen, nameServers} from './name-servers.ts'
import {forwardingRule, unreadRules} from './resolver-rules.ts'
import {ownerOf, ownersAnswer, unreadOwners} from './zones.ts'

/**
 * What a host name resolves to for the instance: its DNS servers first, then DNS Firewall, Resolver rules, private
 * zones of the VPC and of its Route 53 Profile (those of endpoints among them), and the public name.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
 */
export function resolve(readings: WalkReadings, instance: Instance, vpcId: string, host: string): Answer {
  const question = questionOf(readings, instance, vpcId, host)
  const key = `${vpcId} ${host} ${question.queryType} ${question.hasDns64} ${isXen(instance) ? instance.InstanceType : ''}`
  const known = answers(readings).get(key)
  if (known) return known
  const fresh = answerTo(question, nameServers(readings, instance, vpcId))
  answers(readings).set(key, fresh)
  return fresh
}

/** All instances of a VPC that ask alike get the same answer. */
const answers = memo((_: WalkReadings) => new Map<string, Answer>())

function answerTo(question: Question, servers: Hop): Answer {
  if (servers.verdict === 'blocked') return {is: 'none', why: [servers]}
  const amazon = amazonAnswer(question)
  if (servers.verdict === 'open') return amazon
  // What custom DNS servers answer is not visible; what the Amazon DNS server would answer is the best guess to
  // continue with. If it would not answer, it is not even known to be used.
  const guess = amazon.is === 'none' ? unblockedAnswer(question) : amazon
  return {...guess, why: [servers, ...guess.why]}
}

function unblockedAnswer(question: Question): Answer {
  const owner = ownerOf(question)
  return owner?.endpoint ? ownersAnswer(question, owner) : publicAnswer(question.host)
}

/** What blocks every answer, or may: a blocked hop ends the resolution, an unknown one is kept. */
const GATES: readonly ((question: Question) => readonly Hop[])[] = [
  vpcAttributes,
  (question) => [firewallHop(question, isMadeByDns64(question)) ?? []].flat(),
  unreadRules,
]

/** No zone or endpoint of the VPC has an address for the name, and the public name has none of IPv6. */
const isMadeByDns64 = (question: Question): boolean =>
  question.hasDns64 && question.queryType === 'AAAA' && ownerOf(question) === undefined

/** The answer of the Amazon DNS server, at the second address of the VPC. */
function amazonAnswer(question: Question): Answer {
  const unknownHops: Hop[] = []
  for (const gate of GATES) {
    const hops = gate(question)
    const stop = hops.find(({verdict}) => verdict === 'blocked')
    if (stop) return {is: 'none', why: [...unknownHops, stop]}
    unknownHops.push(...hops)
  }
  const owner = arePrivateZonesOff(question) ? undefined : ownerOf(question)
  const answer = owner ? ownersAnswer(question, owner) : publicAnswer(question.host)
  const forward = forwardingRule(question, owner?.labels ?? 0)
  if (forward) return {...answer, why: [...unknownHops, forward]}
  const why = [...unknownHops, ...unreadOwners(question, owner)]
  return answer.is === 'none' && why.some(mayAnswerInstead)
    ? {is: 'public', why: [...why, ...answer.why.map(asUnknown)]}
    : {...answer, why: [...why, ...answer.why]}
}

/** A rule, a zone or an endpoint that was not read may answer instead of a zone that has no record for the name. */
const mayAnswerInstead = ({verdict, unread}: Hop): boolean =>
  verdict === 'unknown' && unread !== undefined && unread !== 'FirewallRuleGroupAssociations'

const asUnknown = (hop: Hop): Hop => (hop.verdict === 'blocked' ? {...hop, verdict: 'unknown'} : hop)

function vpcAttributes({readings, vpcId, host}: Question): readonly Hop[] {
  const attributes = find(readings.VpcAttributes, 'VpcId', vpcId)
  if (!attributes) return [unknownName(vpcId, `The DNS attributes of VPC ${vpcId} could not be read.`, 'VpcAttributes')]
  if (attributes.EnableDnsSupport.Value) return []
  const because = `DNS support of VPC ${vpcId} is disabled, so the Amazon DNS server does not answer for ${host}.`
  return [nameHop(vpcId, 'blocked', because, {cause: 'dns.support-off'})]
}

/** Private zones answer only with both DNS attributes of the VPC enabled. */
const arePrivateZonesOff = ({readings, vpcId}: Question): boolean =>
  find(readings.VpcAttributes, 'VpcId', vpcId)?.EnableDnsHostnames.Value === false

/** The private zone or endpoint that would answer for the name if DNS hostnames of the VPC were enabled. */
export function idleOwner(readings: WalkReadings, instance: Instance, vpcId: string, host: string): string | undefined {
  const question = questionOf(readings, instance, vpcId, host)
  if (!arePrivateZonesOff(question)) return undefined
  const owner = ownerOf(question)
  return owner?.zone?.Id ?? owner?.endpoint?.VpcEndpointId
}
