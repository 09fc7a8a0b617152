import type {Audit} from '../../audit/report.ts'
import {checks} from '../../checks/index.ts'
import {explainOne, idsLike} from '../../render/text/explain.ts'
import {PIPE} from '../../render/text/terminal.ts'
import {stringIn} from '../../util/json.ts'
import {plain} from '../../util/plain-text.ts'
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

/** One call of a tool. */
interface ToolCall {
  readonly source: Source
  readonly signal: AbortSignal
  /** Reports progress, in one line. */
  readonly say: (what: string) => void
}

type Arguments = Readonly<Record<string, unknown>>
type Tool = (given: Arguments, call: ToolCall) => Promise<object>

const flagsFor = (given: Arguments, {source, signal}: ToolCall): AccountFlags => ({
  ...source,
  region: stringIn(given, 'region') ?? source.region,
  signal,
})

const examineInstance: Tool = async (given, call) => {
  const target = targetOf(stringIn(given, 'instance') ?? '')
  call.say(`Examining ${target.id}`)
  const {examineAll} = await import('../run/examine-all.ts')
  const [examined] = await examineAll([target], {...flagsFor(given, call), prefer: given.prefer as never})
  return examined!.report
}

const reach: Tool = async (given, call) => {
  const target = targetOf(stringIn(given, 'instance') ?? '')
  call.say(`Tracing the path from ${target.id}`)
  const {reachIn} = await import('../run/reach.ts')
  const port = typeof given.port === 'number' ? given.port : 443
  return reachIn([target], {...flagsFor(given, call), to: stringIn(given, 'to') ?? '', port})
}

const preflight: Tool = async (given, call) => {
  const subnet = stringIn(given, 'subnet') ?? ''
  call.say(`Examining a launch into ${subnet}`)
  const {preflightIn} = await import('../run/preflight.ts')
  const launch = {
    subnet,
    groups: Array.isArray(given.security_groups) ? given.security_groups.map(String) : [],
    role: stringIn(given, 'role'),
    profile: stringIn(given, 'instance_profile'),
    image: stringIn(given, 'image'),
    publicIp: typeof given.public_ip === 'boolean' ? given.public_ip : undefined,
    platform: undefined,
    instanceType: undefined,
  }
  return (await preflightIn(launch, flagsFor(given, call))).report
}

/** Pages come from the audit of the first page: another one might have other groups. */
const MAX_KEPT = 4
const kept = new Map<string, Audit>()

const auditSummary: Tool = async ({cursor, page_size: size, ...given}, call) => {
  const [key, from] = typeof cursor === 'string' ? cursorIn(cursor) : [await audited(given, call), 0]
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

async function audited(given: Arguments, {source, signal, say}: ToolCall): Promise<string> {
  const [{auditFleet}, {connect}] = await Promise.all([import('../fleet/audit.ts'), import('../../collect/aws.ts')])
  const named = Array.isArray(given.regions) ? given.regions.map(String) : []
  const own = source.region === undefined ? undefined : [source.region]
  const flags: FleetFlags = {
    ...source,
    region: named.length > 0 ? named : own,
    profile: source.profile === undefined ? undefined : [source.profile],
    'all-regions': false,
    organization: false,
    concurrency: 4,
    'include-stopped': given.include_stopped === true,
    'include-hybrid': given.include_hybrid === true,
    'allow-empty': true,
    'owner-tag': 'Owner',
    format: 'json',
    json: true,
    'no-color': true,
  }
  say('Auditing')
  const {audit} = await auditFleet(flags, {
    also: ({account}) => say(`Examined ${account.Caller?.Account ?? 'an account'} ${account.Region}`),
    ...(!source.account && {connect: (connection) => connect({...connection, signal}, {maxAttempts: 12})}),
  })
  signal.throwIfAborted()
  audits += 1
  kept.set(String(audits), audit)
  for (const old of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(old)
  return String(audits)
}

/** Every cause with the check that finds it. */
export const catalog = checks.flatMap(({id: check, causes}) =>
  Object.entries(causes).map(([id, {title, severity, docs}]) => ({id, title, severity, docs, check})),
)

const explain: Tool = async (given) => {
  const id = stringIn(given, 'id') ?? ''
  const text = explainOne(id, checks, PIPE)
  const alike = idsLike(id, checks)
  if (text === undefined)
    throw usageError(
      `Unknown check or cause "${plain(id)}".${alike.length > 0 ? ` Did you mean ${alike.join(', ')}?` : ''}`,
    )
  return {id, text, causes: catalog.filter((cause) => cause.id === id || cause.check === id)}
}

const permissions: Tool = async (given) => {
  const {policyOf} = await import('../run/permissions.ts')
  const partition = stringIn(given, 'partition') ?? 'aws'
  return policyOf(stringIn(given, 'command') ?? '', {partition, 'role-name': 'ssm-doctor-audit'})
}

export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  examine_instance: examineInstance,
  reach,
  preflight,
  audit_summary: auditSummary,
  explain,
  permissions,
}
