import type {PlannedResource, ResourcePlan} from '../resource.ts'

/** What a new template of a stack changes: both versions of each resource, and those that only the earlier one has. */
export function stackChange(earlier: ResourcePlan, later: ResourcePlan): ResourcePlan {
  const before = new Map(earlier.resources.map((one) => [one.address, one]))
  const after = new Set(later.resources.map(({address}) => address))
  return {
    resources: [
      ...later.resources.map((one) => changeOf(before.get(one.address), one)),
      ...earlier.resources.filter(({address}) => !after.has(address)).map(deletionOf),
    ],
    ignored: later.ignored,
  }
}

function changeOf(before: PlannedResource | undefined, one: PlannedResource): PlannedResource {
  if (before?.after === undefined || before.type !== one.type) return one
  const names = [...new Set([...Object.keys(before.after), ...Object.keys(one.after ?? {})])]
  const attributes = names.filter((name) => textOf(before.after?.[name]) !== textOf(one.after?.[name]))
  const action = one.action === 'create' ? 'create' : attributes.length > 0 ? 'update' : 'none'
  return {...one, action, before: before.after, attributes}
}

const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, one) => (typeof one === 'symbol' ? String(one) : one))

const deletionOf = ({after, ...one}: PlannedResource): PlannedResource => ({
  ...one,
  action: 'delete',
  ...(after && {before: after}),
})
