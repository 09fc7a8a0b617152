import type {LaunchSource} from '../remedies/core/snippet-place.ts'
import {EFFECTS} from './overlay/overlay.ts'
import {type PlannedResource, type Properties, textOf, UNKNOWN} from './resource.ts'

export const LAUNCH_TEMPLATE = 'AWS::EC2::LaunchTemplate'
export const FLEET = 'AWS::AutoScaling::AutoScalingGroup'

/** Kinds whose properties an instance inherits, and the property by which it refers to one. */
const TEMPLATE_PROPERTIES: readonly (readonly [type: string, property: string])[] = [
  [LAUNCH_TEMPLATE, 'LaunchTemplate'],
  ['AWS::EC2::NetworkInterface', 'NetworkInterface'],
]

/**
 * An instance or an Auto Scaling group with the properties of its launch template and its network interface; its own
 * take precedence. One that keeps its `LaunchTemplate` is launched from a template outside the plan. A template that
 * changes is examined in each group that uses it, or otherwise on its own. Only what is modeled is left.
 */
export function withLaunchTemplates(resources: readonly PlannedResource[]): readonly PlannedResource[] {
  const templates = new Map(
    resources.flatMap((one) =>
      TEMPLATE_PROPERTIES.some(([type]) => type === one.type) && one.after
        ? namesOf(one).map((name) => [`${one.type} ${name}`, one] as const)
        : [],
    ),
  )
  const used = new Set<PlannedResource>()
  const resolved = resources
    .filter(({type}) => type !== LAUNCH_TEMPLATE)
    .map((one) =>
      TEMPLATE_PROPERTIES.reduce((user, [type, property]) => {
        const template = templates.get(`${type} ${textOf(user.after?.[property])}`)
        if (template) used.add(template)
        return template ? inheriting(user, template, property) : user
      }, one),
    )
    .map(withoutVersion)
  const alone = resources.filter((one) => one.type === LAUNCH_TEMPLATE && !used.has(one) && isChanged(one))
  return [...resolved, ...alone.map(launchOf)].filter(({type}) => Object.hasOwn(EFFECTS, type))
}

/** Of a numbered instance of an Auto Scaling group, the id of the group. */
export const fleetIdOf = (id: string): string => id.replace(/#\d+$/, '')

const isChanged = ({action}: PlannedResource): boolean => action === 'create' || action === 'update'

const namesOf = ({id, after}: PlannedResource): readonly string[] => [id, textOf(after?.LaunchTemplateName) ?? id]

const sourceOf = ({address, id}: PlannedResource): LaunchSource => ({address, isTemplate: id.startsWith('lt-')})

function inheriting(one: PlannedResource, template: PlannedResource, property: string): PlannedResource {
  const user = one.type === FLEET ? {...one, launchedFrom: sourceOf(template)} : one
  const {[property]: _, ...own} = user.after ?? {}
  if (keepsVersion(user, template))
    return user.action === 'none' ? {...user, after: {...withoutName(template.before), ...own}} : user
  const after = {...withoutName(template.after), ...own}
  return user.type === FLEET && user.action === 'none' && isChanged(template)
    ? {...user, action: 'update', attributes: [...user.attributes, ...template.attributes], after}
    : {...user, after}
}

/**
 * A template that changes gets a new version. A group that names another by its number keeps that one, and one that names
 * the default version does so unless the default changes as well; what they have is known only of the latest.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
 */
function keepsVersion({action, before, after}: PlannedResource, template: PlannedResource): boolean {
  if (template.action !== 'update') return false
  const version = textOf(after?.LaunchTemplateVersion)
  if (version === '$Default') return !template.attributes.includes('default_version')
  const isNumber = version !== undefined && /^\d+$/.test(version)
  return isNumber && (action === 'none' || textOf(before?.LaunchTemplateVersion) === version)
}

const withoutVersion = (one: PlannedResource): PlannedResource => {
  if (one.type !== FLEET || one.after === undefined) return one
  const {LaunchTemplateVersion: _, ...after} = one.after
  return {...one, after}
}

const withoutName = ({LaunchTemplateName: _, ...properties}: Properties = {}): Properties => properties

/** A template that nothing in the plan uses, launched into the subnet that it names. */
const launchOf = ({after = {}, before: _, ...one}: PlannedResource): PlannedResource => ({
  ...one,
  type: FLEET,
  launchedFrom: sourceOf(one),
  after: {...withoutName(after), SubnetIds: after.SubnetId ?? UNKNOWN},
})
