import type {Instance} from '../../model/account.ts'
import {type Effect, edit, editList} from '../../model/effect.ts'
import {isMac} from '../../model/instance.ts'
import {launchFailureOf} from '../../model/launch-failure.ts'
import {withPublicAddress} from '../../model/launched-instance.ts'
import {find} from '../../model/lists.ts'
import {defined} from '../../util/json.ts'
import {groupOf, launchedWithout, replacedBy} from '../core/auto-scaling.ts'
import {type Change, contactOwner, remedy, remedyOf, setting} from '../core/change.ts'
import {ec2, type Remedy} from '../core/remedy.ts'

const LAUNCH_DOCS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html'
const STOP_START_DOCS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html'

/**
 * A Spot Instance of a one-time request cannot be stopped, and one that EC2 has interrupted is started by EC2 alone.
 * Which it is does not show in the instance, so neither call is tried on the model.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances-request.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/interruption-behavior.html
 */
const isSpot = ({InstanceLifecycle}: Instance): boolean => InstanceLifecycle === 'spot'

/**
 * EC2 erases the Dedicated Host of a Mac instance that was stopped, before anything starts on it again. The waiter of the
 * AWS CLI gives up after ten minutes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/mac-instance-stop.html
 */
const MAC_STARTS =
  'A Mac instance stays in the stopping state for about 15 minutes, and does not start before its Dedicated Host is available again: up to 50 minutes later, on Apple silicon up to 4.5 hours. Repeat what ends too early.'

/**
 * Such an instance always starts on the Dedicated Host that it was stopped on.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstancePlacement.html
 */
const staysOnHost = ({Placement}: Instance): boolean => Placement?.Affinity === 'host'
const STAYS =
  ' Its host affinity keeps the instance on its Dedicated Host: to move it, name another one with modify-instance-placement while it is stopped.'

export function startInstance(instance: Instance): Remedy {
  const {InstanceId} = instance
  const group = groupOf(instance)
  const failure = launchFailureOf(instance)
  const notes = [
    ...(isSpot(instance) ? ['Only EC2 starts a Spot Instance that it interrupted.'] : []),
    ...(failure === undefined ? [] : [`The last start failed with ${failure}.`]),
    ...(isMac(instance) ? [MAC_STARTS] : []),
    ...(group === undefined
      ? []
      : [
          `Auto Scaling group ${group} terminates and replaces a stopped instance, unless it is in standby or in a warm pool, which starts it itself.`,
        ]),
  ]
  return remedy({
    title: `Start instance ${InstanceId}`,
    calls: ec2('StartInstances', {InstanceIds: [InstanceId]}),
    ...(!isSpot(instance) && failure === undefined && {effects: started(InstanceId)}),
    docs: failure === undefined ? STOP_START_DOCS : LAUNCH_DOCS,
    cost: 'The instance is billed again while it runs',
    ...(notes.length > 0 && {effect: notes.join(' ')}),
  })
}

/**
 * Stopping and starting moves the instance to another host, which a reboot does not. An instance whose root device is
 * an instance store volume cannot be stopped.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/RootDeviceStorage.html
 */
export function stopStartInstance(instance: Instance): Remedy {
  const {InstanceId} = instance
  if (instance.RootDeviceType === 'instance-store')
    return contactOwner(
      `Launch a replacement for ${InstanceId}: its root device is an instance store volume, so it cannot be stopped, and its data stays on its host`,
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/RootDeviceStorage.html',
    )
  const spot = isSpot(instance)
    ? ' A Spot Instance of a one-time request cannot be stopped: launch a replacement instead.'
    : ''
  const stays = isMac(instance) || staysOnHost(instance)
  return remedy({
    title: `Stop and start instance ${InstanceId}${stays ? '' : ', so that it moves to another host'}`,
    calls: [
      ec2('StopInstances', {InstanceIds: [InstanceId]}),
      {wait: ec2('DescribeInstances', {InstanceIds: [InstanceId]}), until: 'instance-stopped'},
      ec2('StartInstances', {InstanceIds: [InstanceId]}),
    ],
    undo: [],
    ...(!isSpot(instance) &&
      !stays && {
        effects: [
          started(InstanceId),
          edit('InstanceStatuses', InstanceId, (status) => ({
            ...status,
            SystemStatus: {...status.SystemStatus, Status: 'ok' as const},
          })),
        ],
      }),
    docs: STOP_START_DOCS,
    effect: `The workload of the instance is interrupted; data on instance store volumes is lost; a public IPv4 address that is not an Elastic IP address changes.${spot}${staysOnHost(instance) ? STAYS : ''}${isMac(instance) ? ` ${MAC_STARTS}` : ''}${replacedBy(instance)}`,
  })
}

