import {consoleSignals} from '../agent/console.ts'
import {isOnline} from '../agent/node.ts'
import {ofKind, type Signal} from '../agent/signal.ts'
import {runOnInstance} from '../remedies/core/on-instance.ts'
import {defineCheck, type Finding, type Note} from './check.ts'
import {
  channelClosed,
  customEndpoint,
  firewall,
  nameResolution,
  proxy,
  tlsTrust,
} from './operating-system/connections.ts'
import {
  DECIDED_BY,
  from,
  OPTIONAL_KINDS,
  type Rule,
  restart,
  type SystemContext,
  whenOffline,
} from './operating-system/context.ts'
import {
  denialByHiddenPolicy,
  metadata,
  registrationLost,
  rejectedCredentials,
  rootCredentials,
} from './operating-system/credentials.ts'
import {
  bootFailure,
  diskFull,
  networkDown,
  outOfMemory,
  sysprep,
  timeSkew,
  unsupported,
} from './operating-system/machine.ts'

const CATEGORIES = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/diagnosing-ec2-category-types.html'

const NODES =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html'

const SSM_CLI =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-managed-nodes-using-ssm-cli.html'

const TECHNICAL = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html'

const CLOCK = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html'

/** Evidence from the machine itself: its console output, and the files that were passed in. */
export const operatingSystem = defineCheck({
  id: 'operating-system',
  title: 'Operating system',
  subject: 'both',
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
  optionalKinds: OPTIONAL_KINDS,
  decidedBy: DECIDED_BY,
  run: (facts, instance, paths, evidence) => {
    const signals = [...consoleSignals(facts, instance), ...evidence]
    const context = {facts, instance, paths, signals, online: isOnline(facts, instance)}
    if (signals.length === 0) return noSignals(context)
    const found = CASES.flatMap((rule) => rule(context))
    const notes = [...symptomOfOthers(context, found), ...refusals(context), ...otherInstances(context)]
    return notes.length > 0 ? notes : started(signals)
  },
})

/** Without a line from inside there is only one thing to check, and nearly every instance of a fleet has none. */
function noSignals(context: SystemContext): readonly Note[] {
  const notes = unsupported(context)
  return notes.length > 0 ? notes : NO_SIGNALS
}

const NO_SIGNALS: readonly Note[] = [{skip: 'No log or console line of the instance shows its state.'}]

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

const hibernating = whenOffline(
  from(['hibernating'], (context) => ({
    cause: 'agent.hibernating',
    message: `The agent on ${context.instance.InstanceId} hibernates after repeated failures and retries less and less often, up to an hour apart.`,
    remedy: runOnInstance('Restart the agent after its cause is fixed', [restart(context)], {docs: TECHNICAL}),
  })),
)

/** Hibernation follows from other failures; it is a cause only if nothing else is known. */
const symptomOfOthers = ({signals}: SystemContext, found: readonly Finding[]): readonly Finding[] =>
  found.map((each) =>
    each.cause === 'agent.hibernating' && (found.some(isCause) || ofKind(signals, ...REASONS).length > 0)
      ? {...each, severity: 'symptom' as const}
      : each,
  )

/** What makes the agent hibernate, even if it has been fixed since. */
const REASONS = [
  ...['access-denied', 'no-role', 'host-management-off', 'not-registered', 'credentials-rejected'],
  ...['timeout', 'refused', 'unresolved', 'tls-trust', 'clock', 'signature', 'proxy-failed'],
  ...['metadata', 'throttled', 'unknown-instance', 'other-region'],
] as readonly Signal['kind'][]

const isCause = ({cause, severity}: Finding): boolean => cause !== 'agent.hibernating' && severity !== 'advises'

const otherInstances = ({instance, signals}: SystemContext): readonly Note[] =>
  ofKind(signals, 'other-instance').map(({source, nodeId}) => ({
    fact: `${source} has lines of ${nodeId ? `instance ${nodeId}` : 'an agent in an ECS task'}, not of ${instance.InstanceId}; they are ignored.`,
  }))

const CASES: readonly Rule[] = [
  bootFailure,
  networkDown,
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
  denialByHiddenPolicy,
  channelClosed,
  sysprep,
  unsupported,
  registrationLost,
  hibernating,
]

/** Identity and permissions are evaluated by other checks; here are the errors that the agent reported. */
const refusals = ({online, signals}: SystemContext): readonly Note[] =>
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
