import type {Details, RefusedBy, SignalKind} from './signal.ts'

interface Signature {
  readonly kind: SignalKind
  readonly pattern: RegExp
  readonly details?: (match: RegExpExecArray, line: string) => Details
}

const HOST = /\b(?:https?|wss):\/\/([\w.-]{1,255})/
const named = (name: keyof Details) => (match: RegExpExecArray) => (match[1] === undefined ? {} : {[name]: match[1]})

/**
 * What the agent, its SDK and the kernel print, the more specific first: a denial of a host management role
 * is an AccessDeniedException too. Every pattern starts at a literal or is bounded, so that a line takes linear time.
 * docs/decisions/0006-agent-signatures.md lists what each was checked against.
 */
const SIGNATURES: readonly Signature[] = [
  {kind: 'agent-started', pattern: /Amazon SSM Agent v(\d[\d.]{2,30}) is running/, details: named('version')},
  {kind: 'agent-started', pattern: /Starting Agent: amazon-ssm-agent - v(\d[\d.]{2,30})/, details: named('version')},
  {kind: 'connected', pattern: /Successfully connected with instance profile role credentials/, details: ssm},
  {kind: 'agent-started', pattern: /\bamazon-ssm-agent - v(\d[\d.]{2,30})/, details: named('version')},
  {
    kind: 'agent-crashed',
    pattern:
      /error occurred trying to start core module|panic: runtime error|runtime error: invalid memory address|Failed to start agent/,
  },
  {
    kind: 'hybrid-registration',
    pattern:
      /Agent will take identity from OnPrem|MachineFingerprintDoesNotMatch|\[OnPremCredsProvider\]|[Ff]ingerprint (?:has )?changed|[Ff]ingerprint does not match/,
  },
  {
    kind: 'control-container',
    pattern:
      /(?:host-containers@control|host-ctr|control container).{0,200}?(?:[Ff]ailed to (?:pull|fetch)|pull access denied|no basic auth)/,
  },
  {
    kind: 'credentials-rejected',
    pattern:
      /ExpiredToken|UnrecognizedClientException|InvalidClientTokenId|security token included in the request is (?:expired|invalid)|shared credentials are already expired/,
  },
  {kind: 'too-many-files', pattern: /too many open files/i},
  // Where the agent keeps its registration; a missing key is normal on EC2.
  {
    kind: 'vault-denied',
    pattern:
      /[Vv]ault\b.{0,200}?(?:permission denied|Access is denied)|(?:[Ff]ailed|[Uu]nable) to (?:create|write|store|set permission)[^:]{0,80} [Vv]ault/,
  },
  {kind: 'throttled', pattern: /ThrottlingException|Rate exceeded/},
  {kind: 'unknown-instance', pattern: /Not existing InstanceId/},
  {kind: 'channel-closed', pattern: /websocket: close 1006/, details: messages},
  {kind: 'sysprep', pattern: /\bIMAGE_STATE_(?!COMPLETE\b)[A-Z_]{3,60}/},
  {kind: 'plugin-missing', pattern: /Plugin with name .{1,80} not found/},
  {
    kind: 'connected',
    pattern: /Successfully opened websocket connection to|Set up control channel successfully/,
    details: messages,
  },
  {kind: 'host-management-off', pattern: /instance management role is not configured for account/, details: ssm},
  {kind: 'not-registered', pattern: /ec2 instance not yet registered with Systems Manager/, details: ssm},
  {kind: 'access-denied', pattern: /is not authorized to perform: ([a-z0-9-]{2,40}):(\w{3,60})/, details: refusal},
  {kind: 'access-denied', pattern: /Create(?:Control|Data)Channel.{0,200}?AccessDenied/, details: messages},
  {
    kind: 'access-denied',
    pattern:
      /(create(?:Control|Data)Channel).{0,200}?(?:UnauthorizedRequest|Unauthorized request|Request is not authenticated)/i,
    details: channelRefusal,
  },
  {kind: 'access-denied', pattern: /GetBucketEncryption.{0,200}?AccessDenied/, details: bucketEncryption},
  {kind: 'access-denied', pattern: /AccessDeniedException|AuthorizationFailureException/},
  {
    kind: 'no-role',
    pattern: /no EC2 instance role found|EC2RoleRequestError|AssumeRoleUnauthorizedAccess|NoCredentialProviders/,
  },
  {
    kind: 'metadata',
    pattern:
      /dial tcp \[?(?:169\.254\.169\.254|fd00:ec2::254)\]?:80|(?:Get|Put) "?http:\/\/(?:169\.254\.169\.254|\[fd00:ec2::254\])[^\s"]{0,200}"?: |EC2MetadataError|Failed to get instance info from IMDS/,
  },
  {kind: 'proxy-failed', pattern: /proxyconnect tcp|failed to connect to http proxy|Proxy Authentication Required/},
  {
    kind: 'unresolved',
    pattern:
      /dial tcp: lookup ([\w.-]{1,255})(?: on \S{1,60})?: .{0,200}?(?:no such host|server misbehaving|timeout|refused|getaddrinfow: )/i,
    details: named('host'),
  },
  {
    kind: 'timeout',
    pattern:
      /dial tcp \[?([0-9a-fA-F:.]{3,45})\]?:443: (?:i\/o timeout|connect: (?:connection timed out|no route to host|network is unreachable)|connectex: (?:A connection attempt failed|A socket operation was attempted to an unreachable))/,
    details: named('address'),
  },
  {
    kind: 'refused',
    pattern:
      /dial tcp \[?([0-9a-fA-F:.]{3,45})\]?:443: connect: (?:connection refused|connection reset by peer|operation not permitted|permission denied)/,
    details: named('address'),
  },
  {
    kind: 'refused',
    pattern:
      /dial tcp \[?([0-9a-fA-F:.]{3,45})\]?:443: connectex: (?:No connection could be made|An attempt was made to access a socket)/,
    details: named('address'),
  },
  {
    kind: 'refused',
    pattern:
      /(?:read|write) tcp \S{3,60}->\[?([0-9a-fA-F:.]{3,45})\]?:443: (?:read|write|wsarecv|wsasend): (?:connection reset by peer|broken pipe|An existing connection was forcibly closed)/,
    details: named('address'),
  },
  {kind: 'timeout', pattern: /TLS handshake timeout|Client\.Timeout exceeded while awaiting headers/},
  {
    kind: 'tls-trust',
    pattern:
      /x509: (?:certificate signed by unknown authority|certificate is valid for |.{1,200} certificate is not trusted)/,
  },
  {
    kind: 'clock',
    pattern:
      /x509: certificate has expired or is not yet valid|Signature expired|Signature not yet current|RequestTimeTooSkewed|SignatureDoesNotMatch/,
  },
  {
    kind: 'hibernating',
    pattern: /Entering SSM Agent hibernate|Agent is in hibernate mode|Backing off health check to every \d{1,9} second/,
  },
  {kind: 'proxy-set', pattern: /\bhttps?_proxy(?:: |=)(?!NULL\b)(\S{3,200})/i, details: named('host')},
  {kind: 'disk-full', pattern: /no space left on device/i},
  {kind: 'out-of-memory', pattern: /Out of memory: Kill(?:ed)? process|oom-kill:|invoked oom-killer/},
  {
    kind: 'boot-failure',
    pattern:
      /Kernel panic - not syncing|Entering emergency mode|You are in emergency mode|Give root password for maintenance|dracut-emergency|Cannot open root device|grub rescue>/i,
  },
  {kind: 'file-system', pattern: /EXT4-fs error|XFS .{1,200}[Cc]orruption|read-only file system/},
]