/**
 * A started instance gets a new public address if its subnet assigns one; a stopped instance shows none. One that runs
 * without an address was not given one at launch, and stopping it does not change that. The address that AWS will choose
 * is not known, so a documentation address is used instead.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/working-with-ip-addresses.html
 */
const started =
  (id: string): Effect =>
  (account) =>
    edit('Instances', id, (instance) => {
      const running = {...instance, State: {Code: 16, Name: 'running' as const}, LaunchTime: account.ReadAt}
      const [only, ...others] = instance.NetworkInterfaces
      if (instance.State.Name === 'running' || !only || others.length > 0 || only.Association?.PublicIp) return running
      if (!find(account.Subnets, 'SubnetId', only.SubnetId)?.MapPublicIpOnLaunch) return running
      return withPublicAddress(running, only, '203.0.113.1')
    })(account)

/** A reboot may or may not recover the operating system, so it promises nothing on the model. */
export const rebootInstance = ({InstanceId}: Instance): Remedy =>
  remedy({
    title: `Reboot instance ${InstanceId} and read its console output`,
    calls: [ec2('RebootInstances', {InstanceIds: [InstanceId]}), ec2('GetConsoleOutput', {InstanceId, Latest: true})],
    docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-reboot.html',
    effect: 'The workload of the instance is interrupted.',
  })
export const deleteTag = ({InstanceId, Tags}: Instance, Key: string): Remedy =>
  remedy({
    title: `Remove tag ${Key} from ${InstanceId}`,
    calls: ec2('DeleteTags', {Resources: [InstanceId], Tags: [{Key}]}),
    undo: Tags.filter((tag) => tag.Key === Key).map(({Value = ''}) =>
      ec2('CreateTags', {Resources: [InstanceId], Tags: [{Key, Value}]}),
    ),
    effects: editList('Instances', InstanceId, 'Tags', (tags) => tags.filter((tag) => tag.Key !== Key)),
    docs: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html',
  })

type MetadataOptions = NonNullable<Instance['MetadataOptions']>
type Options = Pick<MetadataOptions, 'HttpEndpoint' | 'HttpTokens' | 'HttpPutResponseHopLimit'>

/** The metadata options become others, from what they were, unless that is unknown. */
export const changeMetadataOptions = (
  InstanceId: string,
  [from, to]: readonly [from: Options | undefined, to: Options],
): Change =>
  setting(
    (options: Options) => ec2('ModifyInstanceMetadataOptions', {InstanceId, ...defined(options)}),
    [from, to],
    edit('Instances', InstanceId, (instance) => ({
      ...instance,
      MetadataOptions: {...instance.MetadataOptions, ...to, State: 'applied' as const},
    })),
  )

/** It needs no restart. */
const modifyMetadataOptions = (instance: Instance, options: Options, title: string, effect?: string): Remedy => {
  const {InstanceId, MetadataOptions: former = {}} = instance
  const effects = [effect, launchedWithout(instance)].filter((text) => text !== undefined)
  const before = Object.fromEntries(Object.entries(former).filter(([name]) => name in options))
  return remedyOf(title, changeMetadataOptions(InstanceId, [before, options]), {
    docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html',
    ...(effects.length > 0 && {effect: effects.join(' ')}),
  })
}

export const enableMetadataService = (instance: Instance): Remedy =>
  modifyMetadataOptions(instance, {HttpEndpoint: 'enabled'}, `Enable the metadata service of ${instance.InstanceId}`)

export const allowMetadataWithoutToken = (instance: Instance): Remedy =>
  modifyMetadataOptions(
    instance,
    {HttpTokens: 'optional'},
    `Make metadata tokens optional on ${instance.InstanceId} until the agent is updated`,
    'Every process on the instance can then read its credentials without a token; require tokens again afterwards.',
  )

export const raiseHopLimit = (instance: Instance): Remedy =>
  modifyMetadataOptions(
    instance,
    {HttpPutResponseHopLimit: 2},
    `Allow containers on ${instance.InstanceId} to reach the metadata service`,
  )
