import {defined} from '../util/json.ts'
import {FLEET} from './launch-templates.ts'
import {objectOf, type PlannedResource, type Properties} from './resource.ts'

export const METADATA_DEFAULTS = 'ssm-doctor::MetadataDefaults'

/**
 * What the plan launches gets the metadata options of the account and Region, unless its own or those of its launch
 * template take precedence. Instances that exist keep theirs.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
 */
export function withMetadataDefaults(
  launched: readonly PlannedResource[],
  resources: readonly PlannedResource[],
): readonly PlannedResource[] {
  const defaults = preferredIn(resources.find(({type, after}) => type === METADATA_DEFAULTS && after)?.after)
  return Object.keys(defaults).length === 0 ? launched : launched.map((one) => inheriting(one, defaults))
}

/** A hop limit of -1 is no preference either. */
const preferredIn = (options: Properties = {}): Properties =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== 'no-preference' && value !== -1))

function inheriting(one: PlannedResource, defaults: Properties): PlannedResource {
  const isLaunched = one.type === 'AWS::EC2::Instance' ? one.action === 'create' : one.type === FLEET
  if (!isLaunched || one.after === undefined) return one
  const own = defined(objectOf(one.after.MetadataOptions))
  return {...one, after: {...one.after, MetadataOptions: {...defaults, ...own}}}
}
