import {editAll, set} from '../../model/effect.ts'
import {primaryInterfaceOf, withGroups} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {setSourceDestCheck} from '../../remedies/changes/gateways.ts'
import {changeMetadataOptions} from '../../remedies/changes/instances.ts'
import {change, onModel, setting} from '../../remedies/core/change.ts'
import {ec2} from '../../remedies/core/remedy.ts'
import {capital} from '../../util/list-in-words.ts'
import type {ChangeEvent} from '../event.ts'
import {flagIn, numberIn, type Parameters, partIn, partsIn, textIn, textsIn} from '../parameters.ts'
import {
  allKnown,
  formerly,
  instanceOfInterface,
  NOTHING,
  type Reversal,
  type Revert,
  type RevertContext,
  toggled,
} from './context.ts'

/** The ids in a list of groups, in any format. */
const groupsIn = (parameters: Parameters | undefined): readonly string[] => [
  ...partsIn(parameters, 'groupSet').flatMap((group) => textIn(group, 'groupId') ?? []),
  ...textsIn(parameters, 'securityGroupId', 'securityGroupIds', 'groups'),
]

function groupsAfter(event: ChangeEvent, instanceId: string | undefined, interfaceId: string): readonly string[] {
  const {name, request, response} = event
  if (name === 'ModifyNetworkInterfaceAttribute')
    return textIn(request, 'networkInterfaceId') === interfaceId ? groupsIn(request) : []
  if (name === 'ModifyInstanceAttribute')
    return instanceId !== undefined && textIn(request, 'instanceId') === instanceId ? groupsIn(request) : []
  if (name !== 'RunInstances' && name !== 'CreateNetworkInterface') return []
  const made = [
    ...partsIn(response, 'instancesSet').flatMap((instance) => partsIn(instance, 'networkInterfaceSet')),
    ...partsIn(response, 'networkInterface'),
  ]
  return groupsIn(made.find((one) => textIn(one, 'networkInterfaceId') === interfaceId))
}

/** An earlier call, or what AWS Config recorded, has the groups of the interface; its instance lists them too. */
function revertGroups(
  {event, older, recorded}: RevertContext,
  instanceId: string | undefined,
  interfaceId: string,
): Reversal | undefined {
  const known = recorded && find(recorded.NetworkInterfaces, 'NetworkInterfaceId', interfaceId)?.Groups
  const own = recorded && find(recorded.Instances, 'InstanceId', instanceId)?.NetworkInterfaces
  const groups = known ?? own?.find((one) => one.NetworkInterfaceId === interfaceId)?.Groups
  const before =
    groups?.flatMap(({GroupId}) => GroupId ?? []) ??
    formerly(older, (one) => allKnown(groupsAfter(one, instanceId, interfaceId)))
  if (!before) return undefined
  const Groups = before.map((GroupId) => ({GroupId, GroupName: undefined}))
  return {
    change: setting(
      (ids: readonly string[]) =>
        ec2('ModifyNetworkInterfaceAttribute', {NetworkInterfaceId: interfaceId, Groups: ids}),
      [groupsIn(event.request), before],
      [
        editAll('Instances', (instance) => {
          const eni = instance.NetworkInterfaces.find(({NetworkInterfaceId}) => NetworkInterfaceId === interfaceId)
          return eni ? withGroups(instance, Groups, eni) : instance
        }),
        set('NetworkInterfaces', interfaceId, {Groups}),
      ],
    ),
  }
}

function sourceDestCheck(context: RevertContext, InstanceId: string, id: string, now: boolean): Reversal {
  const former = formerly(context.older, ({request}) =>
    textIn(request, 'networkInterfaceId') === id ? flagIn(request, 'sourceDestCheck') : undefined,
  )
  const change = (value: boolean) => setSourceDestCheck({InstanceId}, id, value)
  return toggled(now, former, change, `the source/destination check was ${!now}`)
}

const revertInterface: Revert = (context) => {
  const {request} = context.event
  const id = textIn(request, 'networkInterfaceId')
  if (id === undefined) return undefined
  const check = flagIn(request, 'sourceDestCheck')
  const owner = instanceOfInterface(context.account, id)
  if (check !== undefined) return sourceDestCheck(context, owner ?? '', id, check)
  if (groupsIn(request).length === 0) return isNeutral(request) ? NOTHING : undefined
  return revertGroups(context, owner, id)
}

