import {
  allowsAnywhere,
  asText,
  type Denying,
  inCommon,
  isEditable,
  withoutDeny,
  withStatement,
} from '../../iam/policy/edit.ts'
import type {PolicyDocument, VpcEndpoint} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {set} from '../../model/effect.ts'
import {type Change, remedy, setting} from '../core/change.ts'
import {ENDPOINT_SIZE, remedyWithin} from '../core/iam-quotas.ts'
import type {Remedy} from '../core/remedy.ts'
import {modifyEndpoint} from './endpoints.ts'

const POLICY_DOCS = 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html'

/** https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-default-endpoint-policy */
export const FULL_ACCESS = {Statement: [{Action: '*', Effect: 'Allow', Principal: '*', Resource: '*'}]}

/** The policy becomes another one, from what it was, unless that is unknown. */
export const changePolicy = (
  id: string,
  [from, to]: readonly [from: PolicyDocument | undefined, to: PolicyDocument],
): Change =>
  setting(
    (document: PolicyDocument) => modifyEndpoint(id, {PolicyDocument: asText(document)}),
    [from, to],
    set('VpcEndpoints', id, {PolicyDocument: to}),
  )

/** What must be allowed: actions, their resources, and for a node without a principal of the account, the account. */
interface RequiredAccess {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly nodeAccount?: string
  /** The statements of the policy that deny it, if any do. */
  readonly denying?: Denying
  /** The role that makes the calls, if it is known. */
  readonly role?: string
  /** The resources are public ones of AWS, which anybody may read. */
  readonly ofAws?: true
}

const equals = (key: string, value: string) => ({Condition: {StringEquals: {[key]: value}}})

/**
 * Adds what is missing, and narrows what denies it; undefined if the policy is not valid JSON. What every Allow of the
 * policy requires, a new one requires too; where the calls do not meet that, it is for the principals of the account.
 */
export function extendEndpointPolicy(
  {VpcEndpointId: id, VpcId, PolicyDocument: former}: VpcEndpoint,
  {actions, resources, denying = [], nodeAccount, role, ofAws}: RequiredAccess,
): readonly Remedy[] {
  if (!isEditable(former)) return []
  const base = withoutDeny(former, denying, actions, resources)
  const Resource = resources.length === 1 ? resources[0] : resources
  const allowing = (rest: object, whose: string) => {
    const isAllowed = actions.every((action) => allowsAnywhere(base, action))
    const allow = {Effect: 'Allow', Principal: '*', Action: actions, Resource, ...rest}
    const extended = isAllowed ? base : withStatement(base, allow)
    const [before, after] = [asText(former).length, asText(extended).length]
    const growth = {what: `The policy of ${id}`, before, after, quota: ENDPOINT_SIZE}
    return remedyWithin(growth, `Allow ${whose} in the policy of ${id}`, changePolicy(id, [former, extended]), {
      docs: POLICY_DOCS,
      effect: `The policy applies to everything in ${VpcId} that uses the endpoint; a change takes effect after some minutes.`,
    })
  }
  const agents = "the agent's calls"
  if (nodeAccount !== undefined) return [allowing(equals('ssm:NodeAccountId', nodeAccount), agents)]
  const common = inCommon(former)
  const isRestricted =
    common.Condition !== undefined || ![undefined, '*', '{"AWS":"*"}'].includes(asKey(common.Principal))
  const account = role && accountOf(role)
  return [
    allowing(common, agents),
    ...(isRestricted && account && !ofAws
      ? [allowing(equals('aws:PrincipalAccount', account), `${agents} by account ${account}`)]
      : []),
    ...(isRestricted && ofAws ? [allowing({}, 'reads of AWS-managed buckets by any caller')] : []),
  ]
}

const asKey = (principal: unknown): string | undefined =>
  typeof principal === 'string' ? principal : JSON.stringify(principal)
export const resetEndpointPolicy = ({VpcEndpointId: id, VpcId, PolicyDocument: former}: VpcEndpoint): Remedy => ({
  ...remedy({
    title: `Reset the policy of ${id} to full access`,
    calls: modifyEndpoint(id, {ResetPolicy: true}),
    undo: changePolicy(id, [former, FULL_ACCESS]).undo,
    effects: set('VpcEndpoints', id, {PolicyDocument: FULL_ACCESS}),
    docs: POLICY_DOCS,
    effect: `Calls in ${VpcId} that the policy did not allow are allowed again; roles and resource policies still apply.`,
  }),
  weakens: true,
})
