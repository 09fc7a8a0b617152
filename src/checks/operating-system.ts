import {commandsFor} from '../agent/commands.ts'
import {CONSOLE, consoleSignals} from '../agent/console.ts'
import {imageNameOf} from '../agent/image.ts'
import {nodeOf, systemOf} from '../agent/node.ts'
import {ofKind, type Signal, told} from '../agent/signal.ts'
import {HOST_MANAGEMENT_SETTING} from '../iam/host-management.ts'
import {type Context, type Facts, type Instance, isUnreadable} from '../model/account.ts'
import {find} from '../model/joins.ts'
import {hostOf} from '../model/partition.ts'
import type {Path} from '../network/path.ts'
import {WALK_KINDS} from '../network/readings.ts'
import {changeServiceControlPolicy} from '../remedies/changes/change-service-control-policy.ts'
import {runOnInstance} from '../remedies/core/on-instance.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {type Certainty, defineCheck, type Finding, type Note, type Severity} from './check.ts'
import {type DialedElsewhere, dialedElsewhere} from './dialed-address.ts'

const CATEGORIES = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/diagnosing-ec2-category-types.html'
const NODES =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html'
const SSM_CLI =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-managed-nodes-using-ssm-cli.html'
const TECHNICAL = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html'
const CLOCK = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html'

const WISHES = [
  'ConsoleOutputs',
  'ConnectionStatuses',
  'InstanceInformationList',
  'InstanceImageMetadata',
  'ServiceSettings',
  ...WALK_KINDS,
] as const
type SystemFacts = Facts<never, (typeof WISHES)[number]>

/** What the machine says of itself: on its console, and in the files that were handed over as evidence. */
export const operatingSystem = defineCheck({
  id: 'operating-system',
  title: 'Operating system',
  why: 'The agent needs a booted system with a correct clock, free disk space, trusted root certificates and outbound access.',
  causes: {
    'os.boot-failure': {title: 'an operating system that does not boot', severity: 'blocks', docs: CATEGORIES},
    'os.disk-full': {title: 'a full disk', severity: 'blocks', docs: CATEGORIES},
    'os.oom': {title: 'exhausted memory', severity: 'degrades', docs: CATEGORIES},
    'os.time-skew': {title: 'a wrong clock', severity: 'blocks', docs: CLOCK},
    'os.tls-trust': {title: 'certificates that the instance does not trust', severity: 'blocks', docs: NODES},
    'os.firewall': {title: 'a firewall on the instance', severity: 'blocks', docs: CATEGORIES},
    'os.name-resolution': {
      title: 'a name that resolves differently on the instance',
      severity: 'blocks',
      docs: CATEGORIES,
    },
    'os.proxy': {title: 'a proxy on the path', severity: 'blocks', docs: NODES},
    'os.windows-sysprep': {title: 'an unfinished sysprep', severity: 'blocks', docs: SSM_CLI},
    'os.unsupported': {
      title: 'an operating system without support',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent-windows.html',
    },
    'os.custom-endpoint': {
      title: 'a custom endpoint in the configuration of the agent',
      severity: 'blocks',
      docs: 'https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/README.md',
    },
    'os.root-credentials': {
      title: "root's credentials file takes precedence over the instance role",
      severity: 'degrades',
      docs: TECHNICAL,
    },
    'agent.hibernating': {title: 'a hibernating agent', severity: 'blocks', docs: TECHNICAL},
    'imds.unreachable': {
      title: 'a metadata service that the instance cannot reach',
      severity: 'blocks',
      docs: SSM_CLI,
    },
    'dhmc.registration-lost': {
      title: 'a lost registration for host management',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html',
    },
  },
  fromInstance: true,
  dependsOn: ['path', 'machine'],
  requiredKinds: [],
  optionalKinds: WISHES,
  run: (facts, instance, paths, evidence: readonly Signal[] = []) => {
    const signals = [...consoleSignals(facts, instance), ...evidence]
    const scene = {facts, instance, paths, signals, online: nodeOf(facts, instance)?.PingStatus === 'Online'}
    if (signals.length === 0) return noSignals(scene)
    const found = CASES.flatMap((judge) => judge(scene))
    const notes = [...symptomOfOthers(scene, found), ...refusals(scene), ...otherInstances(scene)]
    return notes.length > 0 ? notes : started(signals)
  },
})

