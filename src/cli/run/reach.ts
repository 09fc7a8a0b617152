import {isIP} from 'node:net'
import {type Account, isUnreadable} from '../../model/account.ts'
import {find} from '../../model/joins.ts'
import {type ReachReport, reach} from '../../reach/reach.ts'
import {plain} from '../../util/plain-text.ts'
import {usageError} from '../../util/usage-error.ts'
import {accountsIn, viewOf} from '../input/account-files.ts'
import {connectionOf} from '../input/connection.ts'
import type {AccountFlags} from '../input/flags.ts'
import type {Target} from '../input/target.ts'

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
  const stranger = invalidDestination(account, flags.to)
  if (stranger) throw usageError(stranger)
  return reach(account, instance, flags.to, flags.port)
}

const HOST = /^(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9-]{1,63}\.?$/i

/** Why there is nothing to walk to: what is typed is no destination, or an endpoint that was not read. */
function invalidDestination({VpcEndpoints, Region}: Account, to: string): string | undefined {
  const isNumber = /^[\d.]+$/.test(to)
  if (isNumber ? !isIP(to) : !isIP(to) && !HOST.test(to))
    return `"${plain(to)}" is no endpoint, service, host or address. Type for example --to kms, or --to 10.8.6.20 --port 5432`
  if (/^(?:127|169\.254)\./.test(to))
    return `${to} never leaves the host of the instance: no route, group or network ACL counts for it.`
  if (!/^vpce-[0-9a-f]+$/.test(to) || find(VpcEndpoints, 'VpcEndpointId', to)) return undefined
  if (isUnreadable(VpcEndpoints)) return `Endpoints could not be read: ${VpcEndpoints.unreadable}`
  return `There is no endpoint ${to} around the instance in ${Region}; check the id and --region.`
}

async function accountWith({id, region}: Target, flags: ReachFlags) {
  if (!flags.account) {
    const [{connect}, {collect}] = await Promise.all([
      import('../../collect/aws.ts'),
      import('../../collect/collect.ts'),
    ])
    return collect(await connect(connectionOf({...flags, region: flags.region ?? region})), [id])
  }
  const accounts = await accountsIn(flags.account, flags.region)
  return viewOf(accounts, ({Instances}) => find(Instances, 'InstanceId', id) !== undefined)
}
