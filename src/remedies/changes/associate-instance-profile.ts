import type {Account, IamInstanceProfileAssociation, Instance, InstanceProfile} from '../../model/account.ts'
import {withItem, withItems} from '../../model/joins.ts'
import type {Call, Remedy, Step} from '../core/remedy.ts'
import {answer} from '../core/remedy.ts'

const DOCS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/attach-iam-role.html'
const EFFECT =
  'Every process on the instance gets the permissions of the role. The agent retries within an hour, or immediately when it is restarted.'

type Association = IamInstanceProfileAssociation | undefined

/** Associates the profile with the instance, replacing the one it has. */
export function associateInstanceProfile(
  instance: Instance,
  profile: Pick<InstanceProfile, 'Arn' | 'InstanceProfileName' | 'InstanceProfileId'>,
  association: Association,
): Remedy {
  return {
    title: `Associate instance profile ${profile.InstanceProfileName} with ${instance.InstanceId}`,
    steps: associationCalls(instance, profile.InstanceProfileName, association),
    docs: DOCS,
    effect: EFFECT,
    undo: undoOf(instance, association),
    apply: (account) => associated(account, instance.InstanceId, profile),
  }
}

const save = {as: 'ASSOCIATION_ID', query: 'IamInstanceProfileAssociation.AssociationId'}

/**
 * A profile of an instance can only be replaced by another one; if the association was not read, the command looks it
 * up.
 */
export function associationCalls(
  {InstanceId, IamInstanceProfile: held}: Instance,
  Name: string,
  association: Association,
): readonly Call[] {
  const IamInstanceProfile = {Name}
  const known = association?.AssociationId
  if (known === undefined && held === undefined)
    return [{service: 'ec2', operation: 'AssociateIamInstanceProfile', input: {InstanceId, IamInstanceProfile}, save}]
  const replaced = (AssociationId: Call['input'][string]): Call => ({
    service: 'ec2',
    operation: 'ReplaceIamInstanceProfileAssociation',
    input: {AssociationId, IamInstanceProfile},
    save,
  })
  if (known !== undefined) return [replaced(known)]
  const found: Call = {
    service: 'ec2',
    operation: 'DescribeIamInstanceProfileAssociations',
    input: {Filters: [{Name: 'instance-id', Values: [InstanceId]}]},
    save: {as: 'ASSOCIATION_BEFORE', query: 'IamInstanceProfileAssociations[0].AssociationId'},
  }
  return [found, replaced(answer('ASSOCIATION_BEFORE'))]
}

export function undoOf({IamInstanceProfile: held}: Instance, association: Association): readonly Step[] {
  const AssociationId = answer('ASSOCIATION_ID')
  const before = association?.IamInstanceProfile?.Arn ?? held?.Arn
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
