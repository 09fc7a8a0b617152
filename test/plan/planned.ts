import type {PlannedResource, Properties} from '../../src/plan/resource.ts'

/** A change of what exists: its creation without properties before, its deletion without properties afterwards. */
export const planned = (
  type: string,
  resourceId: string,
  before?: Properties,
  after?: Properties,
): PlannedResource => ({
  address: `made.${resourceId}`,
  type,
  id: resourceId,
  action: after === undefined ? 'delete' : before === undefined ? 'create' : 'update',
  attributes: [],
  ...(before && {before}),
  ...(after && {after}),
})
