import {BlockList, isIP} from 'node:net'
import {type Account, type Instance, isUnreadable, itemsOf} from '../../model/account.ts'
import {isHybridId} from '../../model/hybrid.ts'
import {find} from '../../model/lists.ts'
import {amazonDnsServerIn} from '../../network/dns/amazon-server.ts'
import {isWithin, withoutDot} from '../../network/dns/name.ts'
import {serves} from '../../network/endpoints/endpoint.ts'
import {addressesOf} from '../../network/interfaces.ts'
import {addressInName, type ReachReport, reach} from '../../reach/reach.ts'
import {KNOWN_SERVICES} from '../../reach/services.ts'
import {plain} from '../../util/plain-text.ts'
import {usageError} from '../../util/usage-error.ts'
import {inAws} from '../input/connection.ts'
import type {AccountFlags, FlowLogFlags} from '../input/flags.ts'
import {assertAccount, assertFile, regionOf, type Target} from '../input/target.ts'
import {flowLogReaderFor} from './examine-options.ts'

interface ReachFlags extends AccountFlags, FlowLogFlags {
  readonly to: string
  readonly port: number
}

/** Walks from one instance, in account files or in AWS. */
export async function reachIn(targets: readonly Target[], flags: ReachFlags): Promise<ReachReport> {
  const [target, ...others] = targets
  if (!target || others.length > 0)
    throw usageError('Specify one instance: ssm-doctor reach i-0123456789abcdef0 --to DESTINATION --port N')
  if (isHybridId(target.id))
    throw usageError(
      `${target.id} is a hybrid node, and AWS does not see its network. Test on the machine, for example: curl --verbose https://${HOST.test(flags.to) && flags.to.includes('.') ? flags.to : 'HOST'}:${flags.port}/`,
    )
  const readFlowLog = await flowLogReaderFor(flags)
  const {account, aws} = await accountWith(target, flags)
  if (flags.account) assertFile(target, account)
  else assertAccount([target], account, true)
  const instance = find(account.Instances, 'InstanceId', target.id)
  if (!instance) throw usageError(whyNotFound(target, account, flags))
  const invalid = invalidDestination(account, instance, flags.to) ?? amazonServerAt(account, instance, flags)
  if (invalid) throw usageError(invalid)
  return reach(account, instance, flags.to, flags.port, await readFlowLog(account, target.id, aws))
}

function whyNotFound({id}: Target, {Instances}: Account, {account}: ReachFlags): string {
  if (isUnreadable(Instances)) return `${id} could not be read: ${Instances.unreadable}.`
  if (account) return `The account file does not list ${id}.`
  return `Cannot find ${id}; check the id and --region, or examine it: ssm-doctor ${id}`
}

const HOST = /^(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9-]{1,63}\.?$/i

function blocks(...cidrs: readonly string[]): BlockList {
  const list = new BlockList()
  for (const [address = '', prefix] of cidrs.map((cidr) => cidr.split('/')))
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return list
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const ON_HOST = blocks('127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fd00:ec2::/32')
/**
 * Only transit gateways forward multicast, and no TCP connection uses it; a VPC has no broadcast.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-multicast-overview.html
 */
const NOT_ROUTED = blocks('0.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '::/128', 'fe80::/10', 'ff00::/8')

const isIn = (list: BlockList, to: string): boolean =>
  isIP(to) !== 0 && list.check(to, isIP(to) === 6 ? 'ipv6' : 'ipv4')

/** Why there is no path to trace: the argument is not a destination, or an endpoint that was not read. */
function invalidDestination(account: Account, instance: Instance, to: string): string | undefined {
  const {Instances, VpcEndpoints, Region} = account
  const isNumber = /^[\d.]+$/.test(to)
  if (isNumber ? !isIP(to) : !isIP(to) && !HOST.test(to))
    return `"${plain(to)}" is not an endpoint, service, host or IP address. Examples: --to kms, or --to 10.8.6.20 --port 5432`
  if (isIn(ON_HOST, to))
    return `${to} never leaves the host of the instance: routes, security groups and network ACLs do not apply to it.`
  if (/^localhost\.?$/i.test(to) || isItself(instance, to))
    return `${to} is the instance itself: no route, security group or network ACL applies.`
  if (isIn(NOT_ROUTED, to))
    return `${to} is a multicast, broadcast, link-local or unspecified address, which a VPC does not route.`
  if (/^::ffff:\d+\./i.test(to)) return `${to} is an IPv4 address in IPv6 notation; use ${to.slice(7)}.`
  if (/^i-[0-9a-f]+$/.test(to) && !find(Instances, 'InstanceId', to))
    return `Instance ${to} is not in the collected data; use its private IP address.`
  if (isUnresolvable(account, to))
    return `"${plain(to)}" is not a name that the instance can be known to resolve: no private hosted zone answers for it, and it is not a public name. Use an AWS service such as kms, a full host name or an IP address.`
  if (!/^vpce-[0-9a-f]+$/.test(to) || find(VpcEndpoints, 'VpcEndpointId', to)) return undefined
  if (isUnreadable(VpcEndpoints)) return `Endpoints could not be read: ${VpcEndpoints.unreadable}`
  return `Cannot find endpoint ${to} near the instance in ${Region}; check the id and --region.`
}

const isItself = ({InstanceId, PrivateIpAddress, NetworkInterfaces}: Instance, to: string): boolean =>
  [InstanceId, PrivateIpAddress, ...NetworkInterfaces.flatMap(addressesOf)].includes(to)

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html */
function amazonServerAt({Vpcs}: Account, {VpcId}: Instance, {to, port}: ReachFlags): string | undefined {
  const server = amazonDnsServerIn(find(Vpcs, 'VpcId', VpcId)?.CidrBlock ?? '')
  return port === 53 && to === server
    ? `${to} is the Amazon DNS server of VPC ${VpcId}: security groups and network ACLs do not apply to queries to it.`
    : undefined
}

/** Top-level names that public DNS never resolves. https://www.rfc-editor.org/rfc/rfc6761 and ICANN's `internal`. */
const PRIVATE_TOP = new Set(['internal', 'local', 'localhost', 'test', 'invalid', 'lan', 'corp', 'home', 'intranet'])

function isUnresolvable({HostedZones, VpcEndpoints, Region}: Account, to: string): boolean {
  if (isIP(to) || addressInName(to.toLowerCase()) !== undefined || /^(?:vpce|i)-[0-9a-f]+$/.test(to)) return false
  const host = withoutDot(to)
  const isOwned = isUnreadable(HostedZones) || HostedZones.some(({Name}) => isWithin(host, Name))
  if (host.includes('.')) return !isOwned && PRIVATE_TOP.has(host.split('.').at(-1) ?? '')
  return !KNOWN_SERVICES.has(host) && !itemsOf(VpcEndpoints).some((endpoint) => serves(endpoint, host, Region))
}

async function accountWith(target: Target, flags: ReachFlags) {
  if (!flags.account)
    return inAws(`Querying AWS for ${target.id}`, {...flags, region: regionOf(target, flags.region)}, async (aws) => {
      const {collect} = await import('../../collect/collect.ts')
      return {account: await collect(aws, [target.id]), aws}
    })
  const {accountsIn, viewOfInstance} = await import('../input/account-files.ts')
  const accounts = await accountsIn(flags.account, flags.region)
  return {account: viewOfInstance(accounts, target.id), aws: undefined}
}
