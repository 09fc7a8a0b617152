import {type Account, type Instance, type ItemOf, isUnreadable} from '../model/account.ts'
import {allWith} from '../model/joins.ts'

type UserFacts = Pick<Account, 'Instances' | 'InstanceProfiles'>

const profileOf = ({IamInstanceProfile}: Instance) => [IamInstanceProfile?.Arn]
const rolesOf = (profile: ItemOf<'InstanceProfiles'>) =>
  isUnreadable(profile) ? [] : profile.Roles.map(({Arn}) => Arn)

/** How many of the known instances use the role. */
const usersOf = ({Instances, InstanceProfiles}: UserFacts, roleArn: string): number =>
  allWith(InstanceProfiles, rolesOf, roleArn).reduce(
    (users, {Arn}) => users + allWith(Instances, profileOf, Arn).length,
    0,
  )

export const usedBy = (facts: UserFacts, roleArn: string): string =>
  `Role ${nameOfRole(roleArn)} is used by ${usersOf(facts, roleArn)} of the instances that were read.`

export const nameOfRole = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
