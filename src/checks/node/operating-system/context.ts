import {commandsFor} from '../../../agent/commands.ts'
import {isConnected, systemOf} from '../../../agent/node.ts'
import {CONSOLE} from '../../../agent/output/console.ts'
import {lineEvidence, ofKind, type Signal} from '../../../agent/output/signal.ts'
import {type Fault, repairFor} from '../../../agent/repairs.ts'
import type {Context, Facts, Instance} from '../../../model/account.ts'
import {isHybrid} from '../../../model/hybrid.ts'
import {hostOf} from '../../../model/partition.ts'
import type {Path} from '../../../network/path.ts'
import {WALK_KINDS} from '../../../network/readings.ts'
import {runOnInstance, runOnMachine, runThroughSystemsManager} from '../../../remedies/core/on-instance.ts'
import {inWords, minutesBetween} from '../../../util/time.ts'
import type {Certainty, Finding} from '../../check.ts'
import type {Severity} from '../../severity.ts'

/** What the checks of the operating system share: the evidence, and how it becomes a finding. */

export const DECIDED_BY = [
  'ConsoleOutputs',
  'ConnectionStatuses',
  'InstanceInformationList',
  'InstanceImageMetadata',
  'ServiceSettings',
] as const
export const OPTIONAL_KINDS = [...DECIDED_BY, ...WALK_KINDS] as const

type SystemFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>

export interface SystemContext {
  readonly facts: SystemFacts & Context
  readonly instance: Instance
  readonly paths: readonly Path[]
  readonly signals: readonly Signal[]
  readonly online: boolean
}

/** What lines show: the cause, and what to run on the instance. */
interface Words {
  readonly cause: string
  readonly certainty?: Certainty
  readonly severity?: Severity
  readonly message: string
  readonly fix: string
  readonly commands: readonly string[]
  /** The node is online, and the commands cannot be run through it. */
  readonly sessionsFail?: boolean
}

export type Rule = (context: SystemContext) => readonly Finding[]
type Lines = (context: SystemContext) => readonly Signal[]

export const linesOf =
  (...kinds: readonly Signal['kind'][]): Lines =>
  ({signals}) =>
    ofKind(signals, ...kinds)

/** One finding for all lines that show the fault. */
export const from =
  (lines: Lines, wordsFor: (context: SystemContext, signals: readonly Signal[]) => Words): Rule =>
  (context) => {
    const signals = lines(context)
    if (signals.length === 0) return []
    const {instance} = context
    const {fix, commands, sessionsFail, ...words} = wordsFor(context, signals)
    const age = ageOfLog(context, signals)
    return [
      {
        ...words,
        ...(age !== undefined && {
          certainty: 'possible' as const,
          ...(context.online && {severity: 'advises' as const}),
          message: `${words.message} The log is ${inWords(age)} old, so this may have been fixed since.`,
        }),
        resource: instance.InstanceId,
        evidence: signals.map(lineEvidence),
        remedies: [runOn(context, sessionsFail)(fix, commands)],
      },
    ]
  }

/** No wait of the agent before it tries again, and no time zone, is as long as this. */
const OLD = 3 * 24 * 60

/** The minutes since the last line of a log that is old. A wrong clock dates its lines itself. */
function ageOfLog({facts, signals}: SystemContext, lines: readonly Signal[]): number | undefined {
  if (lines.some(({localTime}) => localTime === undefined) || ofKind(signals, 'clock').length > 0) return undefined
  const last = signals.reduce((latest, {localTime = ''}) => (localTime > latest ? localTime : latest), '')
  const age = minutesBetween(last, facts.ReadAt)
  return age !== undefined && age > OLD ? age : undefined
}

const runOn = (context: SystemContext, sessionsFail = false) => {
  if (isHybrid(context.instance)) return runOnMachine
  return context.online && !isChannelClosed(context) && !sessionsFail ? runThroughSystemsManager : runOnInstance
}

