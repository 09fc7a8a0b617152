import {describe, expect, it} from 'vitest'
import {changesIn} from '../../src/history/event.ts'
import {revert} from '../../src/history/revert/index.ts'
import {type Account, type CloudTrailEvent, itemsOf} from '../../src/model/account.ts'
import {ENDPOINT_GROUP, healthy, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {event} from './events.ts'

const TABLE = 'rtb-0aaaaaaaaaaaaaa01'
const at = {routeTableId: TABLE, destinationCidrBlock: '172.16.0.0/12'}
const created = event('CreateRoute', '10:00', {...at, transitGatewayId: 'tgw-0bbbbbbbbbbbbbb01'})
const deleted = event('DeleteRoute', '11:00', at)
const replaced = event('ReplaceRoute', '12:00', {...at, natGatewayId: 'nat-0bbbbbbbbbbbbbb01'})

function reversalOf(events: readonly CloudTrailEvent[], recorded?: Account) {
  const [newest, ...older] = changesIn(events, healthy).events
  return newest && revert({account: healthy, event: newest, older, ...(recorded && {recorded})})
}

/** The calls that revert the newest of the events. */
const stepsFor = (...events: readonly CloudTrailEvent[]) =>
  reversalOf(events)?.change.steps.map((step) => ('operation' in step ? [step.operation, step.input] : []))

const place = {RouteTableId: TABLE, DestinationCidrBlock: '172.16.0.0/12'}

describe('a route', () => {
  it('that was created is deleted: there was none before', () => {
    expect(stepsFor(created)).toEqual([['DeleteRoute', place]])
  })

  it('that was replaced gets the target that the earlier call shows', () => {
    const before = {...place, TransitGatewayId: 'tgw-0bbbbbbbbbbbbbb01'}
    expect(stepsFor(created, replaced)).toEqual([['ReplaceRoute', before]])
  })

  it('that was deleted is created again', () => {
    const before = {...place, NatGatewayId: 'nat-0bbbbbbbbbbbbbb01'}
    const last = event('DeleteRoute', '13:00', at)
    expect(stepsFor(created, replaced, last)).toEqual([['CreateRoute', before]])
  })

  it.each([
    ['without an earlier call', [replaced]],
    [
      'with an earlier call for another destination',
      [
        {...created},
        event('ReplaceRoute', '12:00', {...at, destinationCidrBlock: '192.168.0.0/16', natGatewayId: 'nat-0b'}),
      ],
    ],
    ['whose earlier call contradicts it', [created, deleted, replaced]],
  ])('is unknown %s', (_, events) => expect(stepsFor(...events)).toBeUndefined())
})

describe('the metadata options of an instance', () => {
  const modified = (at: string, options: object, response: object = {}) =>
    event(
      'ModifyInstanceMetadataOptions',
      at,
      {ModifyInstanceMetadataOptionsRequest: {InstanceId: WEB, ...options}},
      {response: {ModifyInstanceMetadataOptionsResponse: {instanceId: WEB, instanceMetadataOptions: response}}},
    )
  const limited = modified('12:00', {HttpPutResponseHopLimit: 1})

  it.each([
    ['the request of an earlier call', modified('10:00', {HttpPutResponseHopLimit: 2})],
    ['a number that is recorded as text', modified('10:00', {HttpPutResponseHopLimit: '2'})],
    ['the response to one', modified('10:00', {HttpEndpoint: 'enabled'}, {httpPutResponseHopLimit: 2})],
  ])('have the hop limit in %s again', (_, earlier) => {
    expect(stepsFor(earlier, limited)).toEqual([
      ['ModifyInstanceMetadataOptions', {InstanceId: WEB, HttpPutResponseHopLimit: 2}],
    ])
  })

  it('are unknown without an earlier hop limit, whatever else the call changed', () => {
    expect(stepsFor(limited)).toBeUndefined()
    expect(stepsFor(modified('12:00', {HttpTokens: 'required', HttpPutResponseHopLimit: 1}))).toBeUndefined()
  })
})

describe('DNS64 of a subnet', () => {
  const modified = (at: string, subnetId: string, attribute: object) =>
    event('ModifySubnetAttribute', at, {subnetId, ...attribute})
  const disabled = modified('12:00', SUBNET, {enableDns64: {value: false}})

  it('was not changed by a call that sets something else', () => {
    expect(stepsFor(modified('12:00', SUBNET, {mapPublicIpOnLaunch: {value: true}}))).toEqual([])
  })

  it('was not changed by a call that set it again', () => {
    expect(stepsFor(modified('10:00', SUBNET, {enableDns64: {value: false}}), disabled)).toEqual([])
  })

  it('is enabled again, whatever an earlier call set for another subnet', () => {
    expect(stepsFor(modified('10:00', 'subnet-0bbbbbbbbbbbbbb09', {enableDns64: {value: false}}), disabled)).toEqual([
      ['ModifySubnetAttribute', {SubnetId: SUBNET, EnableDns64: {Value: true}}],
    ])
  })
})

describe('the groups of a network interface', () => {
  const [eni] = itemsOf(healthy.Instances)[0]!.NetworkInterfaces
  const id = eni!.NetworkInterfaceId!
  const changed = event('ModifyNetworkInterfaceAttribute', '12:00', {
    networkInterfaceId: id,
    groupSet: {items: [{groupId: ENDPOINT_GROUP}]},
  })

  it('are those that AWS Config recorded of its instance, in the interface and in the instance', () => {
    const lone = {NetworkInterfaceId: id, Groups: [{GroupId: ENDPOINT_GROUP}]}
    const now = {...healthy, NetworkInterfaces: [lone]} as unknown as Account
    const change = reversalOf([changed], {...healthy, NetworkInterfaces: []})?.change
    expect(change?.steps).toMatchObject([{input: {NetworkInterfaceId: id, Groups: [WEB_GROUP]}}])
    const before = change?.apply(now)
    expect(itemsOf(before!.NetworkInterfaces)).toMatchObject([{Groups: [{GroupId: WEB_GROUP}]}])
    expect(itemsOf(before!.Instances)[0]?.SecurityGroups).toMatchObject([{GroupId: WEB_GROUP}])
  })
})

it('an internet gateway that no longer exists is not attached again', () => {
  const detached = (internetGatewayId: string) =>
    event('DetachInternetGateway', '12:00', {internetGatewayId, vpcId: VPC})
  expect(stepsFor(detached('igw-0ffffffffffffffff'))).toBeUndefined()
})
