import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {behindNat, INSTANCE, id, local, subnet, table, to, VPC} from '../support/network.ts'

const CARRIER_GATEWAY = id('cagw', 1)

const blockedBy = (InternetGatewayBlockMode: 'off' | 'block-ingress' | 'block-bidirectional'): Account => ({
  ...behindNat,
  VpcBlockPublicAccessOptions: [{InternetGatewayBlockMode, ManagedBy: 'account', ExclusionsAllowed: 'allowed'}],
  Subnets: [subnet(1, '10.0.1.0/24', {BlockPublicAccessStates: {InternetGatewayBlockMode}})],
  RouteTables: [
    table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {CarrierGatewayId: CARRIER_GATEWAY})]),
    ...itemsOf(behindNat.RouteTables).slice(1),
  ],
})
const causesOf = (account: Account) =>
  examine(account, INSTANCE).causes.map(({id: cause, severity}) => `${severity} ${cause}`)

// https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html#security-vpc-bpa-service-support
describe('a route to a carrier gateway', () => {
  it('is stopped by VPC Block Public Access in both directions', () => {
    const [first] = examine(blockedBy('block-bidirectional'), INSTANCE).causes
    expect(first).toMatchObject({
      id: 'bpa.bidirectional',
      severity: 'blocks',
      message: expect.stringContaining(`blocks the traffic of subnet ${id('subnet', 1)} at the carrier gateway.`),
    })
  })

  it.each(['off', 'block-ingress'] as const)('is not known to be stopped if its mode is %s', (mode) => {
    expect(causesOf(blockedBy(mode))).toContain('undecided route.unfollowed')
  })
})
