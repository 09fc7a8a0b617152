import {BOOT_FAILURE, HALTED, NETWORK_DOWN, NETWORK_UP} from './boot.ts'
import {OUTBOUND_ALLOWED, OUTBOUND_BLOCKED, OUTBOUND_BLOCKED_BY_PROFILE} from './firewalls.ts'
import {SERVICES, serviceOf} from './hosts.ts'
import type {Details, RefusedBy, SignalKind} from './signal.ts'
import {
  AGENT_ABSENT,
  AGENT_CRASHED,
  AGENT_DISABLED,
  AGENT_ENABLED,
  AGENT_INSTALLED,
  AGENT_NOT_STARTED,
  AGENT_REMOVED,
  AGENT_WITHOUT_MEMORY,
  absence,
  notStarted,
  ofSnap,
  SNAP_DISABLED,
} from './start.ts'

interface Signature {
  readonly kind: SignalKind
  readonly pattern: RegExp
  readonly details?: (match: RegExpExecArray, line: string) => Details
}

const HOST = /\b(?:https?|wss):\/\/([\w.-]{1,255})/
const named = (name: keyof Details) => (match: RegExpExecArray) => (match[1] === undefined ? {} : {[name]: match[1]})
const byLine = (details: (line: string) => Details) => (_: RegExpExecArray, line: string) => details(line)

/**
 * What the agent, its SDK and the kernel print, the more specific first: a denial of a host management role
 * is an AccessDeniedException too. Every pattern starts at a literal or is bounded, so that a line takes linear time.
 * docs/decisions/0006-agent-signatures.md lists what each was checked against.
 */
