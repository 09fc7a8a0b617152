import {expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {behindEndpoints, INSTANCE} from '../../support/network.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptionsSpecification.html */
it('an endpoint with addresses of both kinds that answers with IPv6 only gets records of both', () => {
  const account: Account = {
    ...behindEndpoints,
    VpcEndpoints: itemsOf(behindEndpoints.VpcEndpoints).map((one) =>
      one.VpcEndpointType === 'Interface'
        ? {...one, IpAddressType: 'dualstack', DnsOptions: {DnsRecordIpType: 'ipv6'}}
        : one,
    ),
  }
  const {causes, checklist, verified} = examine(account, INSTANCE)
  expect(causes[0]).toMatchObject({id: 'endpoint.ip-family', severity: 'blocks'})
  expect(checklist[0]?.title).toMatch(/^Enable dual-stack addresses for endpoint vpce-/)
  expect(verified).toBe(true)
})