/** A node that is online has booted, whatever its console shows. */
export const whenOffline =
  (lines: Lines): Lines =>
  (context) =>
    context.online ? [] : lines(context)

/**
 * A node that is online reaches `ssm`. If its message channel is closed, what a log shows of the connection to
 * `ssmmessages` counts all the same; its console shows the boot.
 */
export const alsoForChannel =
  (rule: Rule): Rule =>
  (context) =>
    context.online && isChannelClosed(context)
      ? rule({...context, online: false, signals: context.signals.filter(isOfChannel)})
      : rule(context)

const isOfChannel = ({kind, service, source}: Signal): boolean =>
  source !== CONSOLE && (service === 'ssmmessages' || kind === 'proxy-set' || kind === 'proxy-exempt')

export const restart = ({facts, instance}: SystemContext): string => commandsFor(facts, instance).restart

/** What shows the fault, what changes it, and the restart with which the agent tries again. */
export const repair = (context: SystemContext, fault: Fault, ...confirming: readonly string[]): readonly string[] => {
  const {look, change} = repairFor(fault, context.facts, context.instance)
  return [...look, ...change, ...confirming, restart(context)]
}

export const isWindows = ({facts, instance}: SystemContext): boolean => systemOf(facts, instance) === 'windows'

/**
 * Certificates of AWS are valid for about a year and renewed in time: one that had expired by a clock that is not ahead
 * is not from AWS.
 */
export const hasExpired = ({facts}: SystemContext, {clock, expired}: Signal): boolean =>
  clock !== undefined && expired !== undefined && Date.parse(expired) < Date.parse(clock) && !isAhead(facts, clock)

export const isChannelClosed = ({facts, instance}: SystemContext): boolean => isConnected(facts, instance) === false

const DAY = 24 * 60

const isAhead = ({ReadAt}: Context, clock: string): boolean => (minutesBetween(ReadAt, clock) ?? 0) > DAY

/**
 * The metadata service answers over HTTP, so a proxy for HTTP takes its calls unless it is exempt.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent.html
 */
export const isMetadataProxied = ({signals}: SystemContext): boolean =>
  ofKind(signals, 'proxy-set').some(({isForHttp}) => isForHttp) && ofKind(signals, 'proxy-exempt').length === 0

/** Without a failure to reach `ssm` itself the node still registers; STS is called only to test what the agent uses. */
export const onlyDegrades = (signals: readonly Signal[]) =>
  signals.some(({service = 'ssm'}) => service === 'ssm' || service === 'sts') ? {} : {severity: 'degrades' as const}

/** The metadata service and the names are out of reach for such an instance as well. */
export const isWithoutNetwork = ({signals}: SystemContext): boolean =>
  ofKind(signals, 'network-down').length > 0 && ofKind(signals, 'network-up', 'boot-failure').length === 0

/** The service whose calls failed: that of the first line that names one. */
const hostIn = ({facts}: SystemContext, signals: readonly Signal[]): string => {
  const named = signals.find(({service}) => service === 'ssmmessages' || service === 'ec2messages' || service === 's3')
  const isOfSsm = signals.some(({service = 'ssm'}) => service === 'ssm')
  return hostOf(isOfSsm ? 'ssm' : (named?.service ?? 'ssm'), facts)
}

/**
 * What confirms or rules out a fault between the instance and Systems Manager: names, the route and the agent's own
 * tests.
 */
export const confirm = (context: SystemContext, signals: readonly Signal[]): readonly string[] => {
  const host = hostIn(context, signals)
  const {diagnostics, name, route} = commandsFor(context.facts, context.instance)
  return [name(host), route(host), diagnostics]
}

/** What confirms that something on the path answers in place of AWS. */
export const confirmIssuer = (context: SystemContext, signals: readonly Signal[]): readonly string[] => {
  const {diagnostics, certificate} = commandsFor(context.facts, context.instance)
  return [certificate(hostIn(context, signals)), diagnostics]
}
