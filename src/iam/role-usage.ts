import {type Account, isUnreadable, itemsOf} from '../model/account.ts'
import {memo} from '../util/memo.ts'

type UserFacts = Pick<Account, 'Instances' | 'InstanceProfiles'>

const byProfile = memo((instances: Account['Instances']) => {
  const counts = new Map<string, number>()
  for (const {IamInstanceProfile} of itemsOf(instances))
    if (IamInstanceProfile?.Arn) counts.set(IamInstanceProfile.Arn, (counts.get(IamInstanceProfile.Arn) ?? 0) + 1)
  return counts
})

/** How many of the known instances use the role. */
function usersOf({Instances, InstanceProfiles}: UserFacts, roleArn: string): number {
  let users = 0
  for (const profile of itemsOf(InstanceProfiles))
    if (!isUnreadable(profile) && profile.Roles.some(({Arn}) => Arn === roleArn))
      users += byProfile(Instances).get(profile.Arn) ?? 0
  return users
}

export const usedBy = (facts: UserFacts, roleArn: string): string =>
  `Role ${nameOfRole(roleArn)} is used by ${usersOf(facts, roleArn)} of the instances that were read.`

export const nameOfRole = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
