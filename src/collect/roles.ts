import {type Context, type Instance, isUnreadable, itemsOf, type Readings} from '../model/account.ts'
import {roleArnIn} from '../model/arn.ts'
import {NO_ROLE} from '../model/kinds.ts'
import {uniqueBy} from '../util/group-by.ts'
import {remembered} from '../util/memo.ts'
import type {Aws} from './client/aws.ts'
import * as identity from './readings/identity.ts'

export type Roles = Pick<Readings, 'InstanceProfiles' | 'Roles' | 'Policies' | 'PolicySimulations'>

/** The profiles of the instances, their roles, and the host management role of the others. */
export async function collectRoles(
  aws: Aws,
  context: Context,
  instances: readonly Instance[],
  settings: Readings['ServiceSettings'],
  simulate: Promise<boolean>,
): Promise<Roles> {
  const roleOf = roleReader(aws, simulate)
  const arns = [...new Set(instances.flatMap(({IamInstanceProfile}) => IamInstanceProfile?.Arn ?? []))]
  const [throughProfiles, hostManagement] = await Promise.all([
    Promise.all(
      arns.map(async (arn) => {
        const profile = await identity.readInstanceProfile(aws, arn)
        const roles = profile === undefined || isUnreadable(profile) ? [] : profile.Roles
        return {profile, roles: await Promise.all(roles.flatMap(({Arn}) => (Arn ? [roleOf(Arn)] : [])))}
      }),
    ),
    Promise.all(hostManagementRoles(context, settings).map(roleOf)),
  ])
  return {
    InstanceProfiles: throughProfiles.flatMap(({profile}) => profile ?? []),
    ...rolesIn([...throughProfiles.flatMap(({roles}) => roles), ...hostManagement]),
  }
}

/** Each role and each of its policies is read once. */
export function roleReader(aws: Aws, simulate: Promise<boolean>): (arn: string) => Promise<identity.Identity> {
  const policyOf = remembered((arn: string) => identity.readPolicy(aws, arn))
  return remembered((arn: string) => identity.readRole(aws, arn, policyOf, simulate))
}

/** Roles that are known by name, with their policies. */
export const rolesNamed = async (
  aws: Aws,
  arns: readonly string[],
  simulate: Promise<boolean>,
): Promise<Omit<Roles, 'InstanceProfiles'>> => rolesIn(await Promise.all(arns.map(roleReader(aws, simulate))))

const rolesIn = (found: readonly identity.Identity[]): Omit<Roles, 'InstanceProfiles'> => ({
  Roles: distinct('Arn', ...found.map(({roles}) => roles)),
  Policies: distinct('Arn', ...found.map(({policies}) => policies)),
  PolicySimulations: distinct('PolicySourceArn', ...found.map(({simulations}) => simulations)),
})

/**
 * The setting contains the role with its path and without an account; `$None` means none. An answer is not validated yet,
 * so it may be no text.
 */
const hostManagementRoles = ({Caller, Partition}: Context, settings: Readings['ServiceSettings']): string[] =>
  Caller === undefined
    ? []
    : itemsOf(settings).flatMap(({SettingValue}) =>
        SettingValue && SettingValue !== NO_ROLE ? [roleArnIn(Partition, Caller.Account, `${SettingValue}`)] : [],
      )

const distinct = <T, K extends keyof T>(key: K, ...lists: readonly (readonly T[])[]): readonly T[] =>
  uniqueBy(lists.flat(), (item) => item[key])
