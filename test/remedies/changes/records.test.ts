import {expect, it} from 'vitest'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {pointRecordAt} from '../../../src/remedies/changes/records.ts'
import {REGION, withHubEndpoints} from '../../support/network.ts'

// Route 53 lists the asterisk as an octal escape: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
it('a record of a wildcard replaces the one that Route 53 lists with an escape', () => {
  const wildcard = `*.s3.${REGION}.amazonaws.com`
  const zone = {
    Id: '/hostedzone/Z9',
    Name: `s3.${REGION}.amazonaws.com.`,
    ResourceRecordSets: [
      {Name: `\\052.s3.${REGION}.amazonaws.com.`, Type: 'A', ResourceRecords: [{Value: '10.99.0.1'}]},
    ],
  }
  const account: Account = {...withHubEndpoints, HostedZones: [zone]}
  const place = {id: zone.Id, input: zone.Id}
  const [endpoint] = itemsOf(account.VpcEndpoints)
  const changed = pointRecordAt(account, place, wildcard, endpoint!, zone.ResourceRecordSets)?.apply(account)
  const [after] = itemsOf(changed?.HostedZones ?? [])
  expect(itemsOf(after?.ResourceRecordSets ?? []).map(({Name}) => Name)).toEqual([`${wildcard}.`])
})