/** Without a line from inside there is one thing to judge, and nearly every instance of a fleet is without. */
function noSignals(scene: Scene): readonly Note[] {
  const notes = unsupported(scene)
  return notes.length > 0 ? notes : SILENT
}

const SILENT: readonly Note[] = [{skip: 'No log or console line of the instance shows its state.'}]

function started(signals: readonly Signal[]): readonly Note[] {
  const version = signals.find(({kind}) => kind === 'agent-started')?.version
  return [
    {
      fact: version
        ? `SSM Agent ${version} announced itself.`
        : 'No log or console line of the instance shows a fault.',
    },
  ]
}

interface Scene {
  readonly facts: SystemFacts & Context
  readonly instance: Instance
  readonly paths: readonly Path[]
  readonly signals: readonly Signal[]
  readonly online: boolean
}

interface Words {
  readonly cause: string
  readonly certainty?: Certainty
  readonly severity?: Severity
  readonly message: string
  readonly remedy: Remedy
}

const finding = ({instance}: Scene, signals: readonly Signal[], {remedy, ...words}: Words): Finding => ({
  ...words,
  resource: instance.InstanceId,
  evidence: signals.map(told),
  remedies: [remedy],
})

type Judge = (scene: Scene) => readonly Finding[]

/** A node that answers has got past what its console tells of the boot. */
const whenOffline =
  (judge: Judge): Judge =>
  (scene) =>
    scene.online ? [] : judge(scene)

/** One finding for all lines of these kinds. */
const from =
  (kinds: readonly Signal['kind'][], words: (scene: Scene, signals: readonly Signal[]) => Words): Judge =>
  (scene) => {
    const signals = ofKind(scene.signals, ...kinds)
    return signals.length === 0 ? [] : [finding(scene, signals, words(scene, signals))]
  }

const restart = ({facts, instance}: Scene): string => commandsFor(facts, instance).restart
const isWindows = ({facts, instance}: Scene): boolean => systemOf(facts, instance) === 'windows'

const bootFailure = whenOffline((scene) => {
  const broken = ofKind(scene.signals, 'boot-failure')
  const signals = broken.length > 0 ? broken : ofKind(scene.signals, 'file-system')
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.boot-failure',
      certainty: broken.length > 0 ? 'proven' : 'possible',
      message: `The operating system of ${scene.instance.InstanceId} did not boot cleanly, so the agent is not running.`,
      remedy: runOnInstance('Repair the operating system from a rescue instance or the serial console', [
        isWindows(scene) ? 'chkdsk /f' : 'journalctl -b -p err',
      ]),
    }),
  ]
})

const RAISE_INOTIFY = [
  "printf 'fs.inotify.max_user_instances=1024\\nfs.inotify.max_user_watches=524288\\n' | sudo tee /etc/sysctl.d/60-inotify.conf",
  'sudo sysctl --system',
]

/** The same words stand for a full disk and for used-up inotify watches. */
const diskFull = from(['disk-full', 'too-many-files', 'plugin-missing', 'vault-denied'], (scene) => ({
  cause: 'os.disk-full',
  ...(scene.online && {severity: 'advises' as const, certainty: 'possible' as const}),
  ...(!scene.online && ofKind(scene.signals, 'disk-full').length === 0 && {certainty: 'possible' as const}),
  message: `The agent on ${scene.instance.InstanceId} cannot create files or watches: the disk is full or read-only, its own folders are not writable, or the limit on open files, inotify instances or inotify watches is reached.`,
  remedy: runOnInstance(
    'Make room, or grow the volume',
    isWindows(scene)
      ? ['Get-PSDrive -PSProvider FileSystem', restart(scene)]
      : ['df -h; df -i; sudo ls -ldR /var/lib/amazon/ssm/Vault', 'sysctl fs.inotify', ...RAISE_INOTIFY, restart(scene)],
  ),
}))

