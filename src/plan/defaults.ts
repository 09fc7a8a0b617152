import {type Account, itemsOf} from '../model/account.ts'
import {defaultGroupsOf} from '../model/launched-instance.ts'

/** What AWS creates with a VPC or with an account: plans refer to it without its id. */
export interface Defaults {
  /** The default security group and network ACL of a VPC that exists. */
  readonly ofVpc: (vpcId: string) => {readonly group?: string | undefined; readonly acl?: string | undefined}
  readonly vpc: string | undefined
  readonly subnetIn: (zone: string | undefined) => string | undefined
  /** The prefix list of a service, which AWS manages. */
  readonly prefixListOf: (service: string) => string | undefined
}

export const defaultsIn = (account: Account): Defaults => ({
  ofVpc: (vpcId) => ({
    group: defaultGroupsOf(account, vpcId)[0],
    acl: itemsOf(account.NetworkAcls).find(({VpcId, IsDefault}) => VpcId === vpcId && IsDefault)?.NetworkAclId,
  }),
  vpc: itemsOf(account.Vpcs).find(({IsDefault}) => IsDefault)?.VpcId,
  subnetIn: (zone) =>
    itemsOf(account.Subnets).find(({DefaultForAz, AvailabilityZone}) => DefaultForAz && AvailabilityZone === zone)
      ?.SubnetId,
  prefixListOf: (service) =>
    itemsOf(account.ManagedPrefixLists).find(({PrefixListName}) => PrefixListName === service)?.PrefixListId,
})
