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

/** Whose subnet the hop belongs to. */
export type Leg = 'instance' | 'endpoint' | 'nat' | 'attachment' | 'hub' | 'firewall'

/** What to change, when a hop does not let the traffic through: the cause, and what a remedy must know. */
export interface Fault {
  readonly cause: string
  /** The resource to change, when it is not the hop's own. */
  readonly resource?: string
  /** `advises`, when the fault is worth reporting but does not stop the traffic. */
  readonly advice?: true
  /** The finding is likely at most, because something that was not asked for could explain it otherwise. */
  readonly likely?: true
  /** It stops the traffic, though the cause is undecided in general. */
  readonly blocks?: true
  /** What the remedy must let through or build: addresses as CIDRs, ports as `from-to`, ids by name. */
  readonly detail?: Readonly<Record<string, string | number | readonly string[]>>
}

/** One thing the traffic meets on its way. */
export interface Hop {
  readonly at: At
  readonly resource: string
  readonly leg: Leg
  readonly direction: 'request' | 'reply'
  readonly verdict: Verdict
  /** One sentence: why the verdict is what it is. */
  readonly because: string
  readonly fault?: Fault
  /** The kind that could not be read, when the verdict is unknown because of it. */
  readonly unread?: Kind
}

/** The way to one service and back. */
export interface Path {
  readonly service: string
  readonly host: string
  readonly port: number
  /** The endpoint or the gateway that carries it, or null. */
  readonly via: string | null
  readonly verdict: Verdict
  readonly hops: readonly Hop[]
}
