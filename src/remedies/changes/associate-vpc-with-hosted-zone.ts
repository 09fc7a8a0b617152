import type {HostedZone} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html */
export const associateZone = ({Id}: HostedZone, VPCId: string, VPCRegion: string): Change => {
  const input = {HostedZoneId: Id, VPC: {VPCRegion, VPCId}}
  return {
    steps: [{service: 'route53', operation: 'AssociateVPCWithHostedZone', input}],
    undo: [{service: 'route53', operation: 'DisassociateVPCFromHostedZone', input}],
    apply: (account) =>
      withItem(account, 'HostedZones', 'Id', Id, (zone) => ({
        ...zone,
        VPCs: [...(zone.VPCs ?? []), {VPCId, VPCRegion}],
      })),
  }
}
