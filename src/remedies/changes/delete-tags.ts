import type {Instance} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'

/** Removes a tag from an instance. */
export const deleteTag = ({InstanceId, Tags}: Instance, key: string): Remedy => ({
  title: `Remove tag ${key} from ${InstanceId}`,
  steps: [{service: 'ec2', operation: 'DeleteTags', input: {Resources: [InstanceId], Tags: [{Key: key}]}}],
  docs: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html',
  undo: Tags.filter(({Key}) => Key === key).map(({Value = ''}) => ({
    service: 'ec2',
    operation: 'CreateTags',
    input: {Resources: [InstanceId], Tags: [{Key: key, Value}]},
  })),
  apply: (account) =>
    withItem(account, 'Instances', 'InstanceId', InstanceId, (instance) => ({
      ...instance,
      Tags: instance.Tags.filter(({Key}) => Key !== key),
    })),
})
