import type {DeployedStack} from '../../collect/stack.ts'
import {type Account, isUnreadable} from '../../model/account.ts'
import {comparePlan} from '../../plan/compare.ts'
import {defaultsIn} from '../../plan/defaults.ts'
import {emptyAccount} from '../../plan/empty-account.ts'
import {planExitCode} from '../../plan/exit-code.ts'
import type {PlanReport} from '../../plan/plan-report.ts'
import type {ResourcePlan} from '../../plan/resource.ts'
import {changesOf, parsePlan} from '../../plan/terraform/parse-plan.ts'
import {terraformPlan} from '../../plan/terraform/read-plan.ts'
import {isObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import {inAws} from '../input/connection.ts'
import type {AccountFlags, RemedyFlags} from '../input/flags.ts'
import type {PlanSource} from '../input/plan-flags.ts'
import {textIn} from '../input/text-files.ts'
import {type OutputFlags, outputFor} from '../output/output-files.ts'
import {PLAN_FORMATS, type PlanFormat} from '../output/plan-formats.ts'
import {examineOptionsOf} from './examine-options.ts'

type PlanFlags = PlanSource & AccountFlags & RemedyFlags & OutputFlags<PlanFormat>

/** Prints the report, and returns the exit code. */
export async function printPlan(flags: PlanFlags, version: string) {
  const output = await outputFor(PLAN_FORMATS, flags, version)
  const report = await planIn(flags)
  await output(report)
  return planExitCode(report)
}

/** The report on a plan, applied to account files, to AWS, or to an empty account. */
async function planIn(flags: PlanFlags): Promise<PlanReport> {
  const {terraform, cloudformation} = flags
  if (terraform !== undefined) {
    const json = parsePlan(terraform, await textIn(terraform))
    changesOf(terraform, json)
    const {account} = await sourceOf(flags, regionIn(json))
    const isReal = flags.account !== undefined || flags.live === true
    const target = {
      region: account.Region,
      account: isReal ? account.Caller?.Account : undefined,
      defaults: defaultsIn(account),
    }
    const plan = terraformPlan(terraform, json, target)
    return compared(flags, account, plan, {file: terraform, language: 'terraform'})
  }
  if (cloudformation === undefined) throw usageError('Specify the plan: --terraform FILE or --cloudformation FILE.')
  const {stackFilesOf, stackPlan} = await import('./stack-plan.ts')
  const files = await stackFilesOf(cloudformation, flags)
  const {account, stack} = await sourceOf(flags, undefined)
  const plan = stackPlan(account, files, flags.stack, stack)
  return compared(flags, account, plan, {file: cloudformation, language: 'cloudformation'})
}

async function compared(
  flags: PlanFlags,
  account: Account,
  plan: ResourcePlan,
  source: PlanReport['source'],
): Promise<PlanReport> {
  const {snippet, prefer} = await examineOptionsOf({...flags, remedy: flags.remedy ?? source.language})
  return comparePlan(account, plan, source, {...(snippet && {snippet}), prefer})
}

/** The Region of the provider, if it is constant in the configuration. */
function regionIn(json: unknown): string | undefined {
  const providers = isObject(json) && isObject(json.configuration) ? json.configuration.provider_config : undefined
  const aws = isObject(providers)
    ? Object.values(providers).find((one) => isObject(one) && one.name === 'aws')
    : undefined
  const region = isObject(aws) && isObject(aws.expressions) ? aws.expressions.region : undefined
  return isObject(region) && typeof region.constant_value === 'string' ? region.constant_value : undefined
}

/** The account that the plan applies to, and the stack that it changes if that is read from AWS. */
interface Source {
  readonly account: Account
  readonly stack?: DeployedStack
}

async function sourceOf(flags: PlanFlags, planned: string | undefined): Promise<Source> {
  if (flags.account) {
    const {accountsIn, viewOfNetwork} = await import('../input/account-files.ts')
    const accounts = await accountsIn(flags.account, flags.region)
    const region = flags.region ?? planned
    const account = viewOfNetwork(accounts, ({Region}) => Region === region)
    mustListInstances(account)
    return {account}
  }
  if (flags.live || flags.stack !== undefined) return live(flags, planned)
  const region = flags.region ?? planned
  if (region === undefined) throw usageError('The plan does not say its Region; add --region.')
  return {account: emptyAccount(region, new Date().toISOString())}
}

const live = (flags: PlanFlags, planned: string | undefined): Promise<Source> =>
  inAws('Querying AWS', {...flags, region: flags.region ?? planned}, async (aws) => {
    const {collectRegion} = await import('../../collect/whole-region.ts')
    const {stack: name} = flags
    const [account, stack] = await Promise.all([
      collectRegion(aws),
      name === undefined ? undefined : import('../../collect/stack.ts').then(({readStack}) => readStack(aws, name)),
    ])
    mustListInstances(account)
    return {account, ...(stack && {stack})}
  })

/** A plan would seem to make none worse. Files may be of a network alone, where it launches the first instances. */
function mustListInstances({Instances}: Account): void {
  if (isUnreadable(Instances) && Instances.action !== undefined)
    throw usageError(`The instances of the account could not be read: ${Instances.unreadable}.`)
}
