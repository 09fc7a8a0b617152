import {describe, expect, it} from 'vitest'
import type {Account} from '../../../src/model/account.ts'
import {otherOwnerOf} from '../../../src/remedies/core/owner.ts'
import {ec2, route53, route53resolver} from '../../../src/remedies/core/remedy.ts'
import {bare, id, instance, OWNER, TGW, VPC, vpc} from '../../support/network.ts'

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
  HostedZones: [{Id: '/hostedzone/Z1', Name: 'a.example.', Owner: {OwningAccount: NETWORK}, ResourceRecordSets: []}],
  Vpcs: [vpc(VPC, '10.0.0.0/16'), vpc(id('vpc', 2), '10.8.0.0/16', {OwnerId: NETWORK})],
  Instances: [
    instance({InstanceId: id('i', 2), NetworkInterfaces: [{NetworkInterfaceId: id('eni', 2), OwnerId: NETWORK}]}),
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
    ['starts its NAT instance', 'StartInstances', {InstanceIds: [id('i', 2)]}],
  ])('%s', (_, operation, input) => {
    expect(otherOwnerOf(account, OWNER, [ec2(operation, input)])).toBe(NETWORK)
    expect(otherOwnerOf(account, NETWORK, [ec2(operation, input)])).toBeUndefined()
  })
  it.each([
    ['authorizes a VPC for its private zone', 'CreateVPCAssociationAuthorization', {HostedZoneId: '/hostedzone/Z1'}],
    ['changes the records of its private zone', 'ChangeResourceRecordSets', {HostedZoneId: '/hostedzone/Z1'}],
    ['deletes its private zone', 'DeleteHostedZone', {Id: '/hostedzone/Z1'}],
    [
      'associates its VPC with a private zone',
      'AssociateVPCWithHostedZone',
      {HostedZoneId: '/hostedzone/Z2', VPC: {VPCId: id('vpc', 2), VPCRegion: 'eu-west-1'}},
    ],
  ])('%s', (_, operation, input) => {
    expect(otherOwnerOf(account, OWNER, [route53(operation, input)])).toBe(NETWORK)
    expect(otherOwnerOf(account, NETWORK, [route53(operation, input)])).toBeUndefined()
  })
  it('adds a rule to its DNS Firewall group, which a Route 53 Profile shares', () => {
    const FirewallRuleGroupId = id('rslvr-frg', 1)
    const ResourceArn = `arn:aws:route53resolver:eu-west-1:${NETWORK}:firewall-rule-group/${FirewallRuleGroupId}`
    const shared: Account = {
      ...account,
      ProfileResourceAssociations: [{Id: 'rpr-1', ProfileId: 'rp-1', ResourceArn}],
    }
    const rule = route53resolver('CreateFirewallRule', {FirewallRuleGroupId, Priority: 1, Action: 'ALLOW'})
    expect(otherOwnerOf(shared, OWNER, [rule])).toBe(NETWORK)
    expect(otherOwnerOf(account, OWNER, [rule])).toBeUndefined()
  })
  it('does not associate the VPC of the caller with its zone, once that is authorized', () => {
    const association = {HostedZoneId: '/hostedzone/Z1', VPC: {VPCId: VPC, VPCRegion: 'eu-west-1'}}
    expect(otherOwnerOf(account, OWNER, [route53('AssociateVPCWithHostedZone', association)])).toBeUndefined()
  })
  it('does not have the attachment of the VPC', () => {
    const addsSubnet = ec2('ModifyTransitGatewayVpcAttachment', {
      TransitGatewayAttachmentId: ATTACHMENT,
      AddSubnetIds: [],
    })
    expect(otherOwnerOf(account, OWNER, [addsSubnet])).toBeUndefined()
  })
})