const outOfMemory = from(['out-of-memory'], (scene) => ({
  cause: 'os.oom',
  ...(scene.online && {severity: 'advises' as const, certainty: 'possible' as const}),
  message: `The kernel of ${scene.instance.InstanceId} ran out of memory and killed processes; the agent may have been among them.`,
  remedy: runOnInstance('Find what uses the memory, or choose a larger instance type', [
    'sudo dmesg | grep -i "out of memory"',
    restart(scene),
  ]),
}))

const timeSkew = whenOffline(
  from(['clock'], (scene, signals) => {
    const {clock, setClock} = commandsFor(scene.facts, scene.instance)
    return {
      cause: 'os.time-skew',
      certainty: signals.every(({line}) => /SignatureDoesNotMatch/.test(line)) ? 'possible' : 'proven',
      message: `The clock of ${scene.instance.InstanceId} is off, so AWS rejects its signatures or it rejects AWS’s certificates.`,
      remedy: runOnInstance(
        'Set the clock by the Amazon Time Sync Service at 169.254.169.123',
        [clock, setClock, restart(scene)],
        {docs: CLOCK},
      ),
    }
  }),
)

const tlsTrust = whenOffline(
  from(['tls-trust'], (scene) => ({
    cause: 'os.tls-trust',
    message: `${scene.instance.InstanceId} does not trust the certificate that it gets for Systems Manager: an Amazon root certificate is missing, or something in the path intercepts TLS.`,
    remedy: runOnInstance('Trust the Amazon root certificates, and exempt Systems Manager from TLS inspection', [
      isWindows(scene)
        ? 'Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject -match "Amazon|Starfield"'
        : 'trust list | grep -A2 -i -E "amazon root|starfield"',
      restart(scene),
    ]),
  })),
)

const openPathOf = ({paths}: Scene, {service = 'ssm'}: Signal): Path | undefined =>
  paths.find((path) => path.service === service && path.verdict === 'open')

const elsewhereOf = (scene: Scene, signal: Signal): DialedElsewhere | undefined => {
  const path = openPathOf(scene, signal)
  return path && dialedElsewhere(scene.facts, scene.instance, path, signal)
}

/** Failed connections on paths that are open as far as AWS's API shows. */
const failuresOnOpenPaths = (scene: Scene): readonly Signal[] =>
  ofKind(scene.signals, 'proxy-failed', 'proxy-set').length > 0
    ? []
    : ofKind(scene.signals, 'timeout', 'refused', 'unresolved').filter(
        (signal) => !isOtherHost(scene, signal) && openPathOf(scene, signal) !== undefined,
      )

const firewall = whenOffline((scene) => {
  const signals = failuresOnOpenPaths(scene).filter((signal) => elsewhereOf(scene, signal) === undefined)
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.firewall',
      certainty: 'possible',
      message: `The agent on ${scene.instance.InstanceId} could not connect although the network allows it: the network was fixed since, or a firewall, a proxy, TLS inspection or the resolver of the instance blocks the connection. ssm-cli get-diagnostics on the instance confirms it; pass its output with --diagnostics, or the agent’s log with --agent-log.`,
      remedy: runOnInstance('Allow outbound TCP 443 on the instance, and restart the agent', [
        isWindows(scene)
          ? 'Get-NetFirewallRule -Direction Outbound -Action Block -Enabled True'
          : 'sudo iptables -S OUTPUT; sudo nft list ruleset; cat /etc/resolv.conf',
        ...confirm(scene),
        restart(scene),
      ]),
    }),
  ]
})

