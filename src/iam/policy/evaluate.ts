import type {PolicySimulation} from '../../model/account.ts'
import {type Source, type StatementRef, sourceInWords, statementInWords} from './policy.ts'
import {
  type Indeterminate,
  type LayerDecision,
  layerDecisionOf,
  type Request,
  type Unmet,
  unmetInWords,
} from './statement.ts'

type Layer = 'identity' | 'boundary' | 'organization' | 'endpoint'

/** The call is denied, by this layer first. */
export interface Denial {
  readonly decision: 'denied'
  readonly layer: Layer
  /** A Deny applies; otherwise nothing allows the call. */
  readonly explicit: boolean
  /** The first Deny, where it is known. */
  readonly statement?: StatementRef
  /** The other statements of the layer that deny it. */
  readonly otherStatements?: readonly StatementRef[]
  /** What would allow it under other conditions, where nothing does. */
  readonly unmet?: readonly Unmet[]
  /** Without the Deny, nothing in the layer would allow it either. */
  readonly nothingAllows?: true
  /** The simulator alone decided, for all resources at once: a policy that was not read may allow some of them. */
  readonly isLikely?: true
  /** The later layers that deny it too, unless no policy of the role allows it. */
  readonly alsoBy?: readonly Denial[]
  readonly because: string
}

/** The statements that deny it, where they are known. */
const statementsOf = ({statement, otherStatements = []}: Denial): readonly StatementRef[] =>
  statement ? [statement, ...otherStatements] : []

/** The indexes of the statements that deny the calls, for denials by one document. */
export const denyingIn = (denials: readonly Denial[]): readonly number[] => [
  ...new Set(denials.flatMap(statementsOf).map(({index}) => index)),
]

/** Whether the call is allowed. The decision names the layer and the statement. */
export type Decision =
  | {readonly decision: 'allowed'; readonly layer: Layer; readonly statement?: StatementRef; readonly because: string}
  | Denial
  | {
      readonly decision: 'unknown'
      readonly layer: Layer
      readonly indeterminates: readonly Indeterminate[]
      readonly because: string
    }

/** The policies that apply to a call. An absent layer allows everything. */
export interface Layers {
  readonly identity: readonly Source[]
  readonly boundary?: Source
  /** The result of SimulatePrincipalPolicy for the action. */
  readonly simulated?: PolicySimulation['EvaluationResults'][number]
  /** False when the organization is known not to allow the action to the roles of the account. */
  readonly allowedByOrganizations?: boolean
}

function denial(
  layer: Layer,
  layerDecision: LayerDecision,
  sources: readonly Source[],
  action: string,
): Denial | undefined {
  if (layerDecision.effect === 'deny') {
    const {by: statement, others: otherStatements, allowed} = layerDecision
    const because = `${statementInWords(statement)} denies ${action}`
    const found = {decision: 'denied', layer, explicit: true, statement, otherStatements, because} as const
    return allowed === 'no' ? {...found, nothingAllows: true} : found
  }
  if (layerDecision.effect !== 'nothing') return undefined
  const [only] = sources
  const because =
    layer === 'identity' || only === undefined
      ? `no policy of the role allows ${action}`
      : `${sourceInWords(only)} does not allow ${action}`
  const {unmet = []} = layerDecision
  const reasons = [because, ...unmet.map(unmetInWords)]
  return {decision: 'denied', layer, explicit: false, because: reasons.join('; '), unmet}
}

const organizationDenies = (action: string): Denial => ({
  decision: 'denied',
  layer: 'organization',
  explicit: false,
  because: `a service control policy of the organization does not allow ${action}`,
})

