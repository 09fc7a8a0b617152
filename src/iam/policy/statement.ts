import {uniqueBy} from '../../util/group-by.ts'
import {memo, remembered} from '../../util/memo.ts'
import {holds} from './condition.ts'
import {type CallContext, isOrganization} from './context.ts'
import {
  type Condition,
  isRead,
  malformedInWords,
  type Policy,
  refOf,
  type Source,
  type Statement,
  type StatementRef,
  statementInWords,
} from './policy.ts'
import {type Caller, names} from './principal.ts'
import {and, combine, not, or, type Ternary, ternary} from './three-valued.ts'
import {substitutedInResource} from './variables.ts'
import {matches, matchesAction, readable} from './wildcard.ts'

/** One call: the action, its resource, its caller and its condition keys. */
export interface Request {
  readonly action: string
  /** An ARN; the ARNs it may be; or `*` if only the service is known. */
  readonly resource: string | readonly string[]
  readonly context: CallContext
  readonly caller: Caller
}

/** Cached, because a fleet evaluates the same few actions with the same few policies. */
const coverageOf = memo(({actions: {not: isNot, values}}: Statement) =>
  remembered((action: string) => values.some((pattern) => matchesAction(pattern, action)) !== isNot),
)

/**
 * The resources of the agent's calls belong to the service that is called, or are instances. The resource of a call to
 * KMS is a key, which the ARN of its alias does not name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 * https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
 */
function anyResourceFits(pattern: string, action: string): Ternary {
  if (readable(pattern).replaceAll('*', '') === '') return 'yes'
  if (/^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(pattern)) return 'no'
  const service = /^arn:[^:]*:([a-z\d-]+):/.exec(pattern)?.[1] ?? ''
  return service === 'ec2' || action.toLowerCase().startsWith(service) ? 'unknown' : 'no'
}

/** The resource and keys of the request are read only if a statement depends on them. */
function resourceFits(pattern: string, resource: string, request: Request, variables: boolean): Ternary {
  const substitutedPattern = variables ? substitutedInResource(pattern, request.context) : {text: pattern}
  if (typeof substitutedPattern === 'string') return substitutedPattern === 'unknown' ? 'unknown' : 'no'
  if (resource === '*') return anyResourceFits(substitutedPattern.text, request.action)
  return ternary(matches(substitutedPattern.text, resource))
}

/** If the call may act on several ARNs, each is matched with all patterns before the results are compared. */
function coversResource({resources, variables}: Statement, request: Request): Ternary {
  if (resources === undefined) return 'yes'
  const {not: isNot, values} = resources
  if (values.includes('*')) return isNot ? 'no' : 'yes'
  const {resource} = request
  const found = combine(
    (typeof resource === 'string' ? [resource] : resource).map((arn) =>
      or(values.map((pattern) => resourceFits(pattern, arn, request, variables))),
    ),
  )
  return isNot ? not(found) : found
}

const namesCaller = ({principals, effect}: Statement, request: Request): Ternary =>
  principals === undefined ? 'yes' : names(principals, request.caller, effect)

const applies = (statement: Statement, request: Request): Ternary =>
  coverageOf(statement)(request.action)
    ? and([
        coversResource(statement, request),
        namesCaller(statement, request),
        ...statement.conditions.map((condition) => holds(condition, request.context, statement.variables)),
      ])
    : 'no'

/**
 * A request that records whether its resource or keys were used. If they were not, the decision is the same for
 * every instance, and a fleet need not evaluate it again.
 */
export function tracked(
  {action, caller}: Pick<Request, 'action' | 'caller'>,
  supply: () => Pick<Request, 'resource' | 'context'>,
): Request & {readonly conditionKeysUsed: () => boolean} {
  let answer: ReturnType<typeof supply> | undefined
  const rest = () => {
    answer ??= supply()
    return answer
  }
  return {
    action,
    caller,
    get resource() {
      return rest().resource
    },
    context: (key) => rest().context(key),
    conditionKeysUsed: () => answer !== undefined,
  }
}

/** The decision of a layer of policies on a call. */
export type LayerDecision =
  | {readonly effect: 'allow'; readonly by: StatementRef}
  /** `others` deny it as well; `allowed` is whether something allows it besides. */
  | {
      readonly effect: 'deny'
      readonly by: StatementRef
      readonly others: readonly StatementRef[]
      readonly allowed: Ternary
    }
  /** Nothing allows it; `unmet` would under other conditions. */
  | {readonly effect: 'nothing'; readonly unmet?: readonly Unmet[]}
  | {readonly effect: 'unknown'; readonly indeterminates: readonly Indeterminate[]}

/** An Allow that only these conditions keep from applying. */
export interface Unmet {
  readonly statement: StatementRef
  readonly conditions: readonly Condition[]
}

