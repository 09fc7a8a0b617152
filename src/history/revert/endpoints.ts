import {type Account, isUnreadable, type PolicyDocument, type VpcEndpoint} from '../../model/account.ts'
import {type Effect, editList, inOrder} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {changePolicy, FULL_ACCESS} from '../../remedies/changes/endpoint-policies.ts'
import {
  addRouteTable,
  addSubnet,
  createInterfaceEndpoint,
  createS3GatewayEndpoint,
  deleteVpcEndpoint,
  disablePrivateDns,
  enablePrivateDns,
  modifyEndpoint,
} from '../../remedies/changes/endpoints.ts'
import {editRoutes} from '../../remedies/changes/routes.ts'
import {type Change, change, inSequence, inverse} from '../../remedies/core/change.ts'
import {setEndpointGroups, withoutEndpointInterfaces} from '../../remedies/core/endpoint-interface.ts'
import {documentIn, flagIn, type Parameters, partIn, textIn, textsIn} from '../parameters.ts'
import {allKnown, formerly, NOTHING, type Reversal, type Revert, type RevertContext, toggled} from './context.ts'
import {revertSetting} from './setting.ts'

/** The ids that a request lists under a name, in the singular or the plural. */
const idsIn = (request: Parameters | undefined, name: string): readonly string[] =>
  textsIn(request, `${name}Id`, `${name}Ids`)

const withoutTable = (id: string, tableId: string): Effect =>
  inOrder(
    editList('VpcEndpoints', id, 'RouteTableIds', (ids) => ids.filter((one) => one !== tableId)),
    editRoutes(tableId, (routes) => routes.filter(({GatewayId}) => GatewayId !== id)),
  )

function groupsBack(endpoint: VpcEndpoint, added: readonly string[], removed: readonly string[]): Change {
  const ids = endpoint.Groups.flatMap(({GroupId}) => GroupId ?? []).filter((one) => !added.includes(one))
  return change({
    calls: modifyEndpoint(endpoint.VpcEndpointId, {
      ...(removed.length > 0 && {AddSecurityGroupIds: removed}),
      ...(added.length > 0 && {RemoveSecurityGroupIds: added}),
    }),
    effects: setEndpointGroups(endpoint, [...ids, ...removed]),
  })
}

const policyIn = (request: Parameters | undefined): PolicyDocument | undefined =>
  flagIn(request, 'resetPolicy') ? FULL_ACCESS : documentIn(request, 'policyDocument')

/** An earlier call has the earlier policy; an endpoint that was created without one has the default. */
const policy = revertSetting({
  placeIn: (request, response) => {
    const id = textIn(request, 'vpcEndpointId') ?? createdId(response)
    return id === undefined ? undefined : {id}
  },
  after: {ModifyVpcEndpoint: policyIn, CreateVpcEndpoint: (request) => policyIn(request) ?? FULL_ACCESS},
  recorded: (account, {id}) => find(account.VpcEndpoints, 'VpcEndpointId', id)?.PolicyDocument,
  change: ({id}, [now, before]) => (before === null ? undefined : changePolicy(id, [now ?? undefined, before])),
})

/** Whether private DNS was enabled: an earlier call shows it; otherwise a call that sets it has changed it. */
function privateDnsBack(context: RevertContext, endpoint: VpcEndpoint, now: boolean): Reversal {
  const id = endpoint.VpcEndpointId
  const former = formerly(context.older, ({request, mentions}) =>
    mentions.has(id) ? flagIn(request, 'privateDnsEnabled') : undefined,
  )
  return toggled(
    now,
    former,
    (value) => (value ? enablePrivateDns(context.account, endpoint) : disablePrivateDns(endpoint)),
    `private DNS was ${now ? 'disabled' : 'enabled'}`,
  )
}

const revertModification: Revert = (context) => {
  const {account, event} = context
  const {request} = event
  const id = textIn(request, 'vpcEndpointId')
  const endpoint = find(account.VpcEndpoints, 'VpcEndpointId', id)
  if (!endpoint || id === undefined) return undefined
  if (request?.ipAddressType !== undefined || request?.dnsOptions !== undefined) return undefined
  const setsPolicy = flagIn(request, 'resetPolicy') === true || request?.policyDocument !== undefined
  const former = setsPolicy ? policy(context) : NOTHING
  if (former === undefined) return undefined
  const now = flagIn(request, 'privateDnsEnabled')
  const dns = now === undefined ? undefined : privateDnsBack(context, endpoint, now)
  const [added, removed] = [idsIn(request, 'addSecurityGroup'), idsIn(request, 'removeSecurityGroup')]
  const changes: readonly Change[] = [
    former.change,
    ...(added.length + removed.length > 0 ? [groupsBack(endpoint, added, removed)] : []),
    ...(dns ? [dns.change] : []),
    ...idsIn(request, 'addSubnet').map((one) =>
      inverse(addSubnet(endpoint, one), (model) => withoutEndpointInterfaces(model, id, [one])),
    ),
    ...idsIn(request, 'removeSubnet').map((one) => addSubnet(endpoint, one)),
    ...idsIn(request, 'addRouteTable').map((one) => inverse(addRouteTable(endpoint, one), withoutTable(id, one))),
    ...idsIn(request, 'removeRouteTable').map((one) => addRouteTable(endpoint, one)),
  ]
  return {change: inSequence(...changes), ...(dns?.assumption && {assumption: dns.assumption})}
}

const createdId = (response: Parameters | undefined): string | undefined =>
  textIn(partIn(response, 'vpcEndpoint'), 'vpcEndpointId')

/** What was deleted since is not on the model. */
const revertCreation: Revert = ({account, event}) => {
  const id = createdId(event.response) ?? [...event.mentions].find((one) => /^vpce-[0-9a-f]+$/.test(one))
  const endpoint = find(account.VpcEndpoints, 'VpcEndpointId', id)
  if (endpoint) return {change: deleteVpcEndpoint(endpoint)}
  return id === undefined || isUnreadable(account.VpcEndpoints) ? undefined : NOTHING
}

/** What was deleted is in the call that created it. Its replacement is a new one. */
const revertDeletion: Revert = ({account, event, older}) => {
  const ids = idsIn(event.request, 'vpcEndpoint')
  const changes = allKnown(
    ids.map((id) => {
      const made = older.find((one) => one.name === 'CreateVpcEndpoint' && one.mentions.has(id))
      return made && madeAgain(account, made.request)
    }),
  )
  return changes && {change: inSequence(...changes)}
}

function madeAgain(account: Account, request: Parameters | undefined): Change | undefined {
  const vpcId = textIn(request, 'vpcId')
  const service = textIn(request, 'serviceName')?.split('.').at(-1)
  if (vpcId === undefined || service === undefined) return undefined
  if (textIn(request, 'vpcEndpointType') !== 'Interface')
    return service === 's3' ? createS3GatewayEndpoint(account, vpcId, idsIn(request, 'routeTable')) : undefined
  const subnetIds = idsIn(request, 'subnet')
  const groups = idsIn(request, 'securityGroup').map((id) => ({input: id, id}))
  if (subnetIds.length === 0 || groups.length === 0) return undefined
  const isPrivate = flagIn(request, 'privateDnsEnabled') !== false
  return createInterfaceEndpoint(account, {
    vpcId,
    service,
    subnetIds,
    groups,
    ...(!isPrivate && {privateDns: false as const}),
  })
}

export const ENDPOINTS: Readonly<Record<string, Revert>> = {
  CreateVpcEndpoint: revertCreation,
  DeleteVpcEndpoints: revertDeletion,
  ModifyVpcEndpoint: revertModification,
}
