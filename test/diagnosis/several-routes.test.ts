import {expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import type {Account, NetworkInterface, Subnet} from '../../src/model/account.ts'
import {checklistWithModel} from '../support/checklist-with-model.ts'
import {aNode, anInstance, aRouteTable, healthy, WEB} from '../support/healthy.ts'

const ENDPOINT_SUBNET = 'subnet-0aaaaaaaaaaaaaa2'
const [subnet] = healthy.Subnets as readonly Subnet[]
const interfaces = healthy.NetworkInterfaces as readonly NetworkInterface[]

/**
 * An agent that needs ec2messages. The endpoints for ssm, ssmmessages and ec2messages have the addresses 10.0.2.1, 10.0.2.2
 * and 10.0.2.3 in another subnet with the same route table.
 */
const elsewhere = (...destinations: readonly string[]): Account => ({
  ...healthy,
  InstanceInformationList: [
    aNode({AgentVersion: '3.2.582.0', PingStatus: 'ConnectionLost', LastPingDateTime: '2026-10-20T00:00:00.000Z'}),
  ],
  ConnectionStatuses: [{Target: WEB, Status: 'notconnected'}],
  SessionPreferences: [],
  Subnets: [subnet!, {...subnet!, SubnetId: ENDPOINT_SUBNET, CidrBlock: '10.0.2.0/24'}],
  NetworkInterfaces: interfaces.map((eni, i) => ({
    ...eni,
    SubnetId: ENDPOINT_SUBNET,
    PrivateIpAddress: `10.0.2.${i + 1}`,
    PrivateIpAddresses: [{Primary: true, PrivateIpAddress: `10.0.2.${i + 1}`}],
  })),
  RouteTables: [
    aRouteTable({
      Routes: [
        {DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'},
        ...destinations.map((DestinationCidrBlock) => ({
          DestinationCidrBlock,
          TransitGatewayId: 'tgw-0aaaaaaaaaaaaaa01',
          Origin: 'CreateRoute' as const,
          State: 'active' as const,
        })),
      ],
    }),
  ],
})

it('every route that sends an endpoint elsewhere is removed from the route table', () => {
  const account = elsewhere('10.0.2.2/32', '10.0.2.3/32')
  const {steps} = checklistWithModel(account, anInstance(), diagnose(account, anInstance()))
  const titles = steps.map(({remedy}) => remedy.title)
  expect(titles.filter((title) => title.startsWith('Remove the route'))).toEqual([
    'Remove the route 10.0.2.2/32 to tgw-0aaaaaaaaaaaaaa01 from route table rtb-0aaaaaaaaaaaaaa01',
    'Remove the route 10.0.2.3/32 to tgw-0aaaaaaaaaaaaaa01 from route table rtb-0aaaaaaaaaaaaaa01',
  ])
})