/** Why a layer is unknown. */
export interface Indeterminate {
  /** `everybody`: it allows every principal, and whether that includes a service is not documented. */
  readonly kind: 'condition' | 'everybody' | 'malformed' | 'unread'
  readonly because: string
  /** The conditions that cannot be evaluated. */
  readonly conditions?: readonly Condition[]
  /** The id of the account's organization would decide it. */
  readonly byOrganization?: true
  /** The Deny that may apply. */
  readonly denies?: StatementRef
}

const inWords = ({operator, key, values}: Condition) => `${operator} ${key} ${values.join(', ')}`
const conditionsInWords = (conditions: readonly Condition[]): string => conditions.map(inWords).join(' and ')

export const unmetInWords = ({statement, conditions}: Unmet): string =>
  `${statementInWords(statement)} allows it only when ${conditionsInWords(conditions)}`

const unmetOf = (source: Source & {readonly policy: Policy}, request: Request): readonly Unmet[] =>
  source.policy.statements.flatMap((statement) => {
    const {effect, conditions, variables} = statement
    if (effect === 'Deny' || !coverageOf(statement)(request.action)) return []
    const unmet = conditions.filter((condition) => holds(condition, request.context, variables) === 'no')
    const isOther =
      unmet.length === 0 || and([coversResource(statement, request), namesCaller(statement, request)]) === 'no'
    return isOther ? [] : {statement: refOf(source, statement), conditions: unmet}
  })

function indeterminateOf(source: Source, statement: Statement, request: Request): Indeterminate {
  const open = statement.conditions.filter((c) => holds(c, request.context, statement.variables) === 'unknown')
  const ref = refOf(source, statement)
  const where = statementInWords(ref)
  if (open.length > 0) {
    const verb = statement.effect === 'Allow' ? 'allows' : 'denies'
    const byOrganization = open.some(({key}) => isOrganization(request.context(key.toLowerCase())))
    const shown = byOrganization ? ' (organizations:DescribeOrganization shows the id)' : ''
    return {
      kind: 'condition',
      because: `${where} ${verb} only when ${conditionsInWords(open)}${shown}`,
      conditions: open,
      ...(byOrganization && {byOrganization}),
      ...(statement.effect === 'Deny' && {denies: ref}),
    }
  }
  return statement.principals?.everyone
    ? {kind: 'everybody', because: `${where} names "*" as its principal, and no service`}
    : {kind: 'condition', because: `${where} names resources or principals that cannot be compared`}
}

/** The decision of the readable statements of one policy, in one pass. */
interface Tally {
  allow?: StatementRef
  readonly denies: StatementRef[]
  readonly mayAllow: Indeterminate[]
  readonly mayDeny: Indeterminate[]
}

function count(tally: Tally, source: Source & {readonly policy: Policy}, request: Request): void {
  for (const statement of source.policy.statements) {
    const answer = applies(statement, request)
    if (answer === 'no') continue
    if (answer === 'unknown')
      (statement.effect === 'Deny' ? tally.mayDeny : tally.mayAllow).push(indeterminateOf(source, statement, request))
    else if (statement.effect === 'Deny') tally.denies.push(refOf(source, statement))
    else tally.allow ??= refOf(source, statement)
  }
  for (const malformed of source.policy.malformed) {
    const indeterminate: Indeterminate = {kind: 'malformed', because: malformedInWords(source, malformed)}
    if (malformed.effect !== 'Allow') tally.mayDeny.push(indeterminate)
    if (malformed.effect !== 'Deny') tally.mayAllow.push(indeterminate)
  }
}

/**
 * A Deny decides, then an Allow. A policy that could not be read, a malformed statement and a condition that cannot
 * be evaluated may contain either, so an Allow with a possible Deny is not proven.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function layerDecisionOf(sources: readonly Source[], request: Request): LayerDecision {
  const tally: Tally = {denies: [], mayAllow: [], mayDeny: []}
  for (const source of sources) {
    if (isRead(source)) {
      count(tally, source, request)
      continue
    }
    const indeterminate: Indeterminate = {kind: 'unread', because: `policy ${source.name} could not be read`}
    tally.mayAllow.push(indeterminate)
    tally.mayDeny.push(indeterminate)
  }
  const [by, ...others] = tally.denies
  if (by)
    return {effect: 'deny', by, others, allowed: tally.allow ? 'yes' : tally.mayAllow.length > 0 ? 'unknown' : 'no'}
  if (tally.mayDeny.length > 0 && (tally.allow || tally.mayAllow.length > 0))
    return {effect: 'unknown', indeterminates: unique([...tally.mayDeny, ...(tally.allow ? [] : tally.mayAllow)])}
  if (tally.allow) return {effect: 'allow', by: tally.allow}
  if (tally.mayAllow.length > 0) return {effect: 'unknown', indeterminates: unique(tally.mayAllow)}
  return {effect: 'nothing', unmet: sources.filter(isRead).flatMap((source) => unmetOf(source, request))}
}

const unique = (indeterminates: readonly Indeterminate[]) => uniqueBy(indeterminates, ({because}) => because)
