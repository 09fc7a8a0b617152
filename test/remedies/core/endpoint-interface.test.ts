import {expect, it} from 'vitest'
import type {Account, Instance, NetworkInterface, Subnet} from '../../../src/model/account.ts'
import {freeAddress} from '../../../src/remedies/core/endpoint-interface.ts'
import {healthy} from '../../support/healthy.ts'

const subnet: Subnet = {SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.1.0/28'}

const at = (SubnetId: string, PrivateIpAddress: string, ...others: readonly string[]): NetworkInterface => ({
  NetworkInterfaceId: `eni-${SubnetId}`,
  Groups: [],
  SubnetId,
  PrivateIpAddress,
  PrivateIpAddresses: [PrivateIpAddress, ...others].map((one) => ({PrivateIpAddress: one})),
})

const free = (change: Partial<Account>) =>
  freeAddress({...healthy, NetworkInterfaces: [], Instances: [], ...change}, subnet)

it('is the highest address that AWS does not reserve', () => {
  expect(free({})).toBe('10.0.1.14')
})

it('is not one that an interface of the subnet has, also as a secondary address', () => {
  expect(free({NetworkInterfaces: [at('subnet-1', '10.0.1.14', '10.0.1.13')]})).toBe('10.0.1.12')
})

it('is not one of an instance whose interfaces were not listed', () => {
  const instance = {...(healthy.Instances as readonly Instance[])[0]!, NetworkInterfaces: [at('subnet-1', '10.0.1.14')]}
  expect(free({Instances: [instance as never]})).toBe('10.0.1.13')
})

it('may be one that another VPC uses, whose blocks are the same', () => {
  expect(free({NetworkInterfaces: [at('subnet-2', '10.0.1.14')]})).toBe('10.0.1.14')
})

it('does not exist in a subnet that is full, or has no IPv4 addresses', () => {
  const all = Array.from({length: 11}, (_, n) => `10.0.1.${n + 4}`)
  expect(free({NetworkInterfaces: [at('subnet-1', all[0]!, ...all.slice(1))]})).toBeUndefined()
  expect(freeAddress(healthy, {...subnet, Ipv6Native: true})).toBeUndefined()
})
