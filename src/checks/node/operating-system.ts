import {isOnline} from '../../agent/node.ts'
import {consoleSignals} from '../../agent/output/console.ts'
import {ofKind, ofOtherInstance, type Signal} from '../../agent/output/signal.ts'
import {ec2Guide, ssmGuide} from '../../model/documentation.ts'
import {blocks, defineCheck, degrades, type Finding, type Note} from '../check.ts'
import {
  channelClosed,
  customEndpoint,
  firewall,
  nameResolution,
  proxy,
  tlsTrust,
} from './operating-system/connections.ts'
import {
  alsoForChannel,
  DECIDED_BY,
  from,
  linesOf,
  OPTIONAL_KINDS,
  type Rule,
  restart,
  type SystemContext,
  whenOffline,
} from './operating-system/context.ts'
import {denialByHiddenPolicy, metadata, rejectedCredentials, rootCredentials} from './operating-system/credentials.ts'
import {
  bootFailure,
  diskFull,
  halted,
  networkDown,
  outOfMemory,
  runAsUser,
  sysprep,
  timeSkew,
  unsupported,
} from './operating-system/machine.ts'

const CATEGORIES = ssmGuide('diagnosing-ec2-category-types')
const NODES = ssmGuide('fleet-manager-troubleshooting-managed-nodes')
const SSM_CLI = ssmGuide('troubleshooting-managed-nodes-using-ssm-cli')
const TECHNICAL = ssmGuide('ssm-agent-technical-details')
const CLOCK = ec2Guide('set-time')

/** Evidence from the machine itself: its console output, and the files that were passed in. */
export const operatingSystem = defineCheck({
  id: 'operating-system',
  title: 'Operating system',
  subject: 'both',
  why: 'The agent needs a booted system with a correct clock, free disk space, trusted root certificates and outbound access.',
  causes: {
    'os.boot-failure': blocks('an operating system that does not boot', CATEGORIES),
    'os.disk-full': blocks('a full disk', CATEGORIES),
    'os.oom': degrades('exhausted memory', CATEGORIES),
    'os.time-skew': blocks('a wrong clock', CLOCK),
    'os.tls-trust': blocks('certificates that the instance does not trust', NODES),
    'os.firewall': blocks('a firewall on the instance', CATEGORIES),
    'os.name-resolution': blocks('a name that resolves differently on the instance', CATEGORIES),
    'os.proxy': blocks('a proxy on the path', NODES),
    'os.windows-sysprep': blocks('an unfinished Sysprep', SSM_CLI),
    'os.run-as-user': degrades(
      'sessions that run as a user who does not exist',
      ssmGuide('session-preferences-run-as'),
    ),
    'os.unsupported': blocks(
      'an operating system that SSM Agent does not support',
      ssmGuide('configure-proxy-ssm-agent-windows'),
    ),
    'os.custom-endpoint': blocks(
      'a custom endpoint in the configuration of the agent',
      'https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/README.md',
    ),
    'os.root-credentials': degrades("root's credentials file takes precedence over the instance role", TECHNICAL),
    'agent.hibernating': blocks('a hibernating agent', TECHNICAL),
    'imds.unreachable': blocks('a metadata service that the instance cannot reach', SSM_CLI),
  },
  fromInstance: true,
  dependsOn: ['path', 'machine'],
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

/** https://github.com/aws/amazon-ssm-agent/issues/468 */
const hibernating = from(whenOffline(linesOf('hibernating')), (context, signals) => ({
  cause: 'agent.hibernating',
  message: `The agent on ${context.instance.InstanceId} ${hibernation(signals.at(-1)?.wait)}.`,
  fix: 'Restart the agent after its cause is fixed',
  commands: [restart(context)],
}))

const hibernation = (wait: string | undefined): string =>
  wait === undefined
    ? 'hibernates after repeated failures and retries less and less often, up to an hour apart'
    : `could not get credentials and waits ${wait} before it retries`

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
  ...['metadata', 'throttled', 'unknown-instance', 'other-region', 'fingerprint', 'no-identity'],
] as readonly Signal['kind'][]

const isCause = ({cause, severity}: Finding): boolean => cause !== 'agent.hibernating' && severity !== 'advises'

const otherInstances = ({instance, signals}: SystemContext): readonly Note[] =>
  ofKind(signals, 'other-instance').map((signal) => ({fact: ofOtherInstance(signal, instance.InstanceId)}))

const CASES: readonly Rule[] = [
  bootFailure,
  halted,
  networkDown,
  diskFull,
  outOfMemory,
  metadata,
  timeSkew,
  ...[tlsTrust, proxy, firewall, nameResolution, customEndpoint].map(alsoForChannel),
  rootCredentials,
  rejectedCredentials,
  denialByHiddenPolicy,
  channelClosed,
  sysprep,
  runAsUser,
  unsupported,
  hibernating,
]

/** Identity and permissions are evaluated by other checks; here are the errors that the agent reported. */
const refusals = ({online, signals}: SystemContext): readonly Note[] =>
  online
    ? []
    : [
        ...ofKind(signals, 'access-denied', 'host-management-off', 'throttled').map(({line}) => ({
          fact: `The service answered the agent, so the network allowed it at that time: ${line}`,
        })),
        ...ofKind(signals, 'no-role').map(({line}) => ({
          fact: `The metadata service had no credentials for the agent then: ${line}`,
        })),
      ]
