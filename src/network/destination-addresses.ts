import type {Instance} from '../model/account.ts'
import {subnetIdOf} from '../model/instance.ts'
import {find} from '../model/lists.ts'
import {type ByFamily, NAT64, PUBLIC} from './address.ts'
import {customServers} from './custom-servers.ts'
import type {Answer} from './dns/answer.ts'
import {type EndpointInterface, interfacesOf} from './endpoints/endpoint.ts'
import {NOTHING, union} from './ranges.ts'
import type {WalkReadings} from './readings.ts'
import {listedAddresses} from './routing/target-public.ts'
import {answerFor, type Destination} from './walk.ts'

/** The addresses of packets to a destination, as a log of the interface shows them. */
export interface DestinationAddresses {
  readonly addresses: ByFamily
  /** Other destinations have such addresses too: those of all public services, or of a whole subnet. */
  readonly isShared: boolean
  /** The network interfaces of the endpoint that the name resolves to. */
  readonly interfaces: readonly Pick<EndpointInterface, 'id' | 'addresses'>[]
}

/** The addresses that the name of a destination resolves to; undefined where it resolves to none. */
export function destinationAddresses(
  readings: WalkReadings,
  instance: Instance,
  to: Destination,
): DestinationAddresses | undefined {
  const vpcId = find(readings.Subnets, 'SubnetId', subnetIdOf(instance))?.VpcId ?? instance.VpcId
  return vpcId === undefined ? undefined : addressesOf(readings, answerFor(readings, instance, vpcId, to), to)
}

function addressesOf(readings: WalkReadings, answer: Answer, to: Destination): DestinationAddresses | undefined {
  switch (answer.is) {
    case 'none':
      return undefined
    case 'public':
      return publicAddresses(readings, to)
    case 'addresses':
      return {addresses: answer.addresses, isShared: false, interfaces: []}
    case 'one of':
      return answer.answers
        .flatMap((one) => addressesOf(readings, one, to) ?? [])
        .reduce<DestinationAddresses | undefined>((all, one) => (all ? either(all, one) : one), undefined)
    case 'endpoint': {
      const interfaces = interfacesOf(readings, answer.endpoint).filter(
        ({zone}) => answer.zone === undefined || zone === answer.zone,
      )
      const own: DestinationAddresses = {
        addresses: interfaces.map(({addresses}) => addresses).reduce(unionOf, {4: NOTHING, 6: NOTHING}),
        isShared: interfaces.some(({id}) => id === answer.endpoint.VpcEndpointId),
        interfaces: interfaces.filter(({id}) => id !== answer.endpoint.VpcEndpointId),
      }
      return customServers(answer) ? either(own, publicAddresses(readings, to)) : own
    }
  }
}

const unionOf = (a: ByFamily, b: ByFamily): ByFamily => ({4: union(a[4], b[4]), 6: union(a[6], b[6])})

const publicAddresses = (readings: WalkReadings, {service}: Destination): DestinationAddresses => ({
  addresses: {4: listedAddresses({service, readings}) ?? PUBLIC[4], 6: union(PUBLIC[6], NAT64)},
  isShared: true,
  interfaces: [],
})

const either = (a: DestinationAddresses, b: DestinationAddresses): DestinationAddresses => ({
  addresses: unionOf(a.addresses, b.addresses),
  isShared: true,
  interfaces: [...a.interfaces, ...b.interfaces],
})