const SIGNATURES: readonly Signature[] = [
  {kind: 'agent-started', pattern: /Amazon SSM Agent v(\d[\d.]{2,30}) is running/, details: named('version')},
  // A hybrid node prints only when it will renew its credentials.
  {
    kind: 'connected',
    pattern:
      /Successfully connected with (?:instance profile|Systems Manager) role credentials|Next credential rotation will be in/,
    details: ssm,
  },
  {kind: 'reporting', pattern: /HealthCheck reporting agent health/, details: ssm},
  {kind: 'reached', pattern: /EC2 registration was successful/, details: ssm},
  {kind: 'ec2-identity', pattern: /Agent will take identity from EC2\b/},
  {kind: 'agent-started', pattern: /\bamazon-ssm-agent - v(\d[\d.]{2,30})/, details: named('version')},
  {kind: 'agent-absent', pattern: AGENT_ABSENT, details: byLine(absence)},
  {kind: 'agent-crashed', pattern: AGENT_CRASHED},
  {kind: 'agent-not-started', pattern: AGENT_NOT_STARTED, details: byLine(notStarted)},
  {kind: 'agent-disabled', pattern: SNAP_DISABLED, details: () => ({snap: 'agent'})},
  {kind: 'agent-disabled', pattern: AGENT_DISABLED},
  {kind: 'agent-enabled', pattern: AGENT_ENABLED},
  {kind: 'agent-removed', pattern: AGENT_REMOVED, details: byLine(ofSnap)},
  {kind: 'agent-installed', pattern: AGENT_INSTALLED},
  // Systems Manager names the session of a hybrid node after it.
  {
    kind: 'hybrid-registration',
    pattern: /assumed-role\/[\w+=,.@-]{1,64}\/(mi-[0-9a-f]{8,17})\b/,
    details: named('nodeId'),
  },
  {
    kind: 'hybrid-registration',
    pattern: /Agent will take identity from OnPrem|\[OnPremCredsProvider\]|Not existing InstanceId mi-/,
  },
  {
    kind: 'fingerprint',
    pattern: /MachineFingerprintDoesNotMatch|[Ff]ingerprint (?:has )?changed|[Ff]ingerprint does(?: not|n['’]t) match/,
  },
  // What `amazon-ssm-agent -register` logs. https://github.com/aws/amazon-ssm-agent/issues/134
  {
    kind: 'activation-rejected',
    pattern:
      /error registering the instance with AWS SSM\. (?:operation error .{1,200}, (?:api error )?)?\w{0,20}Activation/,
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
  {kind: 'agent-ended', pattern: /(?:\bamazon-ssm-agent got|INFO Got) signal: ?terminated|\[amazon-ssm-agent\] Bye\./},
  // Some systems print it in the singular.
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-ssm-agent.html
  {kind: 'too-many-files', pattern: /too many open files?\b/i},
  // Where the agent keeps its registration; a missing key is normal on EC2.
  {
    kind: 'vault-denied',
    pattern:
      /(?:[Vv]ault\b|\/var\/lib\/amazon\/ssm\b|\\Amazon\\SSM\\).{0,200}?: (?:permission denied|Access is denied|read-only file system)|(?:[Ff]ailed|[Uu]nable) to (?:create|write|store|set permission)[^:]{0,80} [Vv]ault|unable to save registration information|media is write protected/,
  },
  {kind: 'throttled', pattern: /ThrottlingException|Rate exceeded|due to throttling/},
  {kind: 'unknown-instance', pattern: /Not existing InstanceId/},
  {
    kind: 'channel-closed',
    pattern: /(?:status: (\d{3})\b.{0,80})?websocket: (?:close 1006|(bad handshake))/,
    details: ([, status, refused]) => ({
      ...messages(),
      ...(status !== undefined && {status}),
      ...(refused !== undefined && {isHandshakeRefused: true}),
    }),
  },
  {kind: 'sysprep', pattern: /\bIMAGE_STATE_(?!COMPLETE\b)[A-Z_]{3,60}|because sysprep hasn['’]t completed/},
  // What EC2Launch and EC2Config print once Windows is set up, and the registry shows.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2launchv2-troubleshooting.html
  {
    kind: 'windows-ready',
    pattern: /Windows (?:sysprep configuration complete|is Ready to use)|^ImageState\s{1,20}: IMAGE_STATE_COMPLETE\b/,
  },
  {kind: 'plugin-missing', pattern: /Plugin with name .{1,80} not found/},
  {
    kind: 'run-as-user',
    pattern:
      /RunAs user (\S{1,64}) does not exist|please set the RunAs default user|Failed to (?:create|generate new password for) (ssm-user)\b/,
    details: ([, user, own = user]) => (own === undefined ? {} : {user: own}),
  },
  {
    kind: 'connected',
    pattern: /Successfully opened websocket connection to|Set up control channel successfully/,
    details: messages,
  },
  {
    kind: 'logs-unencrypted',
    pattern:
      /encryption is not set up on the selected (CloudWatch|Amazon S3)|unable to validate encryption on (?:the )?(CloudWatch|Amazon S3)/,
    details: ([, first, second]) => ({service: (first ?? second) === 'CloudWatch' ? 'logs' : 's3'}),
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
  {kind: 'access-denied', pattern: /GetBucketEncryption.{0,300}?AccessDenied/, details: bucketEncryption},
  {kind: 'access-denied', pattern: /AccessDeniedException|AuthorizationFailureException/},
  {kind: 'proxy-failed', pattern: /proxyconnect tcp|failed to connect to http proxy|Proxy Authentication Required/},
  // Go reports the status with which a proxy refuses to connect.
  {
    kind: 'proxy-failed',
    pattern:
      /(?:Post|Get|Put) "?https:\/\/[^\s"]{1,300}"?: [A-Z][a-z]{1,20}(?:[ -][A-Z]?[a-z]{1,20}){0,4}(?:[."<\\]|\s{0,3}$)/,
  },
  // Agents from 3.3.5068.0 report errors as version 2 of the SDK does, which names as many reasons in one line.
  // https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.5068.0
  {
    kind: 'no-role',
    pattern:
      /no EC2 instance role found|EC2RoleRequestError|AssumeRoleUnauthorizedAccess|NoCredentialProviders|empty EC2 (?:IMDS r|R)ole list|EC2 IMDS role (?:found|credentials), .{0,300}?http response error StatusCode: 404/,
    details: roleRefusal,
  },
  {
    kind: 'metadata',
    pattern:
      /dial tcp \[?(?:169\.254\.169\.254|fd00:ec2::254)\]?:80|(?:Get|Put) "?http:\/\/(?:169\.254\.169\.254|\[fd00:ec2::254\])[^\s"]{0,200}"?(?:: |\s{0,3}$)|EC2MetadataError|operation error ec2imds: |Failed to get instance info from IMDS|Waiting for (?:meta-data accessibility|access to metadata)|(?:Timed out waiting for access to metadata|Metadata is not available for this instance)\.|Giving up on md from .{0,80}169\.254\.169\.254|IMDS's HTTP endpoint is probably disabled/,
  },
  // cloud-init names the data source at its end: that of EC2 has been answered.
  {kind: 'metadata-answered', pattern: /Meta-data is now available|Datasource DataSourceEc2/},
  // The worker finds its identity by the files of the agent that starts it.
  // https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/common/identity/identity_selector.go
  {
    kind: 'no-identity',
    pattern:
      /(?<!\[ssm-agent-worker\] )(?:Agent failed to assume any identity|failed to (?:find identity, retrying|get identity): failed to find agent identity)/,
  },
  {
    kind: 'unresolved',
    pattern: /dial tcp: lookup ([\w.-]{1,255})(?![\w.-])(?!(?: on \S{1,60})?: operation was canceled)/,
    details: named('host'),
  },
  // What follows the address is in the language of Windows if English is not installed.
  {
    kind: 'timeout',
    pattern:
      /(?:dial tcp|(?:read|write) tcp \S{3,60}->) ?\[?([0-9a-fA-F:.]{3,45})\]?:443: (?:i\/o timeout|(?:connect|read|write): (?:connection timed out|operation timed out|no route to host|network is unreachable)|connectex: (?:A connection attempt failed|A socket operation was attempted to an unreachable))/,
    details: named('address'),
  },
  {
    kind: 'refused',
    pattern:
      /(?:dial tcp|(?:read|write) tcp \S{3,60}->) ?\[?([0-9a-fA-F:.]{3,45})\]?:443: (?!use of closed network connection|operation was canceled)/,
    details: named('address'),
  },
  {
    kind: 'timeout',
    pattern:
      /TLS handshake timeout|timeout awaiting response headers|Client\.Timeout exceeded while awaiting headers|dial tcp: i\/o timeout|": context deadline exceeded/,
  },
  // Something between the instance and the service ends the connection, or answers in its place.
  {
    kind: 'refused',
    pattern:
      /https:\/\/[^\s"]{1,300}"?: (?:EOF|unexpected EOF|remote error: |tls: (?!failed to (?:verify|parse) )|(?:net\/)?http2?: )|invalid character '<' looking for beginning of value/,
  },
  {kind: 'tls-trust', pattern: /x509: (?!certificate has expired or is not yet valid)/, details: byLine(otherName)},
  {
    kind: 'clock',
    pattern: /x509: certificate has expired or is not yet valid(?:: current time (\S{10,40}) is after (\S{10,40}))?/,
    details: expiry,
  },
  {kind: 'clock', pattern: /Signature expired|Signature not yet current|RequestTimeTooSkewed|RequestExpired/},
  // `chronyc tracking` and `w32tm /stripchart /dataonly`; AWS rejects signatures that are five minutes old.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
  {
    kind: 'clock',
    pattern:
      /^System time {1,20}: (?:[3-9]\d\d|\d{4,12})\.\d{1,9} seconds (?:slow|fast) of NTP time|^\d\d:\d\d:\d\d, [+-](?:[3-9]\d\d|\d{4,12})\.\d{1,9}s$/,
  },
  // Without a source the difference is zero.
  {
    kind: 'clock-set',
    pattern:
      /^System time {1,20}: (?!0\.0{1,9} )[12]?\d{1,2}\.\d{1,9} seconds (?:slow|fast) of NTP time|^\d\d:\d\d:\d\d, [+-][0-2]?\d{1,2}\.\d{1,9}s$/,
  },
  {kind: 'other-region', pattern: /Credential should be scoped to a valid region/},
  {kind: 'signature', pattern: /SignatureDoesNotMatch|InvalidSignatureException/},
  {
    kind: 'hibernating',
    pattern:
      /Entering SSM Agent hibernate|Agent (?:is in|enters) hibernate mode|Backing off health check to every \d{1,9} (?:second|minute)|Sleeping for (\d{1,9}[hm][\dhms.]{0,20}) before retrying retrieve credentials/,
    details: named('wait'),
  },
  {kind: 'proxy-exempt', pattern: /\bno_proxy(?:: |=)\S{0,300}169\.254\.169\.254/i},
  {kind: 'proxy-set', pattern: /\bhttps?_proxy(?:: |=)(?!NULL\b)(\S{3,200})/i, details: proxy},
  // ERROR_DISK_FULL: https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
  {kind: 'disk-full', pattern: /no space left on device|not enough space on the disk/i},
  // `df`: what is left of a file system that the agent writes to, in kilobytes or inodes. Snaps and the read-only roots
  // of Fedora CoreOS and Bottlerocket are always full.
  // https://github.com/openshift/os/blob/master/docs/faq.md
  // https://github.com/bottlerocket-os/bottlerocket-core-kit/pull/159
  {
    kind: 'disk-full',
    pattern:
      /^(?!composefs\s|\/dev\/dm-\d{1,3}\s)\S{1,200}\s{1,80}[\d.]{1,20}(?:([GT])|[KMP])?\s{1,40}[\d.]{1,20}[KMGTP]?\s{1,40}(?:0|\d{1,3}(?:\.\d)?K?)\s{1,40}100% (\/(?:var(?:\/lib|\/log)?|local)?)$/,
    details: mounted,
  },
  // A row in gigabytes is not one of inodes.
  {
    kind: 'disk-freed',
    pattern:
      /^\S{1,200}\s{1,80}[\d.]{1,20}([GT])\s{1,40}(?:[\d.]{1,20}[KMGTP]?\s{1,40}){2}\d{1,2}% (\/(?:var(?:\/lib|\/log)?|local)?)$/,
    details: mounted,
  },
  // A unit is also killed for its own memory limit; that of the agent has none.
  {
    kind: 'out-of-memory',
    pattern:
      /Out of memory: [Kk]ill(?:ed)? process|oom-kill:constraint=CONSTRAINT_NONE|Killed \S{0,60}amazon-ssm-agent\.service due to memory pressure/,
    details: byLine(killed),
  },
  {kind: 'out-of-memory', pattern: AGENT_WITHOUT_MEMORY, details: () => ({isOfAgent: true})},
  {kind: 'halted', pattern: HALTED},
  {kind: 'boot-failure', pattern: BOOT_FAILURE, details: byLine(ofMount)},
  {kind: 'network-down', pattern: NETWORK_DOWN},
  {kind: 'network-up', pattern: NETWORK_UP},
  {kind: 'outbound-blocked', pattern: OUTBOUND_BLOCKED},
  {kind: 'outbound-blocked', pattern: OUTBOUND_BLOCKED_BY_PROFILE, details: () => ({isOfProfile: true})},
  {kind: 'outbound-allowed', pattern: OUTBOUND_ALLOWED},
  {
    kind: 'file-system',
    pattern:
      /EXT4-fs error|XFS .{1,200}(?:[Cc]orruption|has been shut down)|BTRFS .{1,200}forced readonly|: read-only file system|Remounting filesystem read-only|I\/O error, dev (?:sd|xvd|nvme)/i,
  },
]

function ssm(): Details {
  return {service: 'ssm'}
}

function messages(): Details {
  return {service: 'ssmmessages'}
}

/** The file system that `df -h` shows, which a later row of it corrects. */
function mounted([, unit, mount]: RegExpExecArray): Details {
  return unit === undefined || mount === undefined ? {isOfDf: true} : {isOfDf: true, mount}
}

/** The kernel shows the first 15 characters of a name. */
function killed(line: string): Details {
  return /\b(?:amazon-ssm-agen|ssm-(?:agent|document|session)-wo)/.test(line) ? {isOfAgent: true} : {}
}

function otherName(line: string): Details {
  return /x509: certificate is (?:not )?valid for /.test(line) ? {isForOtherName: true} : {}
}

function proxy([, host = '']: RegExpExecArray, line: string): Details {
  return {host, ...(/\bhttp_proxy(?:: ?|=)(?!NULL\b|$)\S/i.test(line) && {isForHttp: true})}
}

function ofMount(line: string): Details {
  return /\bLocal File Systems\b/.test(line) ? {isMount: true} : {}
}

/** When a certificate expired, and what the clock of the instance was then. */
function expiry([, clock, expired]: RegExpExecArray): Details {
  return clock === undefined || expired === undefined ? {} : {clock, expired}
}

function channelRefusal([, name = '']: RegExpExecArray): Details {
  return {service: 'ssmmessages', action: `ssmmessages:C${name.slice(1)}`}
}

/** EC2 was not allowed to assume the role: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html */
function roleRefusal(_: RegExpExecArray, line: string): Details {
  return line.includes('AssumeRoleUnauthorizedAccess') ? {action: 'sts:AssumeRole'} : {}
}

function bucketEncryption(): Details {
  return {service: 's3', action: 's3:GetEncryptionConfiguration'}
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const REFUSED_BY =
  /(?:with an explicit deny in an?|(because no)) (service control|resource control|VPC endpoint|permissions boundary|session|identity-based)/i
const POLICIES: Readonly<Record<string, RefusedBy>> = {
  'service control': 'service-control-policy',
  'resource control': 'resource-control-policy',
  'vpc endpoint': 'endpoint-policy',
  'permissions boundary': 'permissions-boundary',
  session: 'session-policy',
  'identity-based': 'identity-policy',
}

/** https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns */
const NAMED_POLICY =
  / in an? [\w -]{1,40}: (arn:[\w-]{1,20}:(?:iam::\w{1,12}:policy\/[\w+=,.@/-]{0,600}[\w+=@-]|organizations::\d{12}:policy\/o-[a-z\d]{10,32}\/[a-z_]{1,40}\/p-\w{8,128}))/

function refusedByIn(line: string): Details {
  const [, implicit, type = ''] = REFUSED_BY.exec(line) ?? []
  const refusedBy = POLICIES[type.toLowerCase()]
  return refusedBy === undefined ? {} : {refusedBy, ...(implicit !== undefined && {isImplicit: true})}
}

function refusal([, service, name]: RegExpExecArray, line: string): Details {
  const principal = isOwnCall(service, name) ? /User: (arn:[\w:/+=,.@-]{1,300}) /.exec(line)?.[1] : undefined
  const policyArn = NAMED_POLICY.exec(line)?.[1]
  const resourceAccount = / on resource: "?arn:[\w-]{1,20}:[\w-]{1,30}:[\w-]{0,30}:(\d{12}):/.exec(line)?.[1]
  return {
    ...refusedByIn(line),
    ...(policyArn !== undefined && {policyArn}),
    ...(principal !== undefined && {principal}),
    ...(resourceAccount !== undefined && {resourceAccount}),
    ...(service !== undefined && {service, action: `${service}:${name}`}),
  }
}

/**
 * Calls that the agent makes on its own, with the credentials that it registers with. Scripts and plugins on the same
 * machine may make any other call with any other credentials.
 */
const OWN_SSM_CALLS =
  /^(?:UpdateInstance|(?:List|Describe)(?:Instance)?Association|UpdateAssociationStatus|Put(?:Inventory|ComplianceItems|ConfigurePackageResult)|GetManifest|GetDeployablePatchSnapshot|(?:Register|Request)ManagedInstance)/

const isOwnCall = (service: string | undefined, name: string | undefined): boolean =>
  service === 'ssm' ? OWN_SSM_CALLS.test(name ?? '') : service === 'ssmmessages' || service === 'ec2messages'

interface Recognized extends Details {
  readonly kind: SignalKind
}

/** Everything that the line shows; of the agent's own errors the most specific one. */
export function recognize(line: string): readonly Recognized[] {
  const found: Recognized[] = []
  for (const {kind, pattern, details} of SIGNATURES) {
    const match = pattern.exec(line)
    if (match && !found.some((other) => hides(other.kind, kind)))
      found.push(withHost({kind, ...details?.(match, line)}, line))
  }
  return found
    .filter((each) => each.kind !== 'access-denied' || each.action === undefined || isServiceOfAgent(each))
    .filter((each) => each.kind !== 'timeout' || !NO_MESSAGES.test(line))
}

/**
 * A request for messages ends like that if there are none.
 * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/agent/sdkutil/awserr.go
 * https://github.com/aws/amazon-ssm-agent/issues/641
 */
const NO_MESSAGES =
  /\/\/ec2messages\b[^\s"]{1,100}"?: (?:net\/http: request canceled|context deadline exceeded) \(Client\.Timeout/

const isServiceOfAgent = ({service}: Recognized): boolean => service !== undefined && SERVICES.has(service)

const CONNECTION: ReadonlySet<SignalKind> = new Set(['timeout', 'refused', 'unresolved', 'tls-trust', 'metadata'])

/** What a more specific signature already says, which is also in the line. */
const HIDDEN_BY: Readonly<Partial<Record<SignalKind, ReadonlySet<SignalKind>>>> = {
  'host-management-off': new Set(['access-denied']),
  'not-registered': new Set(['access-denied']),
  'control-container': CONNECTION,
  'proxy-failed': CONNECTION,
  'vault-denied': new Set(['file-system']),
  'too-many-files': CONNECTION,
  clock: new Set(['signature']),
  'other-region': new Set(['signature']),
  timeout: new Set(['refused']),
  metadata: new Set(['timeout', 'refused']),
}

/** Of one kind the most specific signature counts. */
const hides = (first: SignalKind, second: SignalKind): boolean =>
  first === second || (HIDDEN_BY[first]?.has(second) ?? false)

function withHost(found: Recognized, line: string): Recognized {
  const host = found.host ?? HOST.exec(line)?.[1]
  const service = found.service ?? (host === undefined ? undefined : serviceOf(host))
  return {...found, ...(host !== undefined && {host}), ...(service !== undefined && {service})}
}
