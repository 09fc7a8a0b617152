import {edit, remove} from '../../model/effect.ts'
import {profileAssociationOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import {replaceProfile, setProfile} from '../../remedies/changes/instance-profiles.ts'
import {change} from '../../remedies/core/change.ts'
import {ec2} from '../../remedies/core/remedy.ts'
import type {ChangeEvent} from '../event.ts'
import {partIn, partsIn, textIn} from '../parameters.ts'
import {formerly, type Revert} from './context.ts'

/** The association that a call created, in its response. */
interface Association {
  readonly id: string
  readonly instance: string
  readonly arn: string
}

function associationIn({response}: ChangeEvent): Association | undefined {
  const association = partIn(response, 'iamInstanceProfileAssociation')
  const [id, instance] = [textIn(association, 'associationId'), textIn(association, 'instanceId')]
  const arn = textIn(partIn(association, 'iamInstanceProfile'), 'arn')
  return id === undefined || instance === undefined || arn === undefined ? undefined : {id, instance, arn}
}

const revertProfileAssociation: Revert = ({account, event}) => {
  const id = textIn(event.request, 'instanceId') ?? associationIn(event)?.instance
  if (id === undefined) return undefined
  const AssociationId = associationIn(event)?.id ?? profileAssociationOf(account, {InstanceId: id})?.AssociationId
  return {
    change: change({
      calls: AssociationId === undefined ? [] : ec2('DisassociateIamInstanceProfile', {AssociationId}),
      effects: [
        edit('Instances', id, ({IamInstanceProfile: _, ...instance}) => instance),
        remove('IamInstanceProfileAssociations', id, 'InstanceId'),
      ],
    }),
  }
}

/** The response of the call that ends an association contains it. */
const revertProfileDisassociation: Revert = ({event, older}) => {
  const id = textIn(event.request, 'associationId')
  const before = associationIn(event) ?? formerly(older, (one) => sameAssociation(one, id))
  if (!before) return undefined
  const [InstanceId, Arn] = [before.instance, before.arn]
  return {
    change: change({
      calls: ec2('AssociateIamInstanceProfile', {InstanceId, IamInstanceProfile: {Arn}}),
      effects: setProfile(InstanceId, Arn),
    }),
  }
}

function sameAssociation(event: ChangeEvent, id: string | undefined): Association | undefined {
  const association = associationIn(event)
  return association !== undefined && association.id === id ? association : undefined
}

const revertProfileReplacement: Revert = ({event, older, recorded}) => {
  const former = textIn(event.request, 'associationId')
  const now = associationIn(event)
  const before = formerly(older, (one) => sameAssociation(one, former) ?? launchedWith(one, now?.instance))
  const instance = before?.instance ?? now?.instance
  const known = recorded && find(recorded.Instances, 'InstanceId', instance)?.IamInstanceProfile?.Arn
  const arn = known ?? before?.arn
  if (instance === undefined || arn === undefined) return undefined
  return {
    change: change({
      calls: now === undefined ? [] : replaceProfile(now.id, {Arn: arn}),
      effects: setProfile(instance, arn),
    }),
  }
}

function launchedWith({name, response}: ChangeEvent, instance: string | undefined): Association | undefined {
  if (name !== 'RunInstances' || instance === undefined) return undefined
  const own = partsIn(response, 'instancesSet').find((one) => textIn(one, 'instanceId') === instance)
  const arn = textIn(partIn(own, 'iamInstanceProfile'), 'arn')
  return arn === undefined ? undefined : {id: '', instance, arn}
}

export const INSTANCE_PROFILES: Readonly<Record<string, Revert>> = {
  AssociateIamInstanceProfile: revertProfileAssociation,
  DisassociateIamInstanceProfile: revertProfileDisassociation,
  ReplaceIamInstanceProfileAssociation: revertProfileReplacement,
}
