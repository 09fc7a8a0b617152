import type {Vpc} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import type {NetworkFacts} from './network-facts.ts'
import {type Call, type Remedy, untried} from './remedy.ts'

type Exclusion = keyof NonNullable<NonNullable<Vpc['EncryptionControl']>['ResourceExclusions']>

/** What allows unencrypted traffic, by the call that adds it to a VPC. */
const GATEWAYS: Readonly<Record<string, {readonly exclusion: Exclusion; readonly what: string}>> = {
  AttachInternetGateway: {exclusion: 'InternetGateway', what: 'internet gateways'},
  CreateNatGateway: {exclusion: 'NatGateway', what: 'NAT gateways'},
}

/**
 * In enforce mode, AWS rejects gateways that allow unencrypted traffic, unless the VPC excludes their kind. Such calls
 * are shown, but not tried on the model.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
 */
export function withinEncryptionControls(facts: NetworkFacts, remedy: Remedy): Remedy {
  const rejected = remedy.steps.flatMap((step) => ('operation' in step ? (rejection(facts, step) ?? []) : []))
  return remedy.apply && rejected[0] !== undefined ? untried(remedy, rejected[0]) : remedy
}

function rejection({Vpcs, Subnets}: NetworkFacts, {operation, input}: Call): string | undefined {
  const gateway = GATEWAYS[operation]
  const vpc = gateway && find(Vpcs, 'VpcId', input.VpcId ?? find(Subnets, 'SubnetId', input.SubnetId)?.VpcId)
  const {Mode, ResourceExclusions} = vpc?.EncryptionControl ?? {}
  if (!gateway || Mode !== 'enforce' || ResourceExclusions?.[gateway.exclusion]?.State === 'enabled') return undefined
  return `VPC ${vpc?.VpcId} enforces encryption in transit: AWS rejects this unless the VPC excludes ${gateway.what}.`
}
