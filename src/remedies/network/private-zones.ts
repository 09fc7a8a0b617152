import type {HostedZone} from '../../model/account.ts'
import {hostOf} from '../../model/partition.ts'
import {withoutDot} from '../../network/dns/name.ts'
import {zonesIn} from '../../network/dns/zones.ts'
import {disassociateZone} from '../changes/names.ts'
import {type Change, inSequence} from '../core/change.ts'
import type {FaultContext} from './fault-context.ts'

/** A private zone keeps at least one VPC: Route 53 does not disassociate the last one. */
export const mayLeave = ({VPCs}: HostedZone): boolean => VPCs === undefined || VPCs.length > 1

/** Private zones of the services' own names in the VPC of the instance, beside which AWS rejects private DNS. */
export function ownZonesOf({facts, services, vpcId}: FaultContext): readonly HostedZone[] {
  const hosts = services.map((service) => hostOf(service, facts))
  return zonesIn(facts, vpcId).filter(
    ({Name, Owner}) => Owner?.OwningService === undefined && hosts.includes(withoutDot(Name)),
  )
}

/** Disassociates them from the VPC; undefined if there are none. */
export function disassociateZones(fault: FaultContext): Change | undefined {
  const {facts, vpcId} = fault
  const zones = ownZonesOf(fault).filter(mayLeave)
  return zones.length === 0
    ? undefined
    : inSequence(...zones.map((zone) => disassociateZone(zone, vpcId, facts.Region)))
}
