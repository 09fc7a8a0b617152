import type {JsonObject} from '../../util/json.ts'
import {LAUNCH_TEMPLATE, withLaunchTemplates} from '../launch-templates.ts'
import {EFFECTS} from '../overlay/overlay.ts'
import {type IgnoredResource, objectOf, type PlannedResource, type ResourcePlan, textOf, UNKNOWN} from '../resource.ts'
import {conditionOf, type Environment, evaluate} from './intrinsics.ts'
import {notModeledIn} from './not-modeled.ts'
import {secretsOf} from './parameters.ts'
import {partsOf} from './properties.ts'
import {namedUnknowns} from './same-later.ts'
import {newId, refuseMacros, type Stack, type StackContext, stackOf} from './stack.ts'

/**
 * The resources of a template as the stack will have them, with those of the nested stacks whose templates were read.
 */
export const templatePlan = (template: JsonObject, context: StackContext): ResourcePlan => {
  refuseMacros(template)
  const {resources, ...rest} = planOf(stackOf(template, context))
  return {...rest, resources: withLaunchTemplates(resources)}
}

interface StackPlan extends ResourcePlan {
  readonly secrets: readonly string[]
}

function planOf({template, parameters, declared, environment, nested, context}: Stack): StackPlan {
  const within = declared.map((one) => ({...one, inner: nested(one.logicalId)}))
  const plans = within.flatMap(({inner, raw}) => (inner ? [inherited(planOf(inner), raw, environment)] : []))
  const own = within
    .filter(({inner}) => !inner)
    .map((one) => {
      const {address, logicalId, raw} = one
      const evaluated = objectOf(evaluate(raw.Properties ?? {}, environment))
      const isNew = context.physicalIds.get(address) === undefined
      const isNested = address !== logicalId
      const properties = isNew ? evaluated : namedUnknowns(evaluated, raw.Properties, {template, environment, isNested})
      return {...one, properties, isNew}
    })
  const resources = own.flatMap(({address, type, id, raw, properties, isNew}) =>
    partsOf(type, properties, isNew).map(
      (part): PlannedResource => ({
        address,
        id: textOf(id) ?? newId(address, type),
        action: isNew ? 'create' : 'update',
        attributes: [],
        type: part.type,
        after: part.properties,
        ...conditional(raw, environment),
        ...keptBy(raw),
      }),
    ),
  )
  const ignored = own.flatMap(({address, type, raw, properties, isNew}): readonly IgnoredResource[] => {
    const one = {address, type, isCreated: isNew}
    return isModeled(type) ? notModeledIn(one, properties) : [{...one, properties, ...keptBy(raw)}]
  })
  return {
    resources: [...resources, ...plans.flatMap((one) => one.resources)],
    ignored: [...ignored, ...plans.flatMap((one) => one.ignored)],
    secrets: [...secretsOf(template, parameters), ...plans.flatMap((one) => one.secrets)],
  }
}

const conditional = ({Condition}: JsonObject, environment: Environment): Pick<PlannedResource, 'isConditional'> =>
  Condition !== undefined && conditionOf(String(Condition), environment) === UNKNOWN ? {isConditional: true} : {}

/** What applies to a nested stack applies to everything in it. It is removed, but never replaced. */
const inherited = (plan: StackPlan, raw: JsonObject, environment: Environment): StackPlan => ({
  ...plan,
  resources: plan.resources.map(({keeps = [], ...one}) => {
    const own = (keptBy(raw).keeps ?? []).filter((when) => when === 'removed')
    const both = [...keeps, ...own]
    return {...one, ...conditional(raw, environment), ...(both.length > 0 && {keeps: both})}
  }),
})

/**
 * A retained resource stays in the account, outside the stack.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
const keptBy = ({DeletionPolicy, UpdateReplacePolicy}: JsonObject): Pick<PlannedResource, 'keeps'> => {
  const keeps = [
    ...(String(DeletionPolicy).startsWith('Retain') ? (['removed'] as const) : []),
    ...(UpdateReplacePolicy === 'Retain' ? (['replaced'] as const) : []),
  ]
  return keeps.length > 0 ? {keeps} : {}
}

export const isModeled = (type: string): boolean =>
  partsOf(type, {InternetGatewayId: '', RecordSets: [{}]}).every(
    (part) => Object.hasOwn(EFFECTS, part.type) || part.type === LAUNCH_TEMPLATE,
  )
