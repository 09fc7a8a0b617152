import type {Account} from '../../model/account.ts'

/** A value that an earlier call of the same remedy will have answered, as `--query` finds it. */
export interface Answer {
  readonly answer: string
}

/** Whatever a parameter of an AWS call may hold. */
export type Input = string | number | boolean | Answer | readonly Input[] | {readonly [key: string]: Input}

/**
 * One changing AWS call, as data: the operation and its input in the API's own words. The tool never makes it;
 * it is printed as a command (`command-line.ts`) and checked against the SDK's schemas in the tests.
 */
export interface Call {
  readonly service: 'ec2' | 'iam' | 'ssm' | 'route53' | 'route53resolver' | 'inspector2'
  readonly operation: string
  readonly input: {readonly [parameter: string]: Input}
  /** Keeps a part of the answer for later calls: `as` names the shell variable, `query` is the JMESPath. */
  readonly save?: {readonly as: string; readonly query: string}
}

/** Something to type that is no AWS call: on the instance or the machine itself, or with another tool. */
interface Typed {
  readonly on: 'instance' | 'machine' | 'here'
  readonly line: string
  /** It only waits for what an earlier step has begun. */
  readonly waits?: true
}

export type Step = Call | Typed

/** What people go by when several changes would do. */
export const PREFERENCES = ['private', 'cheapest', 'least-change'] as const
export type Preference = (typeof PREFERENCES)[number]

/** One change that fixes: what it says, how it is done, and what the account looks like afterwards. */
export interface Remedy {
  /** Imperative, with the name of the thing that changes. */
  readonly title: string
  readonly steps: readonly Step[]
  readonly docs?: string
  /** What it costs, where it costs: hours and gigabytes, in words. */
  readonly cost?: string
  /** How wide the effect is, where it reaches beyond this instance. */
  readonly effect?: string
  readonly undo?: readonly Step[]
  /** The preferences that this change meets better than its alternatives. */
  readonly preferredBy?: readonly Preference[]
  /** It weakens a guard that was put there on purpose: never recommended where another change comes before it. */
  readonly weakens?: true
  /** The account once the steps have run. Absent when AWS's API cannot do it (on the instance, in the organization, waiting). */
  readonly apply?: (account: Account) => Account
}

export const answer = (name: string): Answer => ({answer: name})
