import type {Account, IamInstanceProfileAssociation, Instance, InstanceProfile} from '../account/account.ts'
import {withItem, withItems} from '../account/joins.ts'
import type {Call, Remedy, Step} from './remedy.ts'
import {answer} from './remedy.ts'

const DOCS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/attach-iam-role.html'
const EFFECT =
  'Everything on the instance gets the rights of the role. An agent that sleeps after a refusal tries again within the hour, or at once when it is restarted.'

/** Gives the instance the profile, in the place of the one it has. */
export function associateInstanceProfile(
  instance: Instance,
  profile: Pick<InstanceProfile, 'Arn' | 'InstanceProfileName' | 'InstanceProfileId'>,
  association: IamInstanceProfileAssociation | undefined,
): Remedy {
  return {
    title: `Associate instance profile ${profile.InstanceProfileName} with ${instance.InstanceId}`,
    steps: [associationCall(instance, profile.InstanceProfileName, association)],
    docs: DOCS,
    effect: EFFECT,
    undo: undoOf(association),
    apply: (account) => associated(account, instance.InstanceId, profile),
  }
}

export function associationCall(
  {InstanceId}: Instance,
  Name: string,
  association: IamInstanceProfileAssociation | undefined,
): Call {
  const save = {as: 'ASSOCIATION_ID', query: 'IamInstanceProfileAssociation.AssociationId'}
  const IamInstanceProfile = {Name}
  return association?.AssociationId === undefined
    ? {service: 'ec2', operation: 'AssociateIamInstanceProfile', input: {InstanceId, IamInstanceProfile}, save}
    : {
        service: 'ec2',
        operation: 'ReplaceIamInstanceProfileAssociation',
        input: {AssociationId: association.AssociationId, IamInstanceProfile},
        save,
      }
}

export function undoOf(association: IamInstanceProfileAssociation | undefined): readonly Step[] {
  const AssociationId = answer('ASSOCIATION_ID')
  const before = association?.IamInstanceProfile?.Arn
  return before === undefined
    ? [{service: 'ec2', operation: 'DisassociateIamInstanceProfile', input: {AssociationId}}]
    : [
        {
          service: 'ec2',
          operation: 'ReplaceIamInstanceProfileAssociation',
          input: {AssociationId, IamInstanceProfile: {Arn: before}},
        },
      ]
}

/** The account in which the instance has the profile. */
export function associated(
  account: Account,
  instanceId: string,
  {Arn, InstanceProfileId}: Pick<InstanceProfile, 'Arn' | 'InstanceProfileId'>,
): Account {
  const IamInstanceProfile = {Arn, Id: InstanceProfileId}
  const withProfile = withItem(account, 'Instances', 'InstanceId', instanceId, (instance) => ({
    ...instance,
    IamInstanceProfile,
  }))
  const association: IamInstanceProfileAssociation = {
    InstanceId: instanceId,
    AssociationId: undefined,
    IamInstanceProfile,
    State: 'associated',
    Timestamp: undefined,
  }
  return withItems(withProfile, 'IamInstanceProfileAssociations', (associations) => [
    ...associations.filter(({InstanceId}) => InstanceId !== instanceId),
    association,
  ])
}
