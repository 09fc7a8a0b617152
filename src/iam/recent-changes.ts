import {nodeOf} from '../agent/node.ts'
import type {Account, Instance, Role} from '../model/account.ts'
import {allWith, find} from '../model/lists.ts'
import {memo, remembered} from '../util/memo.ts'
import {policiesOf, type RoleFacts} from './role.ts'

type ChangeFacts = RoleFacts & Pick<Account, 'IamInstanceProfileAssociations' | 'InstanceInformationList' | 'Policies'>

/** A change of the credentials that the agent gets. */
interface Change {
  readonly at: string
  readonly fact: string
  readonly source: string
}

/** The profile of a launch is associated within seconds, and the agent looks for it within the first minute or two. */
const LAUNCH_MINUTES = 1

const NONE: readonly never[] = []

/** What changed after the last ping of an offline node, or after the launch of an instance that is not listed. */
export function changesSinceLastPing(
  facts: ChangeFacts,
  instance: Instance,
  roleOf: () => Role | undefined,
): readonly Change[] {
  const node = nodeOf(facts, instance)
  const lastPing = node?.LastPingDateTime ?? instance.LaunchTime
  if (node?.PingStatus === 'Online' || lastPing === undefined) return NONE
  const since = Date.parse(lastPing) + (node?.LastPingDateTime === undefined ? LAUNCH_MINUTES * 60_000 : 0)
  const role = roleOf()
  const changes = [...associationsOf(facts, instance), ...(role ? changesIn(facts)(role) : [])]
  return changes.flatMap(({at, what, source}) =>
    at !== undefined && Date.parse(at) > since ? [{at, fact: `${what()} at ${at}`, source}] : [],
  )
}

/** A change, whenever it was, or at a time that was not read. */
interface Dated extends Pick<Change, 'source'> {
  readonly at: string | undefined
  readonly what: () => string
}

const associationsOf = ({IamInstanceProfileAssociations}: ChangeFacts, {InstanceId}: Instance): readonly Dated[] =>
  allWith(IamInstanceProfileAssociations, 'InstanceId', InstanceId)
    .filter(({State}) => State === 'associated')
    .map(({Timestamp, IamInstanceProfile}) => ({
      at: Timestamp,
      what: () => `Instance profile ${IamInstanceProfile?.Arn ?? ''} was associated`,
      source: 'ec2:DescribeIamInstanceProfileAssociations',
    }))

/** Instances share few roles. Policies of the account count: changes of AWS managed policies do no harm. */
const changesIn = memo((facts: ChangeFacts) =>
  remembered((role: Role): readonly Dated[] => [
    {at: role.CreateDate, what: () => `Role ${role.RoleName} was created`, source: 'iam:GetRole'},
    ...policiesOf(facts, role)
      .filter(({kind}) => kind === 'customer-managed')
      .map(({arn, name}) => ({
        at: find(facts.Policies, 'Arn', arn)?.UpdateDate,
        what: () => `Policy ${name} was changed`,
        source: 'iam:GetPolicyVersion',
      })),
  ]),
)
