import type {PlannedResource} from './resource.ts'

const TEMPLATE = 'AWS::EC2::LaunchTemplate'

/**
 * An instance or an Auto Scaling group with the properties of its launch template; its own come first. One that keeps its
 * `LaunchTemplate` is launched from a template outside the plan.
 */
export function withLaunchTemplates(resources: readonly PlannedResource[]): readonly PlannedResource[] {
  const templates = new Map(
    resources.flatMap(({type, id, after}) => (type === TEMPLATE && after ? [[id, after] as const] : [])),
  )
  return resources
    .filter(({type}) => type !== TEMPLATE)
    .map((one) => {
      const {LaunchTemplate, ...own} = one.after ?? {}
      const template = templates.get(String(LaunchTemplate))
      return template ? {...one, after: {...template, ...own}} : one
    })
}
