import {DESTINATIONS} from '../../model/routes.ts'
import {type Call, fromVariable, type Input, type Step} from './remedy.ts'

type Inputs = Call['input']

/** Calls that undo each other, with the same parameters. */
const OPPOSITES = new Map(
  [
    ['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress'],
    ['AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress'],
    ['AttachInternetGateway', 'DetachInternetGateway'],
    ['AssociateTransitGatewayRouteTable', 'DisassociateTransitGatewayRouteTable'],
    ['AssociateVPCWithHostedZone', 'DisassociateVPCFromHostedZone'],
    ['CreateVPCAssociationAuthorization', 'DeleteVPCAssociationAuthorization'],
    ['AttachRolePolicy', 'DetachRolePolicy'],
    ['AddRoleToInstanceProfile', 'RemoveRoleFromInstanceProfile'],
    ['StartInstances', 'StopInstances'],
    ['Enable', 'Disable'],
  ].flatMap(([one = '', other = '']) => [[one, other] as const, [other, one] as const]),
)

/** Calls that undo another one, and the parameters that they have in common. */
const UNDONE_BY: Readonly<Record<string, readonly [operation: string, ...parameters: readonly string[]]>> = {
  CreateRoute: ['DeleteRoute', 'RouteTableId', ...DESTINATIONS],
  CreateTransitGatewayRoute: ['DeleteTransitGatewayRoute', 'DestinationCidrBlock', 'TransitGatewayRouteTableId'],
  CreateNetworkAclEntry: ['DeleteNetworkAclEntry', 'NetworkAclId', 'RuleNumber', 'Egress'],
  AcceptVpcPeeringConnection: ['DeleteVpcPeeringConnection', 'VpcPeeringConnectionId'],
  AcceptTransitGatewayVpcAttachment: ['DeleteTransitGatewayVpcAttachment', 'TransitGatewayAttachmentId'],
  CreateFirewallRule: ['DeleteFirewallRule', 'FirewallRuleGroupId', 'FirewallDomainListId'],
  CreateRole: ['DeleteRole', 'RoleName'],
  PutRolePolicy: ['DeleteRolePolicy', 'RoleName', 'PolicyName'],
  PutRolePermissionsBoundary: ['DeleteRolePermissionsBoundary', 'RoleName'],
  CreateInstanceProfile: ['DeleteInstanceProfile', 'InstanceProfileName'],
  RegisterDefaultHostManagementConfiguration: ['DeregisterDefaultHostManagementConfiguration'],
}

/** Calls that delete what another one creates, by the id in its response. */
const DELETED_BY: Readonly<Record<string, readonly [operation: string, input: (id: Input) => Inputs]>> = {
  AllocateAddress: ['ReleaseAddress', (AllocationId) => ({AllocationId})],
  AssociateAddress: ['DisassociateAddress', (AssociationId) => ({AssociationId})],
  CreateInternetGateway: ['DeleteInternetGateway', (InternetGatewayId) => ({InternetGatewayId})],
  CreateVpcBlockPublicAccessExclusion: ['DeleteVpcBlockPublicAccessExclusion', (ExclusionId) => ({ExclusionId})],
  CreateDhcpOptions: ['DeleteDhcpOptions', (DhcpOptionsId) => ({DhcpOptionsId})],
  CreateVpcEndpoint: ['DeleteVpcEndpoints', (id) => ({VpcEndpointIds: [id]})],
  CreateHostedZone: ['DeleteHostedZone', (Id) => ({Id})],
  CreateFirewallDomainList: ['DeleteFirewallDomainList', (FirewallDomainListId) => ({FirewallDomainListId})],
}

/** A modification is undone if what it adds is removed and what it enables is disabled. */
const MODIFICATIONS: ReadonlySet<string> = new Set([
  'ModifyVpcAttribute',
  'ModifySubnetAttribute',
  'ModifyVpcEndpoint',
  'ModifyTransitGatewayVpcAttachment',
  'ModifyNetworkInterfaceAttribute',
])

function flipped([name, value]: readonly [string, Input]): readonly [string, Input] | undefined {
  if (name.startsWith('Add')) return [name.replace('Add', 'Remove'), value]
  if (name.startsWith('Remove')) return [name.replace('Remove', 'Add'), value]
  if (/^(?:Vpc|Subnet|VpcEndpoint|TransitGatewayAttachment|NetworkInterface)Id$/.test(name)) return [name, value]
  if (name === 'PrivateDnsEnabled') return [name, value !== true]
  return isAttribute(value) ? [name, {Value: !value.Value}] : undefined
}

const isAttribute = (value: Input): value is {readonly Value: boolean} =>
  typeof value === 'object' && 'Value' in value && typeof value.Value === 'boolean'

function undoneBy({service, operation, input, save}: Call): Omit<Call, 'service'> | undefined {
  const opposite = OPPOSITES.get(operation)
  if (opposite !== undefined) return {operation: opposite, input}
  const [undo, ...parameters] = UNDONE_BY[operation] ?? []
  if (undo !== undefined) return {operation: undo, input: only(input, parameters)}
  const [deletion, inputFor] = DELETED_BY[operation] ?? []
  if (deletion !== undefined && inputFor && save) return {operation: deletion, input: inputFor(fromVariable(save.as))}
  if (service !== 'ec2' || !MODIFICATIONS.has(operation)) return undefined
  const changed = Object.entries(input).map(flipped)
  return changed.includes(undefined)
    ? undefined
    : {operation, input: Object.fromEntries(changed.filter((one) => one !== undefined))}
}

const only = (input: Inputs, names: readonly string[]): Inputs =>
  Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name)))

/** The calls that undo these steps, the last one first; what no call undoes is left out. */
export const inverseOf = (steps: readonly Step[]): readonly Call[] =>
  [...steps].reverse().flatMap((step) => {
    const undo = 'operation' in step ? undoneBy(step) : undefined
    return undo && 'operation' in step
      ? [{...undo, service: step.service, ...(step.region && {region: step.region})}]
      : []
  })
