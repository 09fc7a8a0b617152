import type {Kind} from '../model/account.ts'

/** `partly`: a share of the connections fails. `unknown`: a fact is missing, and `because` says which. */
export type Verdict = 'open' | 'partly' | 'blocked' | 'unknown'

export type At =
  | 'name'
  | 'security-group'
  | 'network-acl'
  | 'route'
  | 'gateway'
  | 'endpoint'
  | 'endpoint-group'
  | 'endpoint-policy'

/** The owner of the subnet of the hop. */
export type Leg = 'instance' | 'endpoint' | 'nat' | 'attachment' | 'hub' | 'firewall'

/** What to change if a hop does not allow the traffic: the cause, and what a remedy needs to know. */
export interface Fault {
  readonly cause: string
  /** The resource to change, if it is not the hop's own. */
  readonly resource?: string
  /** `advises` if the fault is worth reporting but does not block the traffic. */
  readonly advice?: true
  /** The finding is at most likely, because something that was not requested could explain it differently. */
  readonly likely?: true
  /** It blocks the traffic, although the cause is undetermined in general. */
  readonly blocks?: true
  /** What the remedy must allow or create: addresses as CIDRs, ports as `from-to`, ids by name. */
  readonly detail?: Readonly<Record<string, string | number | readonly string[] | readonly number[]>>
}

/** One resource on the path. */
export interface Hop {
  readonly at: At
  readonly resource: string
  readonly leg: Leg
  readonly direction: 'request' | 'reply'
  readonly verdict: Verdict
  /** One sentence: why the verdict is what it is. */
  readonly because: string
  readonly fault?: Fault
  /** The kind that could not be read, if the verdict is unknown because of it. */
  readonly unread?: Kind
  /** The id of the account's organization would decide an unknown verdict. */
  readonly byOrganization?: true
}

/** The path to one service and back. */
export interface Path {
  readonly service: string
  readonly host: string
  readonly port: number
  /** The endpoint or the gateway that is its carrier, or null. */
  readonly via: string | null
  readonly verdict: Verdict
  readonly hops: readonly Hop[]
}
