import type {Account} from '../../model/account.ts'

/** A value of the response of an earlier call of the same remedy, which that call saves in this shell variable. */
export interface Variable {
  readonly variable: string
}

/** Any value of a parameter of an AWS call. */
export type Input = string | number | boolean | Variable | readonly Input[] | {readonly [key: string]: Input}

/**
 * One changing AWS call, as data: the operation and its input with the API's own names. The tool never makes it;
 * it is printed as a command (`command-line.ts`) and checked against the SDK's schemas in the tests.
 */
export interface Call {
  readonly service: 'ec2' | 'iam' | 'ssm' | 'route53' | 'route53resolver' | 'inspector2' | 'organizations'
  readonly operation: string
  readonly input: {readonly [parameter: string]: Input}
  /** The Region that it must be made in, if not that of the account. */
  readonly region?: string
  /** Saves a part of the response for later calls: `as` names the shell variable, `query` is the JMESPath. */
  readonly save?: {readonly as: string; readonly query: string}
}

/** Something to type that is no AWS call: on the instance or the machine itself, or with another tool. */
export interface Typed {
  readonly on: 'instance' | 'machine' | 'here'
  readonly line: string
}

/** Options of `RunInstances` for an instance that does not exist yet. */
interface LaunchOptions {
  readonly launch: Call['input']
}

/** Waits for what an earlier step has begun. */
export interface Wait {
  /** The call that shows it. */
  readonly wait: Call
  /** The AWS CLI's waiter; if it has none, what the call returns by then: a JMESPath, and its result as text. */
  readonly until: string | {readonly query: string; readonly result: string}
  /** Seconds to wait in addition. */
  readonly pause?: number
}

export type Step = Call | Typed | LaunchOptions | Wait

/** The preference if several changes would work. */
export const PREFERENCES = ['private', 'cheapest', 'least-change'] as const
export type Preference = (typeof PREFERENCES)[number]

/** One change that fixes: its texts, its calls, and the account afterwards. */
export interface Remedy {
  /** Imperative, with the name of the resource that changes. */
  readonly title: string
  readonly steps: readonly Step[]
  readonly docs?: string | undefined
  /** Its price, if any: per hour and gigabyte, as text. */
  readonly cost?: string | undefined
  /** The effect beyond this instance, if any. */
  readonly effect?: string | undefined
  readonly undo?: readonly Step[]
  /** The preferences for which this change is better than its alternatives. */
  readonly preferredBy?: readonly Preference[] | undefined
  /** It weakens an intentional guardrail, or takes away what others use: never recommended if another change comes before it. */
  readonly weakens?: true
  /** The account after the steps. Absent if AWS's API cannot do it (on the instance, in the organization, waiting). */
  readonly apply?: (account: Account) => Account
}

/** Not a change that weakens a guardrail if there is another one before it: that is for the user to choose. */
export const recommendable = (remedies: readonly Remedy[]): readonly Remedy[] =>
  remedies.filter(({weakens}, i) => !weakens || remedies.slice(0, i).every((before) => before.weakens))

/** Its calls are shown, but not tried on the model: whether they fix the fault is not read. */
export function untried({apply: _, ...remedy}: Remedy, notice?: string): Remedy {
  return notice === undefined ? remedy : {...remedy, effect: [remedy.effect, notice].filter(Boolean).join(' ')}
}

export const isVariable = (value: Input): value is Variable =>
  typeof value === 'object' && !Array.isArray(value) && 'variable' in value && typeof value.variable === 'string'
export const isList = (value: Input): value is readonly Input[] => Array.isArray(value)
export const isScalar = (value: Input): value is string | number | boolean => typeof value !== 'object'

export const fromVariable = (name: string): Variable => ({variable: name})

const callsOf =
  (service: Call['service']) =>
  (operation: string, input: Call['input'], save?: Call['save']): Call => ({
    service,
    operation,
    input,
    ...(save && {save}),
  })

export const ec2 = callsOf('ec2')
export const iam = callsOf('iam')
export const inspector2 = callsOf('inspector2')
export const organizations = callsOf('organizations')
export const route53 = callsOf('route53')
export const route53resolver = callsOf('route53resolver')
export const ssm = callsOf('ssm')
