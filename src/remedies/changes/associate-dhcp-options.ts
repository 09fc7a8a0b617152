import {type DhcpOptions, itemsOf} from '../../model/account.ts'
import {find, withItem, withNew} from '../../model/joins.ts'
import {type Change, inSequence} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {answer, type Input} from '../core/remedy.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'

const AMAZON = 'AmazonProvidedDNS'

const namesAmazon = ({DhcpConfigurations}: DhcpOptions): boolean =>
  DhcpConfigurations.some(
    ({Key, Values = []}) => Key === 'domain-name-servers' && Values.some(({Value}) => Value === AMAZON),
  )

/**
 * Sets the Amazon DNS server for the VPC. https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
export function useAmazonNameServer(facts: NetworkFacts, vpcId: string): Change {
  const former = find(facts.Vpcs, 'VpcId', vpcId)?.DhcpOptionsId ?? 'default'
  const existing = itemsOf(facts.DhcpOptions).find(namesAmazon)?.DhcpOptionsId
  if (existing !== undefined) return associate(vpcId, existing, existing, former)
  const id = modelId('dopt', AMAZON)
  return inSequence(createOptions(id), associate(vpcId, answer('DHCP_OPTIONS'), id, former))
}

const associate = (VpcId: string, DhcpOptionsId: Input, id: string, former: string): Change => ({
  steps: [{service: 'ec2', operation: 'AssociateDhcpOptions', input: {DhcpOptionsId, VpcId}}],
  undo: [{service: 'ec2', operation: 'AssociateDhcpOptions', input: {DhcpOptionsId: former, VpcId}}],
  apply: (account) => withItem(account, 'Vpcs', 'VpcId', VpcId, (vpc) => ({...vpc, DhcpOptionsId: id})),
})

const createOptions = (DhcpOptionsId: string): Change => ({
  steps: [
    {
      service: 'ec2',
      operation: 'CreateDhcpOptions',
      input: {DhcpConfigurations: [{Key: 'domain-name-servers', Values: [AMAZON]}]},
      save: {as: 'DHCP_OPTIONS', query: 'DhcpOptions.DhcpOptionsId'},
    },
  ],
  undo: [{service: 'ec2', operation: 'DeleteDhcpOptions', input: {DhcpOptionsId: answer('DHCP_OPTIONS')}}],
  apply: (account) =>
    withNew(account, 'DhcpOptions', {
      DhcpOptionsId,
      DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: AMAZON}]}],
    }),
})
