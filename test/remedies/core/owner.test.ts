import {describe, expect, it} from 'vitest'
import type {Account} from '../../../src/model/account.ts'
import {otherOwnerOf} from '../../../src/remedies/core/owner.ts'
import {ec2} from '../../../src/remedies/core/remedy.ts'
import {bare, id, OWNER, TGW, VPC} from '../../support/network.ts'

const NETWORK = '444455556666'
const ATTACHMENT = id('tgw-attach', 1)
const account: Account = {
  ...bare,
  TransitGateways: [{TransitGatewayId: TGW, OwnerId: NETWORK}],
  TransitGatewayVpcAttachments: [
    {TransitGatewayAttachmentId: ATTACHMENT, TransitGatewayId: TGW, VpcId: VPC, VpcOwnerId: OWNER, SubnetIds: []},
  ],
  TransitGatewayRouteTables: [
    {TransitGatewayRouteTableId: id('tgw-rtb', 1), TransitGatewayId: TGW, Associations: [], Routes: []},
  ],
  VpcPeeringConnections: [
    {
      VpcPeeringConnectionId: id('pcx', 1),
      RequesterVpcInfo: {VpcId: VPC, OwnerId: OWNER},
      AccepterVpcInfo: {VpcId: id('vpc', 2), OwnerId: NETWORK},
    },
  ],
}
const TransitGatewayRouteTableId = id('tgw-rtb', 1)

describe('another account than the caller', () => {
  it.each([
    [
      'accepts an attachment to its transit gateway',
      'AcceptTransitGatewayVpcAttachment',
      {TransitGatewayAttachmentId: ATTACHMENT},
    ],
    ['routes in its transit gateway', 'CreateTransitGatewayRoute', {TransitGatewayRouteTableId}],
    ['associates a route table of it', 'AssociateTransitGatewayRouteTable', {TransitGatewayRouteTableId}],
    ['accepts a peering connection to its VPC', 'AcceptVpcPeeringConnection', {VpcPeeringConnectionId: id('pcx', 1)}],
  ])('%s', (_, operation, input) => {
    expect(otherOwnerOf(account, OWNER, [ec2(operation, input)])).toBe(NETWORK)
    expect(otherOwnerOf(account, NETWORK, [ec2(operation, input)])).toBeUndefined()
  })
  it('does not have the attachment of the VPC', () => {
    const addsSubnet = ec2('ModifyTransitGatewayVpcAttachment', {
      TransitGatewayAttachmentId: ATTACHMENT,
      AddSubnetIds: [],
    })
    expect(otherOwnerOf(account, OWNER, [addsSubnet])).toBeUndefined()
  })
})
