import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route} from '../../src/model/account.ts'
import {IGW, INSTANCE, id, table, VPC} from '../support/network.ts'
import {healthy} from '../support/network-breakages.ts'

const {account} = healthy.find(({name}) => name === 'IPv6 only with DNS64 and NAT64')!
const [local64 = {}] = itemsOf(account.RouteTables)[0]!.Routes as readonly Route[]
const EGRESS_ONLY = id('eigw', 1)

const withRoute = (route: Partial<Route>): Account => ({
  ...account,
  RouteTables: [
    table(1, VPC, [1], [local64, {Origin: 'CreateRoute', State: 'active', ...route}]),
    ...itemsOf(account.RouteTables).slice(1),
  ],
  EgressOnlyInternetGateways: [
    {EgressOnlyInternetGatewayId: EGRESS_ONLY, Attachments: [{VpcId: VPC, State: 'attached'}]},
  ],
})

/** https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html */
describe('addresses that DNS64 made', () => {
  it.each([
    ['an egress-only internet gateway', {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: EGRESS_ONLY}],
    ['an internet gateway', {DestinationIpv6CidrBlock: '::/0', GatewayId: IGW}],
    ['an internet gateway by their own block', {DestinationIpv6CidrBlock: '64:ff9b::/96', GatewayId: IGW}],
  ])('do not reach IPv4 through %s', (_, route) => {
    const {causes, paths} = examine(withRoute(route), INSTANCE)
    expect(paths.find(({service}) => service === 'ssm')?.verdict).toBe('blocked')
    expect(causes[0]).toMatchObject({
      id: 'ipv6.only-no-ipv4-path',
      severity: 'blocks',
      certainty: 'proven',
      resource: id('subnet', 1),
      message: expect.stringContaining('need a route to a NAT gateway'),
    })
  })
  it('reach it through a NAT gateway, beside an egress-only internet gateway for the rest', () => {
    const route = {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: EGRESS_ONLY}
    const [own, ...others] = itemsOf(account.RouteTables)
    const beside = {
      ...own!,
      Routes: [...(own!.Routes as readonly Route[]), {Origin: 'CreateRoute', State: 'active', ...route} as Route],
    }
    const open = {...withRoute(route), RouteTables: [beside, ...others]}
    expect(examine(open, INSTANCE).paths.map(({verdict}) => verdict)).toContain('open')
    expect(examine(open, INSTANCE).causes.map((cause) => cause.id)).not.toContain('ipv6.only-no-ipv4-path')
  })
  it('need rules for IPv6 in the network ACL', () => {
    const onlyIpv4 = itemsOf(account.NetworkAcls).map((one) => ({
      ...one,
      Entries: (one.Entries as readonly {readonly CidrBlock?: string}[]).filter(({CidrBlock}) => CidrBlock),
    }))
    const {causes} = examine({...account, NetworkAcls: onlyIpv4 as never}, INSTANCE)
    expect(causes.filter(({severity}) => severity === 'blocks').map((cause) => cause.id)).toEqual(
      expect.arrayContaining(['nacl.egress-443', 'nacl.ingress-ephemeral']),
    )
  })
})
