import type {Audit} from '../../audit/report.ts'
import {catalog} from '../../checks/catalog.ts'
import {checks} from '../../checks/index.ts'
import {explainOne, unknownId} from '../../render/text/explain.ts'
import {PIPE} from '../../render/text/terminal.ts'
import {stringIn} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import type {FleetFlags} from '../fleet/flags.ts'
import type {AccountFlags} from '../input/flags.ts'
import {targetOf} from '../input/target.ts'
import type {ToolName} from './schemas.ts'

/** Where the data comes from, chosen by the user who starts the server: an assistant chooses no files and no roles. */
export type Source = Pick<
  AccountFlags,
  'account' | 'region' | 'profile' | 'role-arn' | 'external-id' | 'network-timeout'
>

interface ToolCall {
  readonly source: Source
  readonly signal: AbortSignal
  /** Reports progress, in one line. */
  readonly say: (what: string) => void
}

type Arguments = Readonly<Record<string, unknown>>
type Tool = (args: Arguments, call: ToolCall) => Promise<object>

const flagsFor = (args: Arguments, {source, signal}: ToolCall): AccountFlags => ({
  ...source,
  region: stringIn(args, 'region') ?? source.region,
  signal,
})

const examineInstance: Tool = async (args, call) => {
  const target = targetOf(stringIn(args, 'instance') ?? '')
  call.say(`Examining ${target.id}`)
  const {examineAll} = await import('../run/examine-all.ts')
  const [examined] = await examineAll([target], {...flagsFor(args, call), prefer: args.prefer as never})
  return examined!.report
}

const reach: Tool = async (args, call) => {
  const target = targetOf(stringIn(args, 'instance') ?? '')
  call.say(`Tracing the path from ${target.id}`)
  const {reachIn} = await import('../run/reach.ts')
  const port = typeof args.port === 'number' ? args.port : 443
  return reachIn([target], {...flagsFor(args, call), to: stringIn(args, 'to') ?? '', port})
}

const preflight: Tool = async (args, call) => {
  const subnet = stringIn(args, 'subnet') ?? ''
  call.say(`Examining a launch into ${subnet}`)
  const {preflightIn} = await import('../run/preflight.ts')
  const launch = {
    subnet,
    groups: Array.isArray(args.security_groups) ? args.security_groups.map(String) : [],
    role: stringIn(args, 'role'),
    profile: stringIn(args, 'instance_profile'),
    image: stringIn(args, 'image'),
    publicIp: typeof args.public_ip === 'boolean' ? args.public_ip : undefined,
    platform: undefined,
    instanceType: undefined,
  }
  return (await preflightIn(launch, flagsFor(args, call))).report
}

/** Pages come from the audit of the first page: another one might have other groups. */
const MAX_KEPT = 4
const kept = new Map<string, Audit>()

const auditSummary: Tool = async ({cursor, page_size: size, ...args}, call) => {
  const [key, from] = typeof cursor === 'string' ? cursorIn(cursor) : [await audited(args, call), 0]
  const audit = kept.get(key)
  if (!audit) throw usageError('This cursor is of an audit that is no longer kept; start again without it.')
  const to = from + (typeof size === 'number' ? size : 20)
  const {scopes, totals, groups, unreadable} = audit
  return {
    scopes,
    totals,
    groups: groups.slice(from, to),
    groupCount: groups.length,
    unreadable,
    ...(to < groups.length && {nextCursor: `${key}:${to}`}),
  }
}

function cursorIn(cursor: string): readonly [string, number] {
  const [, key, from] = /^(\d+):(\d+)$/.exec(cursor) ?? []
  if (key === undefined) throw usageError('This is not a nextCursor of audit_summary.')
  return [key, Number(from)]
}

let audits = 0

async function audited(args: Arguments, {source, signal, say}: ToolCall): Promise<string> {
  const [{auditFleet}, {connect}] = await Promise.all([
    import('../fleet/audit.ts'),
    import('../../collect/client/aws.ts'),
  ])
  const named = Array.isArray(args.regions) ? args.regions.map(String) : []
  const own = source.region === undefined ? undefined : [source.region]
  const flags: FleetFlags = {
    ...source,
    region: named.length > 0 ? named : own,
    profile: source.profile === undefined ? undefined : [source.profile],
    concurrency: 4,
    'include-stopped': args.include_stopped === true,
    'include-hybrid': args.include_hybrid === true,
    'allow-empty': true,
    'owner-tag': 'Owner',
    format: 'json',
    remedy: 'cli',
  }
  say('Auditing')
  const {audit} = await auditFleet(flags, {
    onExamined: ({account}) => say(`Examined ${account.Caller?.Account ?? 'an account'} ${account.Region}`),
    ...(!source.account && {connect: (connection) => connect({...connection, signal}, {maxAttempts: 12})}),
  })
  signal.throwIfAborted()
  audits += 1
  kept.set(String(audits), audit)
  for (const old of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(old)
  return String(audits)
}

const explain: Tool = async (args) => {
  const id = stringIn(args, 'id') ?? ''
  const text = explainOne(id, checks, PIPE)
  if (text === undefined) throw usageError(unknownId(id, checks))
  return {id, text, causes: catalog.filter((cause) => cause.id === id || cause.check === id)}
}

const permissions: Tool = async (args) => {
  const {policyOf} = await import('../run/permissions.ts')
  const partition = stringIn(args, 'partition') ?? 'aws'
  return policyOf(stringIn(args, 'command') ?? '', {partition, 'role-name': 'ssm-doctor-audit'})
}

export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  examine_instance: examineInstance,
  reach,
  preflight,
  audit_summary: auditSummary,
  explain,
  permissions,
}
