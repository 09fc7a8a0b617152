import {describe, expect, it} from 'vitest'
import type {Call, Remedy} from '../../../src/remedies/core/remedy.ts'
import {faultsWithRemedies} from './apply-remedies.ts'
import {networkFaults} from './network-faults.ts'

/** The undo of a call. */
const INVERSE: Readonly<Record<string, readonly string[]>> = {
  AcceptTransitGatewayVpcAttachment: ['DeleteTransitGatewayVpcAttachment'],
  AcceptVpcPeeringConnection: ['DeleteVpcPeeringConnection'],
  AllocateAddress: ['ReleaseAddress'],
  AssociateAddress: ['DisassociateAddress'],
  AssociateDhcpOptions: ['AssociateDhcpOptions'],
  AssociateTransitGatewayRouteTable: ['DisassociateTransitGatewayRouteTable'],
  AssociateVPCWithHostedZone: ['DisassociateVPCFromHostedZone'],
  CreateVPCAssociationAuthorization: ['DeleteVPCAssociationAuthorization'],
  AttachInternetGateway: ['DetachInternetGateway'],
  AuthorizeSecurityGroupEgress: ['RevokeSecurityGroupEgress'],
  AuthorizeSecurityGroupIngress: ['RevokeSecurityGroupIngress', 'DeleteSecurityGroup'],
  ChangeResourceRecordSets: ['ChangeResourceRecordSets'],
  CreateDhcpOptions: ['DeleteDhcpOptions'],
  CreateFirewallDomainList: ['DeleteFirewallDomainList'],
  CreateFirewallRule: ['DeleteFirewallRule'],
  CreateHostedZone: ['DeleteHostedZone'],
  CreateInternetGateway: ['DeleteInternetGateway'],
  CreateNatGateway: ['DeleteNatGateway'],
  CreateNetworkAclEntry: ['DeleteNetworkAclEntry'],
  CreateRoute: ['DeleteRoute'],
  CreateSecurityGroup: ['DeleteSecurityGroup'],
  CreateTransitGatewayRoute: ['DeleteTransitGatewayRoute'],
  CreateVpcBlockPublicAccessExclusion: ['DeleteVpcBlockPublicAccessExclusion'],
  CreateVpcEndpoint: ['DeleteVpcEndpoints'],
  DeleteRoute: ['CreateRoute'],
  DeleteHostedZone: ['CreateHostedZone'],
  DisassociateVPCFromHostedZone: ['AssociateVPCWithHostedZone'],
  ModifyNetworkInterfaceAttribute: ['ModifyNetworkInterfaceAttribute'],
  ModifyTransitGatewayVpcAttachment: ['ModifyTransitGatewayVpcAttachment'],
  ModifySubnetAttribute: ['ModifySubnetAttribute'],
  ModifyVpcAttribute: ['ModifyVpcAttribute'],
  ModifyVpcBlockPublicAccessExclusion: ['ModifyVpcBlockPublicAccessExclusion'],
  ModifyVpcEndpoint: ['ModifyVpcEndpoint'],
  ReplaceNetworkAclEntry: ['ReplaceNetworkAclEntry'],
  ReplaceTransitGatewayRoute: ['ReplaceTransitGatewayRoute'],
  StartInstances: ['StopInstances'],
  UpdateFirewallDomains: ['DeleteFirewallDomainList', 'UpdateFirewallDomains'],
  UpdateFirewallRule: ['UpdateFirewallRule'],
}

/** A deleted target or endpoint cannot be restored, an agent is not downgraded, and a question changes nothing. */
const FOR_GOOD = new Set([
  ...['ReplaceRoute', 'DeleteVpcEndpoints', 'SendCommand'],
  ...['DescribeVpcEndpoints', 'DescribeVpcBlockPublicAccessExclusions'],
])

const callsIn = (steps: Remedy['steps'] = []): readonly Call[] =>
  steps.flatMap((step) => ('operation' in step ? [step] : []))

describe.each(networkFaults)('$name', ({account}) => {
  it('says how to undo each change', () => {
    for (const {title, steps, undo} of faultsWithRemedies(account).flatMap(({remedies}) => remedies)) {
      const back = callsIn(undo).map(({operation}) => operation)
      for (const {operation} of callsIn(steps))
        if (!FOR_GOOD.has(operation))
          expect(
            back.some((one) => INVERSE[operation]?.includes(one)),
            `${title}: ${operation}`,
          ).toBe(true)
    }
  })

  it('undoes changes in the opposite order', () => {
    for (const {title, steps, undo} of faultsWithRemedies(account).flatMap(({remedies}) => remedies)) {
      const made = callsIn(steps).flatMap(({save}) => (save ? [save.as] : []))
      const unmade = callsIn(undo).flatMap(({input}) =>
        [...JSON.stringify(input).matchAll(/"variable":"(\w+)"/g)].map(([, name = '']) => made.indexOf(name)),
      )
      const lasts = [...new Map(unmade.map((place, at) => [place, at]))]
        .sort((x, y) => x[1] - y[1])
        .map(([place]) => place)
      expect(lasts, title).toEqual([...lasts].sort((x, y) => y - x))
    }
  })
})
