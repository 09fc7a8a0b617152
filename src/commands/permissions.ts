import {string} from '@oclif/core/args'
import {boolean, option, string as text} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import type {Kind} from '../model/account.ts'
import type {PolicyScope} from '../model/permissions.ts'
import {usageError} from '../util/usage-error.ts'

const SCOPES: Readonly<Record<string, PolicyScope>> = {
  diagnose: 'instance',
  preflight: 'launch',
  audit: 'fleet',
  inspector: 'fleet',
  plan: 'fleet',
}
const INSPECTOR: readonly Kind[] = ['CoveredResources', 'AccountStatuses']

/** Of associations only those are asked without which Amazon Inspector lacks the inventory. */
const NOT_AUDITED: readonly Kind[] = [...INSPECTOR, 'InstanceAssociations']

/** Plans are of EC2 instances, and Amazon Inspector scans no other nodes. */
const OF_HYBRID_NODES: readonly Kind[] = ['ActivationList']

const UNASKED: Readonly<Record<string, readonly Kind[]>> = {
  diagnose: INSPECTOR,
  audit: NOT_AUDITED,
  plan: [...NOT_AUDITED, ...OF_HYBRID_NODES],
  inspector: OF_HYBRID_NODES,
}

export default class Permissions extends BaseCommand {
  static override summary = 'The exact read-only IAM policy that the tool needs, whole or for one command.'
  static override examples = [
    '<%= config.bin %> permissions',
    '<%= config.bin %> permissions diagnose',
    '<%= config.bin %> permissions audit --role-name ssm-doctor-audit',
    '<%= config.bin %> permissions diagnose --with since-when',
    '<%= config.bin %> permissions diagnose --with flow-logs',
    '<%= config.bin %> permissions --commands',
  ]
  static override args = {
    command: string({
      description: 'Limit the policy to this command.',
      options: ['diagnose', 'preflight', 'plan', 'snapshot', 'audit', 'inspector'],
    }),
  }
  static override flags = {
    commands: boolean({summary: 'Print AWS CLI commands that collect the same data instead.'}),
    with: option({
      options: ['flow-logs', 'since-when'] as const,
      summary: 'Also what a flag of diagnose needs that nothing else asks for.',
      multiple: true,
    })(),
    partition: option({
      options: ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'] as const,
      summary: 'Partition of the ARNs in the policy.',
      default: 'aws',
    })(),
    'role-name': text({
      summary: 'Role that audit and inspector assume in other accounts.',
      default: 'ssm-doctor-audit',
    }),
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Permissions)
    const [
      {describedBy, KINDS},
      {commandsFor, crossAccountStatements, flowLogStatements, policyFor, stackStatements},
      {commandsText, policyText},
    ] = await Promise.all([
      import('../model/kinds.ts'),
      import('../model/permissions.ts'),
      import('../render/text/permissions.ts'),
    ])
    const {command = ''} = args
    if (flags.with && command !== '' && command !== 'diagnose')
      throw usageError(`--with is for diagnose; ${command} never asks for it.`)
    const running = KINDS.filter((kind) => describedBy(kind).running)
    const unasked: readonly Kind[] = {...UNASKED, preflight: running}[command] ?? []
    const asked = flags.with ?? []
    const kinds = KINDS.filter((kind) => {
      const {optIn} = describedBy(kind)
      return optIn === undefined ? !unasked.includes(kind) : asked.includes(optIn)
    })
    const scope = SCOPES[command] ?? 'region'
    const policy = policyFor(kinds, flags.partition, scope)
    const isOfMany = command === 'audit' || command === 'inspector'
    const entrance = isOfMany ? crossAccountStatements(flags.partition, flags['role-name']) : []
    const stacks = command === '' || command === 'plan' ? stackStatements : []
    const evidence = flags.with?.includes('flow-logs') ? flowLogStatements(flags.partition) : []
    const whole = {...policy, Statement: [...policy.Statement, ...entrance, ...stacks, ...evidence]}
    this.print(flags.commands ? commandsText(commandsFor(kinds)) : policyText(whole))
  }
}
