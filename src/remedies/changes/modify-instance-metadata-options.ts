import type {Instance} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'

type MetadataOptions = NonNullable<Instance['MetadataOptions']>
type Options = Pick<MetadataOptions, 'HttpEndpoint' | 'HttpTokens' | 'HttpPutResponseHopLimit'>

/** Changes the instance's metadata options; it needs no restart. */
const modifyInstanceMetadataOptions = (instance: Instance, title: string, options: Options): Remedy => ({
  title,
  steps: [modification(instance, options)],
  docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html',
  undo: [modification(instance, former(instance, options))],
  apply: (account) =>
    withItem(account, 'Instances', 'InstanceId', instance.InstanceId, (item) => {
      const MetadataOptions: MetadataOptions = {...item.MetadataOptions, ...options, State: 'applied'}
      return {...item, MetadataOptions}
    }),
})

const modification = ({InstanceId}: Instance, options: Options) => ({
  service: 'ec2' as const,
  operation: 'ModifyInstanceMetadataOptions',
  input: {InstanceId, ...present(options)},
})

const present = (options: Options): Readonly<Record<string, string | number>> =>
  Object.fromEntries(Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

const former = ({MetadataOptions = {}}: Instance, options: Options): Options =>
  Object.fromEntries(Object.entries(MetadataOptions).filter(([name]) => name in options))

export const enableMetadataService = (instance: Instance): Remedy =>
  modifyInstanceMetadataOptions(instance, `Enable the metadata service of ${instance.InstanceId}`, {
    HttpEndpoint: 'enabled',
  })

export const allowMetadataWithoutToken = (instance: Instance): Remedy => ({
  ...modifyInstanceMetadataOptions(
    instance,
    `Make metadata tokens optional on ${instance.InstanceId} until the agent is updated`,
    {HttpTokens: 'optional'},
  ),
  effect:
    'Every process on the instance can then read its credentials without a token; require tokens again afterwards.',
})

export const raiseHopLimit = (instance: Instance): Remedy =>
  modifyInstanceMetadataOptions(instance, `Allow containers on ${instance.InstanceId} to reach the metadata service`, {
    HttpPutResponseHopLimit: 2,
  })
