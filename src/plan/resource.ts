import type {LaunchSource} from '../remedies/core/snippet-place.ts'
import {isObject} from '../util/json.ts'

/** A value that is known only once the plan has been applied. It is never guessed. */
export const UNKNOWN: unique symbol = Symbol('known after apply')

const ONE_OF: unique symbol = Symbol('one of')

/** An id that is known only after apply, but is that of one of these resources. */
export const oneOf = (ids: readonly string[]): unknown => ({[ONE_OF]: ids})

/** The possible ids of the value, if only the choice among them is unknown. */
export const candidatesOf = (value: unknown): readonly string[] | undefined =>
  typeof value === 'object' && value !== null && ONE_OF in value ? (value[ONE_OF] as readonly string[]) : undefined

const LATER: unique symbol = Symbol('later')

/** What is known only after apply, and is the same as another one of the same expression. */
export const laterOf = (expression: string): unknown => ({[LATER]: expression})

const expressionOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && LATER in value ? value[LATER] : undefined

/** Property names and values of CloudFormation, whatever the language of the plan. */
export type Properties = Readonly<Record<string, unknown>>

/** A resource, or a part of one, in a kind that is modeled. */
export interface Part {
  readonly type: string
  readonly properties: Properties
}

export interface PlannedResource {
  /** The address in the plan's source: `module.net.aws_subnet.a["x"]`, or the logical id of a template. */
  readonly address: string
  /** CloudFormation's name of the kind, such as `AWS::EC2::Subnet`. */
  readonly type: string
  /** The id that AWS assigned, or one derived from the address for what does not exist yet. */
  readonly id: string
  readonly action: 'create' | 'update' | 'delete' | 'none'
  /** The attributes that change, as the plan's own language calls them. */
  readonly attributes: readonly string[]
  /** Absent if it does not exist yet, or if only its id is known. */
  readonly before?: Properties
  readonly after?: Properties
  /** Of an Auto Scaling group, if that is in the plan. */
  readonly launchedFrom?: LaunchSource
  /** True if its existence is known only after apply. */
  readonly isConditional?: true
  /** When it is removed or replaced, the earlier one stays in the account. */
  readonly keeps?: readonly ('removed' | 'replaced')[]
}

/** The parts of a resource before and after a change. */
interface Versions extends Pick<PlannedResource, 'address' | 'attributes'> {
  /** A replacement has another id. */
  readonly ids: readonly [before: string, after: string]
  /** Undefined if only its id is known. */
  readonly before: readonly Part[] | undefined
  readonly after: readonly Part[]
}

/**
 * What the actions of a plan make of a resource. One that is several of the model's may have more or fewer of them
 * afterwards.
 */
export function plannedParts(
  actions: readonly string[],
  {ids: [oldId, id], before, after, ...rest}: Versions,
): readonly PlannedResource[] {
  const deleted = (before ?? []).map(
    ({type, properties}): PlannedResource => ({...rest, type, id: oldId, action: 'delete', before: properties}),
  )
  const created = after.map(
    ({type, properties}): PlannedResource => ({...rest, type, id, action: 'create', after: properties}),
  )
  if (actions.includes('update') && (!before || (before.length === 1 && after.length === 1)))
    return created.map((one) => ({...one, action: 'update', ...(before && {before: before[0]!.properties})}))
  const isUpdated = actions.includes('update')
  return [
    ...(isUpdated || actions.includes('delete') ? deleted : []),
    ...(isUpdated || actions.includes('create') ? created : []),
  ]
}

/** A resource of a kind that is not modeled, or one with a change that is not. */
export interface IgnoredResource {
  readonly address: string
  readonly type: string
  /** Of a modeled kind, those that change without being modeled. */
  readonly attributes?: readonly string[]
  /** Where two versions of it are compared. */
  readonly properties?: Properties
  /** Of a DNS record, the id of its zone, if it is known. */
  readonly zone?: string | undefined
  /** It does not exist yet. */
  readonly isCreated?: boolean
  /** Another one takes its place. */
  readonly isReplaced?: boolean
  readonly keeps?: PlannedResource['keeps']
}