/** Another address was dialed than the one to which the name resolves in the VPC: what blocks there explains the failure. */
const nameResolution = whenOffline((scene) => {
  const dialed = failuresOnOpenPaths(scene).flatMap((signal) => {
    const elsewhere = elsewhereOf(scene, signal)
    return elsewhere ? [{signal, elsewhere}] : []
  })
  const [first] = dialed
  if (first === undefined) return []
  return [
    finding(
      scene,
      dialed.map(({signal}) => signal),
      {
        cause: 'os.name-resolution',
        certainty: 'likely',
        message: dialedSentence(scene, first.elsewhere),
        remedy: runOnInstance(
          'Correct the hosts file or the DNS servers that the instance uses, and restart the agent',
          [
            isWindows(scene)
              ? 'Get-Content "$env:SystemRoot\\System32\\drivers\\etc\\hosts"; Get-DnsClientServerAddress'
              : 'cat /etc/hosts /etc/resolv.conf',
            ...confirm(scene),
            restart(scene),
          ],
        ),
      },
    ),
  ]
})

function dialedSentence({instance}: Scene, {address, host, endpoint, networkInterface, path}: DialedElsewhere): string {
  const expected = endpoint ? `endpoint ${endpoint.VpcEndpointId}` : 'public addresses'
  const known = networkInterface ? `network interface ${networkInterface.NetworkInterfaceId}` : undefined
  const block = path.hops.find(({verdict}) => verdict === 'blocked')
  const there = block ? ` The path to ${address} is blocked: ${block.because}` : ''
  return `The agent on ${instance.InstanceId} tried to connect to ${address}${known ? ` (${known})` : ''} for ${host}, which resolves to ${expected} in the VPC: the instance resolves the name differently.${there}`
}

const CONNECTION_TROUBLE = ['timeout', 'refused', 'unresolved', 'metadata'] as const

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent.html */
const LINUX_PROXY = [
  'systemctl show amazon-ssm-agent --property=Environment',
  'sudo mkdir -p /etc/systemd/system/amazon-ssm-agent.service.d',
  'printf \'[Service]\\nEnvironment="http_proxy=http://PROXY_HOST:PORT"\\nEnvironment="https_proxy=http://PROXY_HOST:PORT"\\nEnvironment="no_proxy=169.254.169.254"\\n\' | sudo tee /etc/systemd/system/amazon-ssm-agent.service.d/override.conf',
  'sudo systemctl daemon-reload',
]

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent-windows.html */
const WINDOWS_PROXY = [
  'Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent -Name Environment',
  "New-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent -Name Environment -PropertyType MultiString -Force -Value @('http_proxy=http://PROXY_HOST:PORT','https_proxy=http://PROXY_HOST:PORT','no_proxy=169.254.169.254')",
]

/** What confirms or rules out a fault between the instance and Systems Manager: names, the route and the agent's own tests. */
const confirm = ({facts, instance}: Scene): readonly string[] => {
  const host = hostOf('ssm', facts)
  const {diagnostics, name, route} = commandsFor(facts, instance)
  return [name(host), route(host), diagnostics]
}

const proxy = whenOffline((scene) => {
  const failed = ofKind(scene.signals, 'proxy-failed')
  const trouble = ofKind(scene.signals, ...CONNECTION_TROUBLE)
  const signals = failed.length > 0 ? failed : trouble.length > 0 ? ofKind(scene.signals, 'proxy-set') : []
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.proxy',
      certainty: 'possible',
      message: `The agent on ${scene.instance.InstanceId} is configured to use a proxy and cannot connect through it; the proxy must allow Systems Manager, and no_proxy must name 169.254.169.254.`,
      remedy: runOnInstance(
        'Correct the proxy settings of the agent (replace PROXY_HOST:PORT), with no_proxy=169.254.169.254',
        [...(isWindows(scene) ? WINDOWS_PROXY : LINUX_PROXY), ...confirm(scene), restart(scene)],
      ),
    }),
  ]
})

const sysprep = whenOffline(
  from(['sysprep'], ({instance}) => ({
    cause: 'os.windows-sysprep',
    message: `Windows on ${instance.InstanceId} has not finished its setup, so the agent does not start its work.`,
    remedy: runOnInstance('Finish sysprep', [
      'Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State -Name ImageState',
      'Get-Content "$env:SystemRoot\\Panther\\UnattendGC\\setuperr.log" -Tail 50',
      'Restart-Computer',
    ]),
  })),
)

