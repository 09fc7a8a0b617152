import {EFFECTS} from './overlay/overlay.ts'
import {type PlannedResource, type Properties, textOf, UNKNOWN} from './resource.ts'

export const LAUNCH_TEMPLATE = 'AWS::EC2::LaunchTemplate'
const FLEET = 'AWS::AutoScaling::AutoScalingGroup'

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
  const alone = resources.filter((one) => one.type === LAUNCH_TEMPLATE && !used.has(one) && isChanged(one))
  return [...resolved, ...alone.map(launchOf)].filter(({type}) => Object.hasOwn(EFFECTS, type))
}

const isChanged = ({action}: PlannedResource): boolean => action === 'create' || action === 'update'

const namesOf = ({id, after}: PlannedResource): readonly string[] => [id, textOf(after?.LaunchTemplateName) ?? id]

function inheriting(user: PlannedResource, template: PlannedResource, property: string): PlannedResource {
  const {[property]: _, ...own} = user.after ?? {}
  const after = {...withoutName(template.after), ...own}
  return user.type === FLEET && user.action === 'none' && isChanged(template)
    ? {...user, action: 'update', attributes: [...user.attributes, ...template.attributes], after}
    : {...user, after}
}

const withoutName = ({LaunchTemplateName: _, ...properties}: Properties = {}): Properties => properties

/** A template that nothing in the plan uses, launched into the subnet that it names. */
const launchOf = ({after = {}, before: _, ...one}: PlannedResource): PlannedResource => ({
  ...one,
  type: FLEET,
  after: {...withoutName(after), SubnetIds: after.SubnetId ?? UNKNOWN},
})
