import type {HostedZone} from '../../model/account.ts'
import {hostOf} from '../../model/partition.ts'
import {withoutDot} from '../../network/dns/name.ts'
import {zonesIn} from '../../network/dns/zones.ts'
import {disassociateZone} from '../changes/names.ts'
import {type Change, inSequence} from '../core/change.ts'
import type {FaultContext} from './fault-context.ts'

/** A private zone keeps at least one VPC: Route 53 does not disassociate the last one. */
export const mayLeave = ({VPCs}: HostedZone): boolean => VPCs === undefined || VPCs.length > 1

/**
 * Disassociates the private zones of the services' own names from the VPC of the instance; undefined if there are none.
 */
export function disassociateZones({facts, services, vpcId}: FaultContext): Change | undefined {
  const hosts = services.map((service) => hostOf(service, facts))
  const zones = zonesIn(facts, vpcId).filter(
    (zone) => zone.Owner?.OwningService === undefined && hosts.includes(withoutDot(zone.Name)) && mayLeave(zone),
  )
  return zones.length === 0
    ? undefined
    : inSequence(...zones.map((zone) => disassociateZone(zone, vpcId, facts.Region)))
}
