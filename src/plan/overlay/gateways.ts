import {type Account, itemsOf, type Vpc} from '../../model/account.ts'
import {inOrder, type KeyedKind, put, remove} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {
  attachInternetGateway,
  detachInternetGateway,
  natGatewayIn,
  regionalNatGatewayIn,
} from '../../remedies/changes/gateways.ts'
import {setRoutesTo} from '../../remedies/changes/routes.ts'
import {acceptPeering} from '../../remedies/changes/transit.ts'
import {freeAddress} from '../../remedies/core/endpoint-interface.ts'
import {hasUnknown, isTrue, textOf} from '../resource.ts'
import {allUnknown, callersAccount, itemUnknown, type ResourceEffect, someUnknown} from './resource-effect.ts'

/** Routes to a deleted gateway stay, as blackhole routes. */
export const removalOfTarget =
  (kind: KeyedKind): ResourceEffect['remove'] =>
  (account, _, {id}) =>
    inOrder(remove(kind, id), setRoutesTo(id, 'blackhole'))(account)

export const internetGateway: ResourceEffect = {
  add: (account, {VpcId}, {id, address, before = {}}) => {
    if (hasUnknown(VpcId)) return itemUnknown(account, 'InternetGateways', id, address)
    const gateway = {InternetGatewayId: id, OwnerId: callersAccount(account), Attachments: []}
    const isKnown = find(account.InternetGateways, 'InternetGatewayId', id)
    const updated = isKnown ? account : put('InternetGateways', gateway)(account)
    const [ownVpcId, former] = [textOf(VpcId), textOf(before.VpcId)]
    if (ownVpcId !== undefined) return attachInternetGateway(id, ownVpcId).apply(updated)
    return former === undefined ? updated : detachInternetGateway(id, former).apply(updated)
  },
  remove: removalOfTarget('InternetGateways'),
}

export const gatewayAttachment: ResourceEffect = {
  add: (account, {VpcId, InternetGatewayId}, {address}) => {
    const [ownVpcId, gateway] = [textOf(VpcId), textOf(InternetGatewayId)]
    if (ownVpcId === undefined || gateway === undefined) return someUnknown(account, 'InternetGateways', address)
    return attachInternetGateway(gateway, ownVpcId).apply(account)
  },
  remove: (account, {InternetGatewayId}) => detachInternetGateway(textOf(InternetGatewayId) ?? '', '').apply(account),
}

export const egressOnlyInternetGateway: ResourceEffect = {
  add: (account, {VpcId}, {id, address}) => {
    const ownVpcId = textOf(VpcId)
    if (ownVpcId === undefined) return someUnknown(account, 'EgressOnlyInternetGateways', address)
    return put('EgressOnlyInternetGateways', {
      EgressOnlyInternetGatewayId: id,
      Attachments: [{VpcId: ownVpcId, State: 'attached'}],
    })(account)
  },
  remove: removalOfTarget('EgressOnlyInternetGateways'),
}

const hasInternetGateway = ({InternetGateways}: Account, {VpcId}: Vpc): boolean =>
  itemsOf(InternetGateways).some(({Attachments}) => Attachments.some((one) => one.VpcId === VpcId))

export const natGateway: ResourceEffect = {
  add: (account, {SubnetId, ConnectivityType, AvailabilityMode, VpcId}, {id, address}) => {
    const known = find(account.NatGateways, 'NatGatewayId', id)
    const subnet = textOf(SubnetId)
    if (known && (subnet === undefined || subnet === known.SubnetId)) return account
    const ownVpc = find(account.Vpcs, 'VpcId', textOf(VpcId))
    if (ownVpc && textOf(AvailabilityMode) === 'regional' && hasInternetGateway(account, ownVpc))
      return put('NatGateways', regionalNatGatewayIn(ownVpc, id))(account)
    const ownSubnet = find(account.Subnets, 'SubnetId', subnet)
    if (!ownSubnet || hasUnknown(ConnectivityType)) return someUnknown(account, 'NatGateways', address)
    const type = textOf(ConnectivityType) === 'private' ? 'private' : 'public'
    return put('NatGateways', natGatewayIn(ownSubnet, id, type, freeAddress(account, ownSubnet)))(account)
  },
  remove: removalOfTarget('NatGateways'),
}

/**
 * CloudFormation waits until a connection is accepted; Terraform leaves it pending unless the plan accepts it.
 * https://docs.aws.amazon.com/vpc/latest/peering/accept-vpc-peering-connection.html
 */
export const peeringConnection: ResourceEffect = {
  add: (account, {VpcId, PeerVpcId, PeerOwnerId, PeerRegion, IsAccepted = true}, {id, address}) => {
    const [requester, accepter] = [textOf(VpcId), textOf(PeerVpcId)]
    if (requester === undefined || accepter === undefined) return someUnknown(account, 'VpcPeeringConnections', address)
    const owner = callersAccount(account)
    const side = (VpcId: string, OwnerId: string, Region: string) => {
      const CidrBlock = find(account.Vpcs, 'VpcId', VpcId)?.CidrBlock
      return {VpcId, OwnerId, Region, ...(CidrBlock !== undefined && {CidrBlock, CidrBlockSet: [{CidrBlock}]})}
    }
    const known = find(account.VpcPeeringConnections, 'VpcPeeringConnectionId', id)
    return put('VpcPeeringConnections', {
      ...known,
      VpcPeeringConnectionId: id,
      RequesterVpcInfo: side(requester, owner, account.Region),
      AccepterVpcInfo: side(accepter, textOf(PeerOwnerId) ?? owner, textOf(PeerRegion) ?? account.Region),
      Status: known?.Status ?? {Code: isTrue(IsAccepted) ? 'active' : 'pending-acceptance'},
    })(account)
  },
  remove: removalOfTarget('VpcPeeringConnections'),
}

export const peeringAcceptance: ResourceEffect = {
  add: (account, {VpcPeeringConnectionId, AutoAccept}, {address}) => {
    const id = textOf(VpcPeeringConnectionId)
    if (id === undefined) return allUnknown(account, 'VpcPeeringConnections', address)
    return isTrue(AutoAccept) ? acceptPeering({VpcPeeringConnectionId: id}).apply(account) : account
  },
  remove: (account) => account,
}
