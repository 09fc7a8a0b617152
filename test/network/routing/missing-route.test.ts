import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {behindEndpoints, endpoint, INSTANCE, id} from '../../support/network.ts'

describe('of two endpoints for a service', () => {
  const [ssm] = itemsOf(behindEndpoints.VpcEndpoints).filter(({ServiceName}) => ServiceName.endsWith('.ssm'))
  const another = {...endpoint(7, 'ssm', [2]), NetworkInterfaceIds: ssm!.NetworkInterfaceIds, PrivateDnsEnabled: false}
  const account: Account = {
    ...behindEndpoints,
    VpcEndpoints: [
      ...itemsOf(behindEndpoints.VpcEndpoints).map((one) => (one === ssm ? {...one, State: 'deleting'} : one)),
      {...another, DnsEntries: another.DnsEntries.slice(0, 1)},
    ],
  }
  const report = examine(account, INSTANCE)

  it('the one that is available gets its name, and none is created instead of the one that is deleted', () => {
    expect(report.causes[0]).toMatchObject({id: 'dns.private-dns-off', resource: id('vpce', 7), certainty: 'proven'})
    expect(report.checklist[0]?.title).toBe(`Enable private DNS of endpoint ${id('vpce', 7)}`)
    expect(report.verified).toBe(true)
  })
})
