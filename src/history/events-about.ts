import type {ChangeEvent} from './event.ts'
import {partIn, textIn} from './parameters.ts'
import type {Subjects} from './subjects.ts'

type Searched = Pick<Subjects, 'resources' | 'calls'>

/** The events that change what a cause is found on. */
export const eventsAbout = (events: readonly ChangeEvent[], {resources, calls}: Searched): readonly ChangeEvent[] =>
  events.filter((event) =>
    isNamedIn(event, resources)
      ? isOnOneOf(event, resources)
      : calls.includes(event.name) && !isOnAnother(event, resources),
  )

/** The resource that a call changes, by the parameter that names it; its other parameters only refer to resources. */
const CHANGED = [
  'groupId',
  'networkAclId',
  'routeTableId',
  'vpcEndpointId',
  'networkInterfaceId',
  'instanceId',
  'instanceProfileName',
  'roleName',
]

/**
 * A rule of another group may reference this one, and another role may have the same policy. Associations have two
 * sides. An IAM user or group may have the name of a role.
 */
function isOnOneOf(event: ChangeEvent, resources: readonly string[]): boolean {
  const {name, service, request} = event
  if (/Associat/.test(name)) {
    const instance = textIn(request, 'instanceId') ?? associatedInstance(event)
    return instance === undefined || resources.includes(instance)
  }
  if (service === 'iam.amazonaws.com' && textIn(request, 'userName', 'groupName') !== undefined) return false
  const changed = textIn(request, ...CHANGED)
  return changed === undefined || resources.includes(changed)
}

/** A call that was looked up only by its name is one of the whole account: the VPC, profile or instance may differ. */
function isOnAnother(event: ChangeEvent, resources: readonly string[]): boolean {
  const on = textIn(event.request, 'vpcId', 'instanceProfileName') ?? associatedInstance(event)
  return on !== undefined && !resources.includes(on)
}

const associatedInstance = ({response}: ChangeEvent): string | undefined =>
  textIn(partIn(response, 'iamInstanceProfileAssociation'), 'instanceId')

export const isNamedIn = ({mentions}: ChangeEvent, resources: readonly string[]): boolean =>
  resources.some((one) => mentions.has(one))
