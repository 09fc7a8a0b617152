import {type Account, isUnreadable, itemsOf, type Kind} from '../model/account.ts'
import {roleArnIn} from '../model/arn.ts'
import {add, inOrder} from '../model/effect.ts'
import {allWith} from '../model/lists.ts'
import type {Aws} from './client/aws.ts'
import * as identity from './readings/identity.ts'
import {roleReader} from './roles.ts'

/** Calls that detach a policy, a profile or a role from the instance, so that it has not been read. */
const REMOVES_IDENTITY =
  /^(?:DetachRolePolicy|(?:Disassociate|Replace)IamInstanceProfile|RemoveRoleFromInstanceProfile)/
const POLICY = /arn:[a-z-]+:iam::(?:aws|\d{12}):policy\/[\w+=,.@/-]+/g
const PROFILE = /arn:[a-z-]+:iam::\d{12}:instance-profile\/[\w+=,.@/-]+/g
const ROLE_NAME = /"roleName":"([\w+=,.@-]+)"/g

const MAX = 5

/** The account with the policies, instance profiles and roles that its events removed: before that they applied. */
export async function withFormerIdentities(aws: Aws, account: Account): Promise<Account> {
  const texts = itemsOf(account.CloudTrailEvents)
    .filter(({EventName = ''}) => REMOVES_IDENTITY.test(EventName))
    .map(({CloudTrailEvent = ''}) => CloudTrailEvent)
  const found = (pattern: RegExp) =>
    texts.flatMap((text) => [...text.matchAll(pattern)].map(([all, inner]) => inner ?? all))
  const policies = unknown(account, 'Policies', found(POLICY))
  const profiles = unknown(account, 'InstanceProfiles', found(PROFILE))
  const [readPolicies, readProfiles] = await Promise.all([
    Promise.all(policies.map((arn) => identity.readPolicy(aws, arn))),
    Promise.all(profiles.map((arn) => identity.readInstanceProfile(aws, arn))),
  ])
  const ofProfiles = readProfiles.flatMap((one) =>
    one === undefined || isUnreadable(one) ? [] : one.Roles.flatMap(({Arn}) => Arn ?? []),
  )
  const roles = unknown(account, 'Roles', [...ofProfiles, ...arnsOf(account, found(ROLE_NAME))])
  const read = await Promise.all(roles.map(roleReader(aws, Promise.resolve(false))))
  const all = [...readPolicies.flatMap((one) => one ?? []), ...read.flatMap((one) => one.policies)]
  const added = new Map(
    all.filter(({Arn}) => allWith(account.Policies, 'Arn', Arn).length === 0).map((one) => [one.Arn, one]),
  )
  return inOrder(
    add('Policies', ...added.values()),
    add('InstanceProfiles', ...readProfiles.flatMap((one) => one ?? [])),
    add('Roles', ...read.flatMap((one) => one.roles)),
  )(account)
}

const unknown = (account: Account, kind: Kind & ('Policies' | 'InstanceProfiles' | 'Roles'), arns: readonly string[]) =>
  [...new Set(arns)]
    .filter((arn) => allWith(account[kind] as readonly {Arn: string}[], 'Arn', arn).length === 0)
    .slice(0, MAX)

/** IAM finds a role by its name, whatever its path is. */
const arnsOf = ({Caller, Partition, Roles}: Account, names: readonly string[]): readonly string[] =>
  Caller === undefined
    ? []
    : names
        .filter((name) => !itemsOf(Roles).some((role) => !isUnreadable(role) && role.RoleName === name))
        .map((name) => roleArnIn(Partition, Caller.Account, name))
