import type {Instance, Kind, VpcEndpoint} from '../../model/account.ts'
import {primaryInterfaceOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import type {ByFamily, Family} from '../address.ts'
import {hop, sourcesOf} from '../context.ts'
import type {Fault, Hop, Verdict} from '../path.ts'
import {isEmpty} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'
import {type Profile, profileOf} from './profiles.ts'

/** What a name resolves to in a subnet. `why` are the hops that show it. */
export type Answer = {readonly why: readonly Hop[]} & (
  | {
      readonly is: 'endpoint'
      readonly endpoint: VpcEndpoint
      readonly zone: string | undefined
      /** Of the only address records that a private hosted zone has for the name. */
      readonly onlyFamily?: Family
    }
  /** Private addresses from a private hosted zone. `zoneId` is the resource to change if they are not reachable. */
  | {readonly is: 'addresses'; readonly addresses: ByFamily; readonly zoneId: string}
  | {readonly is: 'public'}
  | {readonly is: 'none'}
  /** By the routing policy of the records, which is not in the collected data. */
  | {readonly is: 'one of'; readonly answers: readonly Answer[]}
)

/** A host name, and who resolves it. */
export interface Question {
  readonly readings: WalkReadings
  readonly vpcId: string
  readonly host: string
  /** What a Route 53 Profile adds to the VPC. */
  readonly profile: Profile
  /** The record that the agent connects to: `A`, or `AAAA` where the instance has no IPv4 address. */
  readonly queryType: 'A' | 'AAAA'
  /** The DNS server makes IPv6 addresses of names that have none. */
  readonly hasDns64: boolean
  /** A rule of DNS Firewall allowed the name that was asked for, wherever that is redirected to. */
  readonly isTrusted?: boolean
}

export function questionOf(readings: WalkReadings, instance: Instance, vpcId: string, host: string): Question {
  const {SubnetId = instance.SubnetId} = primaryInterfaceOf(instance) ?? {}
  return {
    readings,
    vpcId,
    host: host.toLowerCase(),
    profile: profileOf(readings, vpcId),
    queryType: isEmpty(sourcesOf(instance)[4]) && !isEmpty(sourcesOf(instance)[6]) ? 'AAAA' : 'A',
    hasDns64: find(readings.Subnets, 'SubnetId', SubnetId)?.EnableDns64 ?? false,
  }
}

export const nameHop = (resource: string, verdict: Verdict, because: string, fault?: Fault, unread?: Kind): Hop =>
  hop('name', resource, verdict, because, {fault, unread})

export const publicAnswer = (host: string): Answer => ({
  is: 'public',
  why: [nameHop(host, 'open', `${host} resolves to public addresses.`)],
})

export const unknownName = (resource: string, because: string, unread?: Kind): Hop =>
  nameHop(resource, 'unknown', because, undefined, unread)

/** Public addresses are the guess if an answer is not visible. */
export const unknownAnswer = (resource: string, because: string, unread?: Kind): Answer => ({
  is: 'public',
  why: [unknownName(resource, because, unread)],
})
