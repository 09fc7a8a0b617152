import {type Account, type Instance, type ItemOf, isUnreadable} from '../model/account.ts'
import {isHybridId} from '../model/hybrid.ts'
import {allWith} from '../model/joins.ts'
import {counted} from '../util/counted.ts'

type UserFacts = Pick<Account, 'Instances' | 'InstanceProfiles' | 'InstanceInformationList'>

const profileOf = ({IamInstanceProfile}: Instance) => [IamInstanceProfile?.Arn]
const rolesOf = (profile: ItemOf<'InstanceProfiles'>) =>
  isUnreadable(profile) ? [] : profile.Roles.map(({Arn}) => Arn)

/** How many of the known instances use the role. */
const usersOf = ({Instances, InstanceProfiles}: UserFacts, roleArn: string): number =>
  allWith(InstanceProfiles, rolesOf, roleArn).reduce(
    (users, {Arn}) => users + allWith(Instances, profileOf, Arn).length,
    0,
  )

/** Systems Manager names the role of a hybrid node, with its path. */
const serviceRoleOf = ({InstanceId, IamRole}: ItemOf<'InstanceInformationList'>) =>
  isHybridId(InstanceId) && IamRole ? [nameOfRole(IamRole)] : []

export function usedBy(facts: UserFacts, roleArn: string): string {
  const nodes = allWith(facts.InstanceInformationList, serviceRoleOf, nameOfRole(roleArn)).length
  const users = usersOf(facts, roleArn)
  const instances = counted(users, 'collected instance')
  const both = nodes === 0 ? instances : `${instances} and ${counted(nodes, 'hybrid node')}`
  return `Role ${nameOfRole(roleArn)} is used by ${both}.`
}

export const nameOfRole = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
