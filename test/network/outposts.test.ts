import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {acl, behindEndpoints, behindNat, eni, INSTANCE, id, local, subnet, table, to, VPC} from '../support/network.ts'

const LOCAL_GATEWAY = id('lgw', 1)
const causesOf = (account: Account) =>
  examine(account, INSTANCE).causes.map(({id: cause, severity}) => `${severity} ${cause}`)

describe('a route to a local gateway that is more specific than local', () => {
  it('may lead to a DNS server of the VPC on another Outpost', () => {
    const account: Account = {
      ...behindNat,
      DhcpOptions: [
        {
          DhcpOptionsId: id('dopt', 1),
          DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.50.53'}]}],
        },
      ],
      Subnets: [
        ...itemsOf(behindNat.Subnets),
        subnet(50, '10.0.50.0/24', {OutpostArn: 'arn:aws:outposts:eu-west-1:111122223333:outpost/op-1'}),
      ],
      NetworkAcls: [...itemsOf(behindNat.NetworkAcls), acl(50, VPC, [50])],
      NetworkInterfaces: [...itemsOf(behindNat.NetworkInterfaces), eni(50, 50, '10.0.50.53', [id('sg', 1)])],
      RouteTables: itemsOf(behindNat.RouteTables).map((one) =>
        one.RouteTableId === id('rtb', 1)
          ? {...one, Routes: [...itemsOf(one.Routes), to('10.0.50.0/24', {LocalGatewayId: LOCAL_GATEWAY})]}
          : one,
      ),
    }
    expect(causesOf(account)).toContain('undecided dns.custom-servers')
    expect(causesOf(account)).not.toContain('blocks dns.custom-servers')
  })

  it('may bring replies back from there', () => {
    const account: Account = {
      ...behindEndpoints,
      RouteTables: [
        table(1, VPC, [1], itemsOf(itemsOf(behindEndpoints.RouteTables)[0]!.Routes)),
        table(2, VPC, [2], [local('10.0.0.0/16'), to('10.0.1.0/24', {LocalGatewayId: LOCAL_GATEWAY})]),
      ],
    }
    expect(causesOf(account)).toContain('undecided route.unfollowed')
    expect(causesOf(account)).not.toContain('blocks route.more-specific-hijack')
  })
})
