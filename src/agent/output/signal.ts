/**
 * What a line from inside the instance shows. `connected` and `reached` are about a path, the agent's own kinds about
 * its identity, the rest about the machine.
 */
export type SignalKind =
  | 'agent-started'
  | 'agent-running'
  | 'agent-crashed'
  | 'agent-not-started'
  | 'agent-disabled'
  | 'agent-enabled'
  | 'agent-removed'
  | 'agent-installed'
  | 'agent-stopped'
  | 'agent-ended'
  | 'agent-absent'
  | 'connected'
  | 'reporting'
  | 'reached'
  | 'access-denied'
  | 'no-role'
  | 'host-management-off'
  | 'not-registered'
  | 'timeout'
  | 'refused'
  | 'unresolved'
  | 'resolved'
  | 'tls-trust'
  | 'clock'
  | 'clock-set'
  | 'signature'
  | 'other-region'
  | 'outbound-blocked'
  | 'outbound-allowed'
  | 'proxy-failed'
  | 'proxy-set'
  | 'proxy-exempt'
  | 'logs-unencrypted'
  | 'metadata'
  | 'metadata-answered'
  | 'no-identity'
  | 'metadata-token'
  | 'hibernating'
  | 'boot-failure'
  | 'halted'
  | 'network-down'
  | 'network-up'
  | 'file-system'
  | 'disk-full'
  | 'disk-freed'
  | 'out-of-memory'
  | 'sysprep'
  | 'windows-ready'
  | 'hybrid-registration'
  | 'ec2-identity'
  | 'fingerprint'
  | 'activation-rejected'
  | 'credentials-rejected'
  | 'too-many-files'
  | 'plugin-missing'
  | 'run-as-user'
  | 'control-container'
  | 'vault-denied'
  | 'throttled'
  | 'unknown-instance'
  | 'channel-closed'
  | 'other-instance'
  | 'principal'

/** The type of policy that an error message names as the reason for a denial. */
export type RefusedBy =
  | 'service-control-policy'
  | 'resource-control-policy'
  | 'endpoint-policy'
  | 'permissions-boundary'
  | 'session-policy'
  | 'identity-policy'

export type ReasonNotStarted = 'memory' | 'dependency' | 'logon'
export type MissingPart = 'ssm-cli' | 'package' | 'service'

export interface Details {
  /** The service that was called: `ssm`, `ssmmessages` … */
  readonly service?: string
  readonly host?: string
  /** What the name resolved to inside the instance. */
  readonly address?: string
  /** The action that was denied. */
  readonly action?: string
  readonly refusedBy?: RefusedBy
  /** That policy itself, where it denies explicitly and belongs to the account or the organization of the caller. */
  readonly policyArn?: string
  /** The account of the resource that the call was for. */
  readonly resourceAccount?: string
  /** Whose credentials the agent used. */
  readonly principal?: string
  readonly version?: string
  /** What the clock of the instance was, and when the certificate that it received had expired. */
  readonly clock?: string
  readonly expired?: string
  /** Who issued the certificate that arrived in place of that of AWS. */
  readonly issuer?: string
  readonly nodeId?: string
  /** How long the agent waits before it tries again, such as 10h17m32s. */
  readonly wait?: string
  /** The operating system user of a session. */
  readonly user?: string
  /** Where a file system is mounted. */
  readonly mount?: string
  /** The HTTP status with which a WebSocket was refused. */
  readonly status?: string
  /** The WebSocket was refused; others ended without a close message. */
  readonly isHandshakeRefused?: true
  /** The certificate that arrived is for another name than the one that was called. */
  readonly isForOtherName?: true
  /** A proxy for HTTP, with which the metadata service is called. */
  readonly isForHttp?: true
  /** A file system that could not be mounted. */
  readonly isMount?: true
  /** No policy of that type allows the call, and none denies it. */
  readonly isImplicit?: true
  /** A process of the agent that the kernel ended. */
  readonly isOfAgent?: true
  /** Why the service of the agent was not started. */
  readonly reason?: ReasonNotStarted
  /** About a worker of the agent, whose service may run. */
  readonly isOfWorker?: true
  /** What was not found of an agent that is absent. */
  readonly missing?: MissingPart
  /** A command that was not found by its path; a shell may not search there. */
  readonly isByPath?: true
  /** About the agent as a snap, or about snapd, which installs it. */
  readonly snap?: 'agent' | 'snapd'
  /** A row of `df`, which does not count the blocks of root. */
  readonly isOfDf?: true
  /** From a profile of the Windows firewall, which may not be the active one. */
  readonly isOfProfile?: true
}

export interface Signal extends Details {
  readonly kind: SignalKind
  /** The call or file that it is from. */
  readonly source: string
  /** The line itself, short, with secrets redacted. */
  readonly line: string
  /** When it was printed, if the line shows it. */
  readonly at?: string
  /** That time in a log, which is written in the time zone of the instance and does not name it. */
  readonly localTime?: string
  /** What the process that printed it ran: a session, or the steps of a command. */
  readonly plugin?: 'session' | 'document' | undefined
  /** Of another program, or of what a session or a command ran, which may use other files and another disk. */
  readonly isOfOther?: true
  /** From a command that tests a connection: it shows the machine, not the agent. */
  readonly isTest?: true
}

export const ofKind = (signals: readonly Signal[], ...kinds: readonly SignalKind[]): readonly Signal[] =>
  signals.filter(({kind}) => kinds.includes(kind))

export const lineEvidence = ({line, source, at}: Signal): {readonly fact: string; readonly source: string} => ({
  fact: at === undefined || line.includes(at.slice(11, 19)) ? line : `${at} ${line}`,
  source,
})

/** What is said of the lines of a file that another instance wrote. */
export const ofOtherInstance = ({source, nodeId}: Signal, instanceId: string): string =>
  `${source} has lines of ${nodeId ? `instance ${nodeId}` : 'an agent in an ECS task'}, not of ${instanceId}; they are ignored.`
