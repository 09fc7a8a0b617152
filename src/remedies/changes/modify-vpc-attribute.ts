import {isUnreadable} from '../../model/account.ts'
import {find, withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'

export type DnsAttribute = 'EnableDnsSupport' | 'EnableDnsHostnames'

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export const switchOnVpcAttribute = (VpcId: string, attribute: DnsAttribute): Change => ({
  steps: [{service: 'ec2', operation: 'ModifyVpcAttribute', input: {VpcId, [attribute]: {Value: true}}}],
  undo: [{service: 'ec2', operation: 'ModifyVpcAttribute', input: {VpcId, [attribute]: {Value: false}}}],
  apply: (account) =>
    withItem(account, 'VpcAttributes', 'VpcId', VpcId, (item) =>
      isUnreadable(item) ? item : {...item, [attribute]: {Value: true}},
    ),
})

/**
 * Private DNS answers only if both attributes are enabled.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
 */
export function switchOnPrivateNames(facts: NetworkFacts, vpcId: string): readonly Change[] {
  const attributes = find(facts.VpcAttributes, 'VpcId', vpcId)
  const off = (attribute: DnsAttribute) => attributes !== undefined && !attributes[attribute].Value
  return (['EnableDnsSupport', 'EnableDnsHostnames'] as const)
    .filter(off)
    .map((attribute) => switchOnVpcAttribute(vpcId, attribute))
}
