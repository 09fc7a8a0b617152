import type {Context, Instance, NatGateway, Subnet, Vpc} from '../../model/account.ts'
import {type Effect, edit, editEach, put, set} from '../../model/effect.ts'
import {withPublicAddress} from '../../model/launched-instance.ts'
import {ownBorderGroupOf} from '../../network/endpoints/zone.ts'
import {type Change, change, inverse} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {type Call, ec2, fromVariable, type Step} from '../core/remedy.ts'
import {activateRoutesTo, type RouteTarget} from './routes.ts'

const attached = (VpcId: string) => ({Attachments: [{VpcId, State: 'attached' as const}]})

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html */
export const attachInternetGateway = (InternetGatewayId: string, VpcId: string): Change =>
  change({
    calls: ec2('AttachInternetGateway', {InternetGatewayId, VpcId}),
    effects: [set('InternetGateways', InternetGatewayId, attached(VpcId)), activateRoutesTo(InternetGatewayId)],
  })

export const detachInternetGateway = (id: string, vpcId: string): Change =>
  inverse(attachInternetGateway(id, vpcId), set('InternetGateways', id, {Attachments: []}))

/** A VPC can have one internet gateway; this is for one that has none. */
export function createInternetGateway(VpcId: string): Change & {readonly target: RouteTarget} {
  const id = modelId('igw', VpcId)
  const InternetGatewayId = fromVariable('INTERNET_GATEWAY')
  return {
    target: {field: 'GatewayId', input: InternetGatewayId, id},
    ...change({
      calls: [
        ec2('CreateInternetGateway', {}, {as: 'INTERNET_GATEWAY', query: 'InternetGateway.InternetGatewayId'}),
        ec2('AttachInternetGateway', {InternetGatewayId, VpcId}),
      ],
      effects: put('InternetGateways', {InternetGatewayId: id, ...attached(VpcId)}),
    }),
  }
}

/** The address that AWS will assign is not known; a documentation address is used instead. */
const PublicIp = '203.0.113.1'

/**
 * An address in the network border group of the subnet, which it cannot leave.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
const allocateAddress = (subnet: Subnet | undefined, as: string): Call => {
  const NetworkBorderGroup = subnet && ownBorderGroupOf(subnet)
  const input = {Domain: 'vpc', ...(NetworkBorderGroup !== undefined && {NetworkBorderGroup})}
  return ec2('AllocateAddress', input, {as, query: 'AllocationId'})
}

/** An Elastic IP address for an interface. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html */
export const associateAddress = (
  {InstanceId}: Instance,
  NetworkInterfaceId: string,
  subnet: Subnet | undefined,
): Change => {
  const AllocationId = fromVariable('ADDRESS')
  return change({
    calls: [
      allocateAddress(subnet, 'ADDRESS'),
      ec2('AssociateAddress', {AllocationId, NetworkInterfaceId}, {as: 'ADDRESS_ASSOCIATION', query: 'AssociationId'}),
    ],
    effects: edit('Instances', InstanceId, (instance) => {
      const eni = instance.NetworkInterfaces.find((one) => one.NetworkInterfaceId === NetworkInterfaceId)
      return eni ? withPublicAddress(instance, eni, PublicIp) : instance
    }),
  })
}

/**
 * Without the check, an interface accepts packets of others.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html
 */
export const setSourceDestCheck = (
  {InstanceId}: Pick<Instance, 'InstanceId'>,
  NetworkInterfaceId: string,
  SourceDestCheck: boolean,
): Change =>
  change({
    calls: ec2('ModifyNetworkInterfaceAttribute', {NetworkInterfaceId, SourceDestCheck: {Value: SourceDestCheck}}),
    effects: [
      edit('Instances', InstanceId, (instance) => ({
        ...instance,
        SourceDestCheck,
        NetworkInterfaces: instance.NetworkInterfaces.map((eni) =>
          eni.NetworkInterfaceId === NetworkInterfaceId ? {...eni, SourceDestCheck} : eni,
        ),
      })),
      set('NetworkInterfaces', NetworkInterfaceId, {SourceDestCheck}),
    ],
  })