const unsupported: Judge = (scene) => {
  const {facts, instance, online} = scene
  const name = nodeOf(facts, instance)?.PlatformName ?? imageNameOf(facts, instance) ?? ''
  if (!/Windows[ _]Server[- ]20(?:03|08)/.test(name)) return []
  return [
    {
      cause: 'os.unsupported',
      ...(online && {severity: 'advises' as const}),
      resource: instance.InstanceId,
      message: `${instance.InstanceId} runs ${name}, which SSM Agent no longer supports.`,
      evidence: [{fact: name, source: 'ec2:DescribeInstanceImageMetadata, ssm:DescribeInstanceInformation'}],
      remedies: [runOnInstance('Move to Windows Server 2016 or later', ['Get-ComputerInfo OsName, OsVersion'])],
    },
  ]
}

/** The agent builds `service.region.domain` itself, unless its configuration names another host. */
const isOtherHost = ({facts}: Scene, {host, service}: Signal): boolean =>
  host !== undefined && service !== undefined && !host.startsWith(`${service}.${facts.Region}.`)

const customEndpoint = whenOffline((scene) => {
  const signals = ofKind(scene.signals, 'timeout', 'refused', 'unresolved', 'tls-trust').filter((signal) =>
    isOtherHost(scene, signal),
  )
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.custom-endpoint',
      certainty: 'possible',
      message: `The agent on ${scene.instance.InstanceId} calls ${signals[0]?.host}, which is not its Region’s own name for the service.`,
      remedy: runOnInstance('Remove the custom endpoint from amazon-ssm-agent.json', [
        isWindows(scene)
          ? 'Get-Content "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.json"'
          : 'cat /etc/amazon/ssm/amazon-ssm-agent.json',
        restart(scene),
      ]),
    }),
  ]
})

/** EC2 names the session of an instance's credentials after the instance. What a node that answers met at boot is past. */
const rootCredentials: Judge = (scene) => {
  const {InstanceId} = scene.instance
  const signals = scene.signals.filter(
    ({principal, source}) =>
      principal !== undefined &&
      (principal.includes(':user/') || !principal.endsWith(`/${InstanceId}`)) &&
      !(scene.online && source === CONSOLE),
  )
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.root-credentials',
      message: `The agent on ${InstanceId} signs with ${signals[0]?.principal}instead of the instance role: root's credentials file takes precedence.`,
      remedy: runOnInstance('Move the credentials file of root out of the way', [
        isWindows(scene)
          ? 'Get-ChildItem "$env:SystemRoot\\System32\\config\\systemprofile\\.aws"'
          : 'sudo ls -l /root/.aws',
        restart(scene),
      ]),
    }),
  ]
}

const hibernating = whenOffline(
  from(['hibernating'], (scene) => ({
    cause: 'agent.hibernating',
    message: `The agent on ${scene.instance.InstanceId} hibernates after repeated failures and retries less and less often, up to an hour apart.`,
    remedy: runOnInstance('Restart the agent after its cause is fixed', [restart(scene)], {docs: TECHNICAL}),
  })),
)

/** A metadata service that is switched off has its own cause. */
const metadata = whenOffline((scene) =>
  scene.instance.MetadataOptions?.HttpEndpoint === 'disabled'
    ? []
    : from(['metadata'], () => ({
        cause: 'imds.unreachable',
        message: `${scene.instance.InstanceId} does not reach its metadata service: a route, a firewall or a proxy on the instance takes 169.254.169.254.`,
        remedy: runOnInstance('Open the way to 169.254.169.254 on the instance', [
          isWindows(scene) ? 'route print 169.254.169.254' : 'ip route get 169.254.169.254; sudo iptables -S OUTPUT',
          restart(scene),
        ]),
      }))(scene),
)

