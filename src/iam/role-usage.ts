import {
  type Account,
  type Instance,
  type InstanceInformation,
  type ItemOf,
  isUnreadable,
  itemsOf,
} from '../model/account.ts'
import {isHybridId} from '../model/hybrid.ts'
import {PREFLIGHT_INSTANCE} from '../model/instance.ts'
import {allWith} from '../model/lists.ts'
import {countBy} from '../util/count-by.ts'
import {counted} from '../util/counted.ts'
import {lastPart} from '../util/last-part.ts'
import {memo} from '../util/memo.ts'

type UserFacts = Pick<Account, 'Instances' | 'InstanceProfiles' | 'InstanceInformationList'>

const rolesOf = (profile: ItemOf<'InstanceProfiles'>) =>
  isUnreadable(profile) ? [] : profile.Roles.map(({Arn}) => Arn)

const usersOfProfiles = memo((instances: readonly Instance[]) => countBy(instances, profileOf))
const profileOf = ({InstanceId, IamInstanceProfile}: Instance) =>
  InstanceId === PREFLIGHT_INSTANCE ? undefined : IamInstanceProfile?.Arn

const usersOfServiceRoles = memo((nodes: readonly InstanceInformation[]) => countBy(nodes, serviceRoleOf))
/** Systems Manager names the role of a hybrid node, with its path. */
const serviceRoleOf = ({InstanceId, IamRole}: InstanceInformation) =>
  IamRole && isHybridId(InstanceId) ? lastPart(IamRole) : undefined

/** How many of the known instances and hybrid nodes use the role. */
export function usedBy({Instances, InstanceProfiles, InstanceInformationList}: UserFacts, roleArn: string): string {
  const byProfile = usersOfProfiles(itemsOf(Instances))
  const users = sum(allWith(InstanceProfiles, rolesOf, roleArn).map(({Arn}) => byProfile.get(Arn) ?? 0))
  const nodes = usersOfServiceRoles(itemsOf(InstanceInformationList)).get(lastPart(roleArn)) ?? 0
  const instances = counted(users, 'collected instance')
  const both = nodes === 0 ? instances : `${instances} and ${counted(nodes, 'hybrid node')}`
  return `Role ${lastPart(roleArn)} is used by ${both}.`
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