/** Attributes that nothing on a path depends on. */
const NEUTRAL = [
  'description',
  'instanceType',
  'ebsOptimized',
  'enaSupport',
  'disableApiTermination',
  'userData',
] as const

const isNeutral = (request: Parameters | undefined): boolean =>
  NEUTRAL.some((name) => request?.[name] !== undefined || name === textIn(request, 'attribute')) ||
  partIn(request, 'attachment') !== undefined

const revertInstance: Revert = (context) => {
  const {account, event} = context
  const id = textIn(event.request, 'instanceId')
  const instance = find(account.Instances, 'InstanceId', id)
  const primary = instance && primaryInterfaceOf(instance)?.NetworkInterfaceId
  if (id === undefined || primary === undefined) return undefined
  const check = flagIn(event.request, 'sourceDestCheck')
  if (check !== undefined) return sourceDestCheck(context, id, primary, check)
  if (groupsIn(event.request).length > 0) return revertGroups(context, id, primary)
  return isNeutral(event.request) ? NOTHING : undefined
}

/** The values of each option; a hop limit has many. */
const METADATA: Readonly<Record<string, readonly string[]>> = {
  httpEndpoint: ['enabled', 'disabled'],
  httpTokens: ['optional', 'required'],
  httpPutResponseHopLimit: [],
}

/** A call names the options that it changes; one of two values was the other one, unless an earlier call shows it. */
const revertMetadata: Revert = ({event, older}) => {
  const id = textIn(event.request, 'instanceId')
  if (id === undefined) return undefined
  const valueIn = (options: Parameters | undefined, name: string) => numberIn(options, name) ?? textIn(options, name)
  const before: Record<string, string | number> = {}
  const assumed: string[] = []
  for (const [name, values] of Object.entries(METADATA)) {
    const now = valueIn(event.request, name)
    if (now === undefined) continue
    const former = formerly(older, ({request, response}) =>
      textIn(request, 'instanceId') === id
        ? (valueIn(request, name) ?? valueIn(partIn(response, 'instanceMetadataOptions'), name))
        : undefined,
    )
    const value = former ?? values.find((one) => one !== now)
    if (value === undefined) return undefined
    before[capital(name)] = value
    if (former === undefined) assumed.push(`${capital(name)} was ${value}`)
  }
  return {
    change: changeMetadataOptions(id, [undefined, before]),
    ...(assumed.length > 0 && {assumption: `that ${assumed.join(' and ')} before, which CloudTrail does not record`}),
  }
}

const idsIn = (request: Parameters | undefined): readonly string[] => [
  ...partsIn(request, 'instancesSet').flatMap((one) => textIn(one, 'instanceId') ?? []),
  ...textsIn(request, 'instanceId'),
]

/** The state of each instance before the call, from its response: an instance that is stopped can be stopped again. */
const statesBefore = ({request, response}: ChangeEvent) =>
  idsIn(request).map((id) => {
    const own = partsIn(response, 'instancesSet').find((one) => textIn(one, 'instanceId') === id)
    const isStopped = /^stopp/.test(textIn(partIn(own, 'previousState'), 'name') ?? '')
    return {id, isStopped, State: isStopped ? {Code: 80, Name: 'stopped' as const} : RUNNING}
  })
const RUNNING = {Code: 16, Name: 'running'} as const

/** Whether the call started what was stopped. */
export const isStart = (event: ChangeEvent): boolean =>
  event.name === 'StartInstances' &&
  partsIn(event.response, 'instancesSet').some((one) => textIn(partIn(one, 'previousState'), 'name') !== 'running')

const revertStop: Revert = ({event}) => {
  const states = statesBefore(event)
  const ran = states.filter(({isStopped}) => !isStopped)
  if (ran.length === 0) return states.length === 0 ? undefined : NOTHING
  const InstanceIds = ran.map(({id}) => id)
  const effects = ran.map(({id, State}) => set('Instances', id, {State}))
  return {change: change({calls: ec2('StartInstances', {InstanceIds}), effects})}
}

/** A terminated instance cannot be restored. */
const revertTermination: Revert = ({event}) => ({
  change: onModel(...statesBefore(event).map(({id, State}) => set('Instances', id, {State}))),
})

export const INSTANCES: Readonly<Record<string, Revert>> = {
  ModifyInstanceAttribute: revertInstance,
  ModifyNetworkInterfaceAttribute: revertInterface,
  ModifyInstanceMetadataOptions: revertMetadata,
  StopInstances: revertStop,
  TerminateInstances: revertTermination,
}