export interface ResourcePlan {
  readonly resources: readonly PlannedResource[]
  /** Addresses of what changes in another account or Region. */
  readonly elsewhere?: readonly string[]
  readonly ignored: readonly IgnoredResource[]
  /** Values that the plan's source marks as sensitive: they are evaluated and never printed. */
  readonly secrets?: readonly string[]
}

/** A unique id that contains the address in the source. AWS never assigns such an id, so no command contains it. */
export const plannedId = (prefix: string, address: string): string => `${prefix}-${address}`

/** The prefix of the ids of each type that others refer to. */
export const ID_PREFIXES: Readonly<Record<string, string>> = {
  'AWS::EC2::VPC': 'vpc',
  'AWS::EC2::Subnet': 'subnet',
  'AWS::EC2::SecurityGroup': 'sg',
  'AWS::EC2::NetworkAcl': 'acl',
  'AWS::EC2::RouteTable': 'rtb',
  'AWS::EC2::InternetGateway': 'igw',
  'AWS::EC2::EgressOnlyInternetGateway': 'eigw',
  'AWS::EC2::NatGateway': 'nat',
  'AWS::EC2::VPCEndpoint': 'vpce',
  'AWS::EC2::VPCPeeringConnection': 'pcx',
  'AWS::EC2::TransitGateway': 'tgw',
  'AWS::EC2::TransitGatewayAttachment': 'tgw-attach',
  'AWS::EC2::TransitGatewayVpcAttachment': 'tgw-attach',
  'AWS::EC2::TransitGatewayRouteTable': 'tgw-rtb',
  'AWS::EC2::PrefixList': 'pl',
  'AWS::EC2::DHCPOptions': 'dopt',
  'AWS::EC2::Instance': 'i',
  'AWS::EC2::LaunchTemplate': 'lt',
  'AWS::AutoScaling::LaunchConfiguration': 'lc',
  'AWS::EC2::NetworkInterface': 'eni',
  'AWS::Route53::HostedZone': 'zone',
}

export const isKnown = <T>(value: T | typeof UNKNOWN): value is T => !isOpen(value) && expressionOf(value) === undefined

const isOpen = (value: unknown): boolean => value === UNKNOWN || candidatesOf(value) !== undefined

/** Two values with the same text may differ in what is known only after apply. */
export const contentOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, one) => {
    const expression = expressionOf(one)
    return one === UNKNOWN ? {unknown: true} : expression === undefined ? one : {expression}
  })

/** Whether the value is certainly the same as before. */
export const isSame = (before: unknown, after: unknown): boolean =>
  !has(isOpen, after) && contentOf(before) === contentOf(after)

/** The value with each of its leaves changed: a text, a number, or what is known only after apply. */
export function withLeaves(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withLeaves(one, change))
  if (!isObject(value) || !isKnown(value)) return change(value)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withLeaves(one, change)]))
}

/** The reason of an unreadable part of the model. */
export const AFTER_APPLY = 'known only after the plan is applied'

/** True if the value, or anything inside it, is known only after apply. */
export const hasUnknown = (value: unknown): boolean => has((one) => !isKnown(one), value)

const has = (predicate: (value: unknown) => boolean, value: unknown): boolean =>
  predicate(value) ||
  (typeof value === 'object' && value !== null && Object.values(value).some((one) => has(predicate, one)))

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** What is not a number, or is known only after apply, is NaN. */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN

/** The texts of a list. */
export const textsOf = (value: unknown): readonly string[] => listOf(value).flatMap((one) => textOf(one) ?? [])

/** YAML of CloudFormation also accepts `yes` and `on`. */
export const isTrue = (value: unknown): boolean =>
  value === true || (typeof value === 'string' && /^(?:true|yes|on)$/i.test(value))

export const objectOf = (value: unknown): Properties => (isObject(value) ? value : {})