/** https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html */
export function createNatGateway(subnet: Subnet): Change & {readonly target: RouteTarget} {
  const {SubnetId} = subnet
  const id = modelId('nat', SubnetId)
  const AllocationId = fromVariable('NAT_ADDRESS')
  const NatGatewayId = fromVariable('NAT_GATEWAY')
  // A route accepts a NAT gateway only once it exists, which takes a minute or two.
  const untilIt = (state: 'available' | 'deleted'): Step => ({
    wait: ec2('DescribeNatGateways', {NatGatewayIds: [NatGatewayId]}),
    until: `nat-gateway-${state}`,
  })
  return {
    target: {field: 'NatGatewayId', input: NatGatewayId, id},
    ...change({
      calls: [
        allocateAddress(subnet, 'NAT_ADDRESS'),
        ec2('CreateNatGateway', {SubnetId, AllocationId}, {as: 'NAT_GATEWAY', query: 'NatGateway.NatGatewayId'}),
        untilIt('available'),
      ],
      undo: [ec2('DeleteNatGateway', {NatGatewayId}), untilIt('deleted'), ec2('ReleaseAddress', {AllocationId})],
      effects: put('NatGateways', natGatewayIn(subnet, id)),
    }),
  }
}

/** AWS assigns its public address; a documentation address is used instead. */
export const natGatewayIn = (
  {SubnetId, VpcId}: Subnet,
  NatGatewayId: string,
  ConnectivityType: NatGateway['ConnectivityType'] = 'public',
  PrivateIp?: string,
): NatGateway => ({
  NatGatewayId,
  SubnetId,
  VpcId,
  State: 'available',
  ConnectivityType,
  NatGatewayAddresses: [{IsPrimary: true, PrivateIp, ...(ConnectivityType === 'public' && {PublicIp: '203.0.113.2'})}],
})

/**
 * It has no subnet, and its own route table with a route to the internet gateway, which AWS creates.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
export const regionalNatGatewayIn = ({VpcId}: Vpc, NatGatewayId: string): NatGateway => ({
  NatGatewayId,
  VpcId,
  State: 'available',
  ConnectivityType: 'public',
  AvailabilityMode: 'regional',
  NatGatewayAddresses: [{IsPrimary: true, PublicIp: '203.0.113.2'}],
})

/** What the effective mode is once something is excluded. */
const MODES = {'allow-egress': 'block-ingress', 'allow-bidirectional': 'off'} as const
export type ExclusionMode = keyof typeof MODES

type Excluded = {readonly SubnetId: string} | {readonly VpcId: string}

/** https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html */
export const createBlockPublicAccessExclusion = (
  resource: Excluded,
  InternetGatewayExclusionMode: ExclusionMode,
): Change =>
  change({
    calls: ec2(
      'CreateVpcBlockPublicAccessExclusion',
      {...resource, InternetGatewayExclusionMode},
      {as: 'EXCLUSION', query: 'VpcBlockPublicAccessExclusion.ExclusionId'},
    ),
    effects: excluded(resource, InternetGatewayExclusionMode),
  })

/**
 * The exclusion of a subnet that allows egress gets the other mode. Its id is in the list of exclusions only.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcBlockPublicAccessExclusion.html
 */
export function widenBlockPublicAccessExclusion({Partition, Region}: Context, {SubnetId, OwnerId}: Subnet): Change {
  const arn = `arn:${Partition}:ec2:${Region}:${OwnerId}:subnet/${SubnetId}`
  const ExclusionId = fromVariable('EXCLUSION')
  const modified = (InternetGatewayExclusionMode: ExclusionMode) =>
    ec2('ModifyVpcBlockPublicAccessExclusion', {ExclusionId, InternetGatewayExclusionMode})
  const Filters = [
    {Name: 'resource-arn', Values: [arn]},
    {Name: 'state', Values: ['create-complete', 'update-complete']},
  ]
  const query = 'VpcBlockPublicAccessExclusions[0].ExclusionId'
  return change({
    calls: [
      ec2('DescribeVpcBlockPublicAccessExclusions', {Filters}, {as: 'EXCLUSION', query}),
      modified('allow-bidirectional'),
    ],
    undo: modified('allow-egress'),
    effects: excluded({SubnetId}, 'allow-bidirectional'),
  })
}

function excluded(resource: Excluded, mode: ExclusionMode): readonly Effect[] {
  const states = {BlockPublicAccessStates: {InternetGatewayBlockMode: MODES[mode]}}
  return 'SubnetId' in resource
    ? [set('Subnets', resource.SubnetId, states)]
    : [
        set('Vpcs', resource.VpcId, states),
        editEach('Subnets', 'VpcId', resource.VpcId, (subnet) => ({...subnet, ...states})),
      ]
}
