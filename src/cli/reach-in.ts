import {find} from '../account/joins.ts'
import {usageError} from '../account/usage-error.ts'
import {type ReachReport, reach} from '../doctor/reach.ts'
import {connectionOf} from './connection.ts'
import type {AccountFlags} from './flags.ts'
import type {Target} from './target.ts'

interface ReachFlags extends AccountFlags {
  readonly to: string
  readonly port: number
}

/** Walks from one instance, in account files or in AWS. */
export async function reachIn(targets: readonly Target[], flags: ReachFlags): Promise<ReachReport> {
  const [target, ...others] = targets
  if (!target || others.length > 0)
    throw usageError('Name one instance: ssm-doctor reach i-0123456789abcdef0 --to DESTINATION --port N')
  const account = await accountWith(target, flags)
  const instance = find(account.Instances, 'InstanceId', target.id)
  if (!instance)
    throw usageError(`${target.id} is not there; check the id and --region, or examine it: ssm-doctor ${target.id}`)
  return reach(account, instance, flags.to, flags.port)
}

async function accountWith({id, region}: Target, flags: ReachFlags) {
  if (!flags.account) {
    const [{connect}, {collect}] = await Promise.all([import('../account/aws.ts'), import('../account/collect.ts')])
    return collect(await connect(connectionOf({...flags, region: flags.region ?? region})), [id])
  }
  const [{readAccounts}, {viewFor}] = await Promise.all([
    import('../account/account-file.ts'),
    import('../account/fleet.ts'),
  ])
  const {accounts} = await readAccounts(flags.account, {region: flags.region})
  const home = accounts.find((account) => find(account.Instances, 'InstanceId', id)) ?? accounts[0]
  if (!home) throw usageError('The files hold no account.')
  return viewFor(accounts, home)
}