/**
 * Right after the boot the line is normal, and it stays while the way to `ssm` is closed. An agent that prints it last
 * although the way is open and host management may be on has lost its registration.
 */
const registrationLost = whenOffline((scene) => {
  const isOpen = scene.paths.find(({service}) => service === 'ssm')?.verdict === 'open'
  if (!isOpen || isHostManagementOff(scene)) return []
  return from(['not-registered'], () => ({
    cause: 'dhmc.registration-lost',
    certainty: 'likely',
    message: `The agent on ${scene.instance.InstanceId} requests host management credentials without a registration.`,
    remedy: runOnInstance('Give the instance a profile, or launch it again', [restart(scene)]),
  }))(scene)
})

const isHostManagementOff = ({facts: {ServiceSettings}}: Scene): boolean =>
  !isUnreadable(ServiceSettings) &&
  !ServiceSettings.some(
    ({SettingId, SettingValue}) =>
      SettingId.endsWith(HOST_MANAGEMENT_SETTING) && SettingValue?.trim() && SettingValue !== '$None',
  )

/** Hibernation follows from what the agent met; it is a cause only where nothing else is known. */
const symptomOfOthers = ({signals}: Scene, found: readonly Finding[]): readonly Finding[] =>
  found.map((each) =>
    each.cause === 'agent.hibernating' && (found.some(isCause) || ofKind(signals, ...REASONS).length > 0)
      ? {...each, severity: 'symptom' as const}
      : each,
  )

/** What makes the agent hibernate, whether or not it holds any more. */
const REASONS = [
  ...['access-denied', 'no-role', 'host-management-off', 'not-registered', 'credentials-rejected'],
  ...['timeout', 'refused', 'unresolved', 'tls-trust', 'clock', 'proxy-failed', 'metadata'],
  ...['throttled', 'unknown-instance'],
] as readonly Signal['kind'][]

const isCause = ({cause, severity}: Finding): boolean => cause !== 'agent.hibernating' && severity !== 'advises'

const otherInstances = ({instance, signals}: Scene): readonly Note[] =>
  ofKind(signals, 'other-instance').map(({source, nodeId}) => ({
    fact: `${source} has lines of instance ${nodeId}, not of ${instance.InstanceId}; they are ignored.`,
  }))

/**
 * Policies that this caller does not see refuse calls too, and the error message names their type.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const REFUSED_UNSEEN = {
  'service-control-policy': ['iam.scp-blocks', 'a service control policy'],
  'endpoint-policy': ['endpoint.policy-denies', 'a VPC endpoint policy'],
  'permissions-boundary': ['iam.boundary-blocks', 'a permissions boundary'],
} as const

const unseenRefusal = whenOffline((scene) =>
  (['service-control-policy', 'endpoint-policy', 'permissions-boundary'] as const).flatMap((refusedBy) => {
    const signals = ofKind(scene.signals, 'access-denied').filter((signal) => signal.refusedBy === refusedBy)
    const [signal] = signals
    if (signal === undefined) return []
    const [cause, policy] = REFUSED_UNSEEN[refusedBy]
    return [
      {
        cause,
        severity:
          signal.service === 'ssm' || signal.service === undefined ? ('blocks' as const) : ('degrades' as const),
        certainty: 'likely' as const,
        resource: signal.principal ?? scene.instance.InstanceId,
        message: `AWS refused ${signal.action ?? 'a call of the agent'} on ${scene.instance.InstanceId}, and its error message names ${policy}.`,
        evidence: signals.map(told),
        remedies: [remedyOfRefusal(scene, refusedBy, signals)],
      },
    ]
  }),
)

const DENIED = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html'

/** Who may change the policy, and where it is to be found: it was not read, so that nothing is changed on the model. */
function remedyOfRefusal(
  {facts, instance, paths}: Scene,
  refusedBy: keyof typeof REFUSED_UNSEEN,
  signals: readonly Signal[],
): Remedy {
  const actions = [...new Set(signals.flatMap(({action}) => action ?? []))]
  const what = actions.join(', ') || 'the calls of the agent'
  const [{principal, service = 'ssm'} = {}] = signals
  if (refusedBy === 'service-control-policy') {
    const account = /::(\d{12}):/.exec(principal ?? '')?.[1] ?? instance.OwnerId ?? facts.Caller?.Account ?? ''
    return changeServiceControlPolicy(`arn:${facts.Partition}:iam::${account}:role/`, actions)
  }
  if (refusedBy === 'endpoint-policy') {
    const via = paths.find((path) => path.service === service)?.via
    const input = via?.startsWith('vpce-')
      ? {VpcEndpointIds: [via]}
      : {Filters: [{Name: 'vpc-id', Values: [instance.VpcId ?? '']}]}
    return {
      title: `Allow ${what} in the policy of the VPC endpoint that the call passes`,
      steps: [{service: 'ec2', operation: 'DescribeVpcEndpoints', input}],
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html',
    }
  }
  const role = /assumed-role\/([\w+=,.@-]{1,64})\//.exec(principal ?? '')?.[1]
  return {
    title: `Allow ${what} in the permissions boundary of the role`,
    steps: role === undefined ? [] : [{service: 'iam', operation: 'GetRole', input: {RoleName: role}}],
    docs: DENIED,
  }
}

