import type {Kind} from '../../model/account.ts'
import {describedBy, KINDS} from '../../model/kinds.ts'
import {
  crossAccountStatements,
  flowLogStatements,
  type PolicyScope,
  policyFor,
  type ReadOnlyPolicy,
  stackStatements,
} from '../../model/permissions.ts'
import {usageError} from '../../util/usage-error.ts'

const INSPECTOR: readonly Kind[] = ['CoveredResources', 'AccountStatuses']

/** Only associations that Amazon Inspector needs for its inventory are read. */
const NOT_AUDITED: readonly Kind[] = [...INSPECTOR, 'InstanceAssociations']

/** Plans and paths are about EC2 instances, and Amazon Inspector scans no other nodes. */
const OF_HYBRID_NODES: readonly Kind[] = ['ActivationList']

interface Calls {
  readonly scope: PolicyScope
  readonly omitted: readonly Kind[]
  /** False: the command reads one Region and lists no others. */
  readonly searches?: false
}

const COMMANDS: Readonly<Record<string, Calls>> = {
  diagnose: {scope: 'instance', omitted: INSPECTOR},
  reach: {scope: 'instance', omitted: [...INSPECTOR, ...OF_HYBRID_NODES]},
  preflight: {scope: 'launch', omitted: KINDS.filter((kind) => describedBy(kind).running)},
  audit: {scope: 'fleet', omitted: NOT_AUDITED},
  inspector: {scope: 'fleet', omitted: OF_HYBRID_NODES},
  plan: {scope: 'fleet', omitted: [...NOT_AUDITED, ...OF_HYBRID_NODES], searches: false},
  snapshot: {scope: 'region', omitted: [], searches: false},
}

/** The commands that have the flag for opt-in evidence. */
const ASKED_BY: Readonly<Record<string, readonly string[]>> = {
  'flow-logs': ['', 'diagnose', 'reach'],
  'since-when': ['', 'diagnose'],
}

interface PermissionFlags {
  readonly partition: string
  readonly 'role-name': string
  /** Opt-in evidence that is also read. */
  readonly with?: readonly string[] | undefined
}

/** The kinds that a command reads from AWS; '' is all commands. */
export function kindsOf(command: string, {with: options = []}: Pick<PermissionFlags, 'with'>): readonly Kind[] {
  const other = options.find((option) => !(ASKED_BY[option] ?? []).includes(command))
  if (other !== undefined)
    throw usageError(
      `--with ${other} is for ${ASKED_BY[other]?.filter(Boolean).join(' and ')}; ${command} never asks for it.`,
    )
  const omitted = COMMANDS[command]?.omitted ?? []
  return KINDS.filter((kind) => {
    const {optIn} = describedBy(kind)
    return optIn === undefined ? !omitted.includes(kind) : options.includes(optIn)
  })
}

export function policyOf(command: string, flags: PermissionFlags): ReadOnlyPolicy {
  const {scope = 'all', searches} = COMMANDS[command] ?? {}
  const policy = policyFor(kindsOf(command, flags), flags.partition, scope, searches)
  const isOfMany = command === 'audit' || command === 'inspector'
  const crossAccount = isOfMany ? crossAccountStatements(flags.partition, flags['role-name']) : []
  const stacks = command === '' || command === 'plan' ? stackStatements : []
  const evidence = flags.with?.includes('flow-logs') ? flowLogStatements(flags.partition) : []
  return {...policy, Statement: [...policy.Statement, ...crossAccount, ...stacks, ...evidence]}
}
