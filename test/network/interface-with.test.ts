import {describe, expect, it} from 'vitest'
import type {NetworkInterface} from '../../src/model/account.ts'
import {interfaceWith} from '../../src/network/interface-with.ts'
import {behindTransitGateway, eni, HUB, id, VPC} from '../support/network.ts'

const OTHER = id('vpc', 9)
const found = (address: string, ...NetworkInterfaces: readonly NetworkInterface[]) =>
  interfaceWith({...behindTransitGateway, NetworkInterfaces}, VPC, address)?.NetworkInterfaceId

describe('the network interface that an address stands for in a VPC', () => {
  const others = eni(1, 1, '10.0.1.10', [], OTHER)
  const own = eni(2, 1, '10.0.1.10', [], VPC)
  it('is the one of the VPC, whatever other VPC has the same blocks', () => {
    expect(found('10.0.1.10', others, own)).toBe(own.NetworkInterfaceId)
  })
  it('is none where a block of the VPC contains the address, which the local route keeps in it', () => {
    expect(found('10.0.1.10', others)).toBeUndefined()
  })

  const connected = eni(3, 6, '10.8.6.20', [], HUB)
  const unconnected = eni(4, 6, '10.8.6.20', [], OTHER)
  it('is the one of a VPC that peering or a transit gateway connects, before any other', () => {
    expect(found('10.8.6.20', unconnected, connected)).toBe(connected.NetworkInterfaceId)
  })
  it('is the one of any VPC where no connection is known', () => {
    expect(found('10.8.6.20', unconnected)).toBe(unconnected.NetworkInterfaceId)
  })
  it('is the one with the address as its primary one first', () => {
    const secondary = {
      ...eni(5, 1, '10.0.1.11', [], VPC),
      PrivateIpAddresses: [{PrivateIpAddress: '10.0.1.11'}, {PrivateIpAddress: '10.0.1.10'}],
    }
    expect(found('10.0.1.10', secondary, own)).toBe(own.NetworkInterfaceId)
    expect(found('10.0.1.10', secondary)).toBe(secondary.NetworkInterfaceId)
  })
})