/** Rejected keys are not those of the role, which the metadata service renews. */
const rejectedCredentials = whenOffline(
  from(['credentials-rejected'], (scene) => ({
    cause: 'os.root-credentials',
    severity: 'blocks',
    certainty: 'possible',
    message: `AWS rejected the credentials that the agent on ${scene.instance.InstanceId} uses as expired or invalid: a credentials file may come before those of the role, or the clock is wrong.`,
    remedy: runOnInstance('Move the credentials file of root aside', [
      isWindows(scene)
        ? 'Rename-Item "$env:SystemRoot\\System32\\config\\systemprofile\\.aws\\credentials" credentials.unused'
        : 'sudo mv /root/.aws/credentials /root/.aws/credentials.unused',
      restart(scene),
    ]),
  })),
)

/**
 * Something on the path ends idle connections: a NAT gateway after 350 seconds, a firewall, a proxy. The agent connects
 * again, so that it matters only where the channel stays closed.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
 */
const channelClosed: Judge = (scene) => {
  const {facts, instance, online} = scene
  const signals = ofKind(scene.signals, 'channel-closed')
  const connection = find(facts.ConnectionStatuses, 'Target', instance.InstanceId)
  const isClosed = connection !== undefined && !isUnreadable(connection) && connection.Status !== 'connected'
  if (signals.length === 0 || !online || !isClosed) return []
  return [
    finding(scene, signals, {
      cause: 'os.firewall',
      severity: 'degrades',
      certainty: 'possible',
      message: `The message channel of ${instance.InstanceId} was cut without a close message (websocket close 1006): a firewall, a proxy or an idle timeout on the path ends it.`,
      remedy: runOnInstance('Let the WebSocket connection to ssmmessages stay open, and restart the agent', [
        ...confirm(scene),
        restart(scene),
      ]),
    }),
  ]
}

const CASES: readonly Judge[] = [
  bootFailure,
  diskFull,
  outOfMemory,
  metadata,
  timeSkew,
  tlsTrust,
  proxy,
  firewall,
  nameResolution,
  customEndpoint,
  rootCredentials,
  rejectedCredentials,
  unseenRefusal,
  channelClosed,
  sysprep,
  unsupported,
  registrationLost,
  hibernating,
]

/** Who the agent is and what it may do is judged by other checks; here it stands what the agent met. */
const refusals = ({online, signals}: Scene): readonly Note[] =>
  online
    ? []
    : [
        ...ofKind(signals, 'access-denied', 'host-management-off').map(({line}) => ({
          fact: `The service answered the agent, so the network allowed it at that time: ${line}`,
        })),
        ...ofKind(signals, 'no-role').map(({line}) => ({
          fact: `The metadata service had no credentials for the agent then: ${line}`,
        })),
      ]
