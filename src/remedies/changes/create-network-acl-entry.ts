import {isUnreadable, type NetworkAclEntry} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'

export interface AclRule {
  readonly egress: boolean
  readonly cidr: string
  readonly from: number
  readonly to: number
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
export const createNetworkAclEntry = (
  NetworkAclId: string,
  RuleNumber: number,
  {egress: Egress, cidr, from, to}: AclRule,
): Change => {
  const block = cidr.includes(':') ? {Ipv6CidrBlock: cidr} : {CidrBlock: cidr}
  const entry = {
    RuleNumber,
    Egress,
    RuleAction: 'allow',
    Protocol: '6',
    ...block,
    PortRange: {From: from, To: to},
  } as const
  return {
    steps: [{service: 'ec2', operation: 'CreateNetworkAclEntry', input: {NetworkAclId, ...entry}}],
    undo: [{service: 'ec2', operation: 'DeleteNetworkAclEntry', input: {NetworkAclId, RuleNumber, Egress}}],
    apply: (account) =>
      withItem(account, 'NetworkAcls', 'NetworkAclId', NetworkAclId, (acl) =>
        isUnreadable(acl.Entries) ? acl : {...acl, Entries: [...acl.Entries, entry satisfies NetworkAclEntry]},
      ),
  }
}
