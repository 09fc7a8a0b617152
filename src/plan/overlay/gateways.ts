import type {Account, NatGateway, Route} from '../../model/account.ts'
import {find, withItem, withItems, withPut} from '../../model/joins.ts'
import {freeAddress} from '../../remedies/core/endpoint-interface.ts'
import {isTrue, textOf} from '../resource.ts'
import {accountIdOf, allInDoubt, type Effect, inDoubt} from './effect.ts'

/** Routes to a deleted gateway stay, as blackhole routes. */
function blackholed(account: Account, field: keyof Route, id: string): Account {
  return withItems(account, 'RouteTables', (tables) =>
    tables.map((table) => {
      if ('unreadable' in table.Routes || !table.Routes.some((route) => route[field] === id)) return table
      return {
        ...table,
        Routes: table.Routes.map((route) => (route[field] === id ? {...route, State: 'blackhole' as const} : route)),
      }
    }),
  )
}

const withAttachments = (account: Account, gatewayId: string, vpcIds: readonly string[]): Account =>
  withItem(account, 'InternetGateways', 'InternetGatewayId', gatewayId, (gateway) => ({
    ...gateway,
    Attachments: vpcIds.map((VpcId) => ({VpcId, State: 'available'})),
  }))

export const internetGateway: Effect = {
  add: (account, {VpcId}, {id}) => {
    const known = find(account.InternetGateways, 'InternetGatewayId', id)
    const updated = known
      ? account
      : withPut(account, 'InternetGateways', 'InternetGatewayId', {
          InternetGatewayId: id,
          OwnerId: accountIdOf(account),
          Attachments: [],
        })
    const ownVpcId = textOf(VpcId)
    return ownVpcId === undefined ? updated : withAttachments(updated, id, [ownVpcId])
  },
  remove: (account, _, {id}) =>
    blackholed(
      withItems(account, 'InternetGateways', (all) => all.filter(({InternetGatewayId}) => InternetGatewayId !== id)),
      'GatewayId',
      id,
    ),
}

export const gatewayAttachment: Effect = {
  add: (account, {VpcId, InternetGatewayId}, {address}) => {
    const [ownVpcId, gateway] = [textOf(VpcId), textOf(InternetGatewayId)]
    if (ownVpcId === undefined || gateway === undefined) return inDoubt(account, 'InternetGateways', address)
    return withAttachments(account, gateway, [ownVpcId])
  },
  remove: (account, {InternetGatewayId}) => {
    const gateway = textOf(InternetGatewayId)
    return gateway === undefined ? account : withAttachments(account, gateway, [])
  },
}

export const egressOnlyInternetGateway: Effect = {
  add: (account, {VpcId}, {id, address}) => {
    const ownVpcId = textOf(VpcId)
    if (ownVpcId === undefined) return inDoubt(account, 'EgressOnlyInternetGateways', address)
    return withPut(account, 'EgressOnlyInternetGateways', 'EgressOnlyInternetGatewayId', {
      EgressOnlyInternetGatewayId: id,
      Attachments: [{VpcId: ownVpcId, State: 'attached'}],
    })
  },
  remove: (account, _, {id}) =>
    blackholed(
      withItems(account, 'EgressOnlyInternetGateways', (all) =>
        all.filter((one) => one.EgressOnlyInternetGatewayId !== id),
      ),
      'EgressOnlyInternetGatewayId',
      id,
    ),
}

export const natGateway: Effect = {
  add: (account, {SubnetId, ConnectivityType}, {id, address}) => {
    const known = find(account.NatGateways, 'NatGatewayId', id)
    const subnet = textOf(SubnetId)
    if (known && (subnet === undefined || subnet === known.SubnetId)) return account
    const ownSubnet = find(account.Subnets, 'SubnetId', subnet)
    if (!ownSubnet) return inDoubt(account, 'NatGateways', address)
    const type = textOf(ConnectivityType) === 'private' ? 'private' : 'public'
    const PrivateIp = freeAddress(account, ownSubnet)
    const gateway = {
      NatGatewayId: id,
      SubnetId: ownSubnet.SubnetId,
      VpcId: ownSubnet.VpcId,
      State: 'available',
      ConnectivityType: type,
      NatGatewayAddresses: [
        {
          ...(PrivateIp !== undefined && {PrivateIp}),
          // AWS assigns the address; a documentation address is used instead.
          ...(type === 'public' && {PublicIp: '203.0.113.1'}),
          IsPrimary: true,
          Status: 'succeeded',
        },
      ],
    } as NatGateway
    return withPut(account, 'NatGateways', 'NatGatewayId', gateway)
  },
  remove: (account, _, {id}) =>
    blackholed(
      withItems(account, 'NatGateways', (all) => all.filter(({NatGatewayId}) => NatGatewayId !== id)),
      'NatGatewayId',
      id,
    ),
}

/**
 * CloudFormation waits until a connection is accepted; Terraform leaves it pending unless the plan accepts it.
 * https://docs.aws.amazon.com/vpc/latest/peering/accept-vpc-peering-connection.html
 */
export const peeringConnection: Effect = {
  add: (account, {VpcId, PeerVpcId, PeerOwnerId, PeerRegion, IsAccepted = true}, {id, address}) => {
    const [requester, accepter] = [textOf(VpcId), textOf(PeerVpcId)]
    if (requester === undefined || accepter === undefined) return inDoubt(account, 'VpcPeeringConnections', address)
    const owner = accountIdOf(account)
    const cidrOf = (vpc: string) => {
      const CidrBlock = find(account.Vpcs, 'VpcId', vpc)?.CidrBlock
      return CidrBlock === undefined ? {} : {CidrBlock, CidrBlockSet: [{CidrBlock}]}
    }
    const known = find(account.VpcPeeringConnections, 'VpcPeeringConnectionId', id)
    return withPut(account, 'VpcPeeringConnections', 'VpcPeeringConnectionId', {
      ...known,
      VpcPeeringConnectionId: id,
      RequesterVpcInfo: {VpcId: requester, OwnerId: owner, Region: account.Region, ...cidrOf(requester)},
      AccepterVpcInfo: {
        VpcId: accepter,
        OwnerId: textOf(PeerOwnerId) ?? owner,
        Region: textOf(PeerRegion) ?? account.Region,
        ...cidrOf(accepter),
      },
      Status: known?.Status ?? {Code: isTrue(IsAccepted) ? 'active' : 'pending-acceptance'},
    })
  },
  remove: (account, _, {id}) =>
    blackholed(
      withItems(account, 'VpcPeeringConnections', (all) => all.filter((one) => one.VpcPeeringConnectionId !== id)),
      'VpcPeeringConnectionId',
      id,
    ),
}

export const peeringAcceptance: Effect = {
  add: (account, {VpcPeeringConnectionId, AutoAccept}, {address}) => {
    const id = textOf(VpcPeeringConnectionId)
    if (id === undefined) return allInDoubt(account, 'VpcPeeringConnections', address)
    return isTrue(AutoAccept)
      ? withItem(account, 'VpcPeeringConnections', 'VpcPeeringConnectionId', id, (one) => ({
          ...one,
          Status: {Code: 'active' as const},
        }))
      : account
  },
  remove: (account) => account,
}
