import type {Account} from '../../model/account.ts'
import {primaryInterfaceOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {associateAddress} from '../../remedies/changes/gateways.ts'
import {onModel} from '../../remedies/core/change.ts'
import type {ChangeEvent} from '../event.ts'
import {textIn} from '../parameters.ts'
import {instanceOfInterface, NOTHING, type Reversal, type Revert} from './context.ts'

/** The instance that a call associated an address with has it again, if it is examined. */
function withAddress(account: Account, made: ChangeEvent | undefined): Reversal | undefined {
  const named = textIn(made?.request, 'networkInterfaceId')
  const owner = textIn(made?.request, 'instanceId') ?? (named && instanceOfInterface(account, named))
  const instance = find(account.Instances, 'InstanceId', owner)
  const eni = named ?? (instance && primaryInterfaceOf(instance)?.NetworkInterfaceId)
  return instance && eni !== undefined ? {change: onModel(associateAddress(instance, eni, undefined).apply)} : undefined
}

const associationOfAddress = ({response}: ChangeEvent): string | undefined => textIn(response, 'associationId')

/** The address that an earlier call associated; that of another instance is not among the calls, nor is one of its launch. */
const revertAddress: Revert = ({account, event, older}) => {
  const id = textIn(event.request, 'associationId')
  const made = older.find(
    (one) => one.name === 'AssociateAddress' && id !== undefined && associationOfAddress(one) === id,
  )
  return withAddress(account, made) ?? (older.some(({name}) => name === 'RunInstances') ? NOTHING : undefined)
}

/**
 * An address that is associated again is taken from the instance that had it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
const revertReassociation: Revert = ({account, event, older}) => {
  const address = textIn(event.request, 'allocationId', 'publicIp')
  if (address === undefined) return NOTHING
  const made = older.find(
    ({name, request}) => name === 'AssociateAddress' && textIn(request, 'allocationId', 'publicIp') === address,
  )
  const isReleased = older.some(
    ({name, request}) =>
      name === 'DisassociateAddress' && made && textIn(request, 'associationId') === associationOfAddress(made),
  )
  return (isReleased ? undefined : withAddress(account, made)) ?? NOTHING
}

export const ADDRESSES: Readonly<Record<string, Revert>> = {
  AssociateAddress: revertReassociation,
  DisassociateAddress: revertAddress,
}
