import {
  type Account,
  type Context,
  type Instance,
  type InstanceInformation,
  isNotAsked,
  itemsOf,
  type Kind,
  notAsked,
  type Reading,
} from '../model/account.ts'
import {roleArnIn} from '../model/arn.ts'
import {KINDS} from '../model/kinds.ts'
import {assertReachable, contextOf, readCaller} from './caller.ts'
import type {Aws} from './client/aws.ts'
import {awaitAll, join, joinKind} from './client/paginate.ts'
import {organizationReader} from './organization-reader.ts'
import {readInstances} from './readings/instances.ts'
import * as node from './readings/nodes.ts'
import {rolesNamed} from './roles.ts'

/** AWS has no data about the network, the image or the console of a machine outside EC2. */
const NO_INSTANCES = Object.fromEntries(
  KINDS.map((kind): [Kind, Reading<never>] => [kind, notAsked(': a hybrid node has none in AWS')]),
) as Readonly<Record<Kind, Reading<never>>>

/**
 * What AWS has about hybrid nodes: registration, activation, service role, associations, and an instance on the same
 * host.
 */
export async function collectHybrid(aws: Aws, ids: readonly string[]): Promise<Account> {
  const ReadAt = new Date().toISOString()
  const caller = readCaller(aws)
  const listed = node.readNodes(aws, ids)
  const validation = import('./validate-account.ts')
  const known = Promise.all([caller, listed]).then(([identity, nodes]) => {
    assertReachable(aws, identity, nodes)
    return {context: contextOf(aws, identity, ReadAt), nodes: itemsOf(nodes)}
  })
  const ConnectionStatuses = known.then(({nodes}) =>
    node.readConnectionStatuses(
      aws,
      nodes.map(({InstanceId}) => InstanceId),
    ),
  )
  const who = known.then(({context: place, nodes}) =>
    rolesNamed(
      aws,
      rolesOf(place, distinct(nodes, 'IamRole')),
      known.then(() => true),
    ),
  )
  const {context, roles, ...kinds} = await awaitAll({
    context: known.then((all) => all.context),
    InstanceInformationList: listed,
    ConnectionStatuses,
    InstanceAssociations: known.then(({nodes}) =>
      node.readInstanceAssociations(
        aws,
        nodes.flatMap(({InstanceId, AssociationStatus}) => (AssociationStatus === 'Failed' ? [InstanceId] : [])),
      ),
    ),
    ActivationList: known.then(({nodes}) => node.readActivations(aws, distinct(nodes, 'ActivationId'))),
    ServiceSettings: node.readInstanceTier(aws).then(itemsOf),
    SessionPreferences: node.readSessionPreferences(aws),
    Instances: known.then(({nodes}) => instancesOn(aws, nodes)),
    roles: who,
    Organization: who.then(({Roles, Policies}) => organizationReader()(aws, Roles, Policies)),
  })
  const {validateAccount} = await validation
  return validateAccount({...context, ...NO_INSTANCES, ...kinds, ...roles})
}

const distinct = (nodes: readonly InstanceInformation[], field: 'ActivationId' | 'IamRole'): string[] => [
  ...new Set(nodes.flatMap((one) => one[field] || [])),
]

/** `IamRole` is the name of the role, with its path and without an account. */
const rolesOf = ({Caller, Partition}: Context, names: readonly string[]): string[] =>
  names.map((name) => roleArnIn(Partition, Caller?.Account ?? '', name))

/** Instances that may be the same host: by the id that the node names as its source, and by its address. */
async function instancesOn(aws: Aws, nodes: readonly InstanceInformation[]): Promise<Reading<Instance>> {
  const sources = nodes.flatMap(({SourceId}) => (SourceId?.startsWith('i-') ? [SourceId] : []))
  const addresses = nodes.flatMap(({IPAddress}) => IPAddress || [])
  const found = [readInstances(aws, sources), readInstances(aws, addresses, 'private-ip-address')]
  return join(await Promise.all(found), ({InstanceId}) => InstanceId)
}

/** Combines two readings of one account and Region; a kind that one did not request is taken from the other. */
export function merged(one: Account, other: Account): Account {
  const kinds = KINDS.map((kind) => {
    const requested = ([one[kind], other[kind]] as readonly Reading<object>[]).filter((reading) => !isNotAsked(reading))
    return [kind, requested.length === 0 ? one[kind] : joinKind(kind, requested)]
  })
  return {...one, ...Object.fromEntries(kinds)}
}