/**
 * Every layer must allow; a Deny anywhere decides. The role's own policies are reported first, then the boundary and
 * the organization. An organization whose policies were not simulated is assumed to allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const evaluate = (layers: Layers, request: Request): Decision =>
  combinedDecision(request, (one) => evaluateLayers(layers, one))

/** If the call may act on one of several ARNs, and the decision is the same for each, it does not matter which. */
function combinedDecision(request: Request, decide: (request: Request) => Decision): Decision {
  const answer = decide(request)
  if (answer.decision !== 'unknown' || answer.indeterminates.some(({kind}) => kind === 'unread')) return answer
  const {action, caller, context, resource} = request
  if (typeof resource === 'string') return answer
  const [first, ...rest] = resource.map((arn) => decide({action, caller, context, resource: arn}))
  if (first === undefined || rest.some(({decision}) => decision !== first.decision)) return answer
  if (first.decision !== 'denied') return first
  const denials = [first, ...rest].filter((one) => one.decision === 'denied')
  return {...first, otherStatements: denials.flatMap(statementsOf).filter((one) => one !== first.statement)}
}

/** Nothing in the policies of the role allows it, and nothing there denies it. */
export const isUnallowedByRole = ({layer, explicit}: Denial): boolean => layer === 'identity' && !explicit

function evaluateLayers(layers: Layers, request: Request): Decision {
  const {identity, boundary, allowedByOrganizations} = layers
  const ofRole = layerDecisionOf(identity, request)
  const ofBoundary = boundary && layerDecisionOf([boundary], request)
  const denied = [
    denial('identity', ofRole, identity, request.action),
    boundary && ofBoundary && denial('boundary', ofBoundary, [boundary], request.action),
    allowedByOrganizations === false ? organizationDenies(request.action) : undefined,
  ].filter((one) => one !== undefined)
  const [first, ...later] = denied
  if (first) return isUnallowedByRole(first) || later.length === 0 ? first : {...first, alsoBy: later}
  if (ofRole.effect === 'unknown')
    return simulatedAnswer(layers, request.action) ?? indeterminate('identity', ofRole.indeterminates)
  if (ofBoundary?.effect === 'unknown')
    return simulatedAnswer(layers, request.action) ?? indeterminate('boundary', ofBoundary.indeterminates)
  return allowance(ofRole, request.action)
}

function allowance(layerDecision: LayerDecision, action: string): Decision {
  if (layerDecision.effect !== 'allow') return {decision: 'allowed', layer: 'identity', because: `${action} is allowed`}
  const because = `${statementInWords(layerDecision.by)} allows ${action}`
  return {decision: 'allowed', layer: 'identity', statement: layerDecision.by, because}
}

const indeterminate = (layer: Layer, indeterminates: readonly Indeterminate[]): Decision => ({
  decision: 'unknown',
  layer,
  indeterminates,
  because: indeterminates.map(({because}) => because).join('; '),
})

/**
 * If a document could not be evaluated, the simulator has read it; its result counts if it was not missing a condition
 * key. Without ARNs it simulates calls on `*`, which no Allow for an instance covers.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
function simulatedAnswer({simulated}: Layers, action: string): Decision | undefined {
  if (simulated === undefined || (simulated.MissingContextValues ?? []).length > 0) return undefined
  if (simulated.EvalDecision === 'allowed')
    return {decision: 'allowed', layer: 'identity', because: `the policy simulator allows ${action}`}
  if (simulated.EvalDecision !== 'explicitDeny' && simulated.EvalDecision !== 'implicitDeny') return undefined
  const layer =
    simulated.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false ? 'boundary' : 'identity'
  return {
    decision: 'denied',
    layer,
    explicit: simulated.EvalDecision === 'explicitDeny',
    ...(simulated.EvalDecision === 'implicitDeny' && {isLikely: true}),
    because: `the policy simulator returned ${simulated.EvalDecision} for ${action}`,
  }
}

/** The decision of an endpoint's own policy, regardless of the role. */
export const evaluateEndpoint = (endpoint: Source, request: Request): Decision =>
  combinedDecision(request, (one) => evaluateEndpointPolicy(endpoint, one))

function evaluateEndpointPolicy(endpoint: Source, request: Request): Decision {
  const layerDecision = layerDecisionOf([endpoint], request)
  const denied = denial('endpoint', layerDecision, [endpoint], request.action)
  if (denied) return denied
  if (layerDecision.effect === 'unknown') return indeterminate('endpoint', layerDecision.indeterminates)
  return {...allowance(layerDecision, request.action), layer: 'endpoint'}
}