function ssm(): Details {
  return {service: 'ssm'}
}

function messages(): Details {
  return {service: 'ssmmessages'}
}

function channelRefusal([, name = '']: RegExpExecArray): Details {
  return {service: 'ssmmessages', action: `ssmmessages:C${name.slice(1)}`}
}

function bucketEncryption(): Details {
  return {service: 's3', action: 's3:GetEncryptionConfiguration'}
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const REFUSED_BY =
  /(?:with an explicit deny in an?|because no) (service control|resource control|VPC endpoint|permissions boundary|session|identity-based)/i
const POLICIES: Readonly<Record<string, RefusedBy>> = {
  'service control': 'service-control-policy',
  'resource control': 'resource-control-policy',
  'vpc endpoint': 'endpoint-policy',
  'permissions boundary': 'permissions-boundary',
  session: 'session-policy',
  'identity-based': 'identity-policy',
}

function refusedByIn(line: string): RefusedBy | undefined {
  return POLICIES[REFUSED_BY.exec(line)?.[1]?.toLowerCase() ?? '']
}

function refusal([, service, name]: RegExpExecArray, line: string): Details {
  const principal = /User: (arn:[\w:/+=,.@-]{1,300}) /.exec(line)?.[1]
  const refusedBy = refusedByIn(line)
  return {
    ...(refusedBy !== undefined && {refusedBy}),
    ...(principal !== undefined && {principal}),
    ...(service !== undefined && {service, action: `${service}:${name}`}),
  }
}

interface Recognised extends Details {
  readonly kind: SignalKind
}

/** Everything that the line shows; of the agent's own errors the most specific one. */
export function recognise(line: string): readonly Recognised[] {
  const found: Recognised[] = []
  for (const {kind, pattern, details} of SIGNATURES) {
    const match = pattern.exec(line)
    if (match && !found.some((other) => hides(other.kind, kind)))
      found.push(withHost({kind, ...details?.(match, line)}, line))
  }
  return found
}

/**
 * A denial is recognized once, by its most specific signature; a call to the metadata service is not a call to a
 * service.
 */
const hides = (first: SignalKind, second: SignalKind): boolean =>
  first === second ||
  (second === 'access-denied' && (first === 'host-management-off' || first === 'not-registered')) ||
  (first === 'metadata' && (second === 'timeout' || second === 'refused'))

function withHost(found: Recognised, line: string): Recognised {
  const host = found.host ?? HOST.exec(line)?.[1]
  const service = found.service ?? (host === undefined ? undefined : serviceOf(host))
  return {...found, ...(host !== undefined && {host}), ...(service !== undefined && {service})}
}

const SERVICES = new Set(['ssm', 'ssmmessages', 'ec2messages', 's3', 'kms', 'logs', 'monitoring', 'sts'])

/** `ssm.us-east-1.amazonaws.com` → `ssm`. */
const serviceOf = (host: string): string | undefined => host.split('.').find((label) => SERVICES.has(label))
