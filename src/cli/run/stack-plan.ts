import {parseJson} from '../../account-file/json-text.ts'
import type {DeployedStack} from '../../collect/stack.ts'
import type {Account} from '../../model/account.ts'
import {changeSetPlan, changesIn, isChangeSet} from '../../plan/cloudformation/change-set.ts'
import {secretsOf} from '../../plan/cloudformation/parameters.ts'
import {parseTemplate} from '../../plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../plan/cloudformation/read-template.ts'
import type {StackContext} from '../../plan/cloudformation/stack.ts'
import {stackChange} from '../../plan/cloudformation/stack-change.ts'
import {defaultsIn} from '../../plan/defaults.ts'
import {listOf, objectOf, type ResourcePlan, textOf} from '../../plan/resource.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import {nestedTemplates} from '../input/nested-templates.ts'
import type {PlanSource} from '../input/plan-flags.ts'
import {textIn} from '../input/text-files.ts'

interface Template {
  readonly template: JsonObject
  readonly nested: ReadonlyMap<string, JsonObject>
}

/** A change set, and its template if that was given. */
interface ChangeSet {
  readonly changeSet: JsonObject
  readonly template?: JsonObject
}

/** What the files of a plan contain, read before the account is. */
export interface StackFiles {
  readonly parameters: Readonly<Record<string, string>>
  readonly physicalIds: ReadonlyMap<string, string>
  readonly content: Template | ChangeSet
  readonly before?: Template | undefined
}

export async function stackFilesOf(file: string, flags: PlanSource): Promise<StackFiles> {
  const {parameters, 'stack-resources': resources, 'stack-template': earlier} = flags
  const [given, answer, before, text] = await Promise.all([
    parameters === undefined ? {} : parametersFrom(parameters),
    resources === undefined ? undefined : textIn(resources).then((json) => objectOf(parseJson(resources, json))),
    earlier === undefined ? undefined : textIn(earlier).then((template) => templateIn(earlier, template)),
    textIn(file),
  ])
  const common = {
    parameters: given,
    physicalIds: answer === undefined ? new Map<string, string>() : physicalIdsIn(resources ?? '', answer),
    before,
  }
  const changeSet = changeSetIn(file, text)
  if (changeSet) return {...common, content: {changeSet}}
  if (answer && isChangeSet(answer as JsonObject))
    return {...common, content: {changeSet: answer as JsonObject, template: parseTemplate(file, text)}}
  return {...common, content: await templateIn(file, text)}
}

async function templateIn(file: string, text: string): Promise<Template> {
  const template = parseTemplate(file, text)
  return {template, nested: await nestedTemplates(file, template)}
}

/** The plan of a template or a change set, as a change of the stack that is deployed, or whose state is in files. */
export function stackPlan(
  account: Account,
  {parameters, physicalIds, content, before}: StackFiles,
  stackName = 'stack',
  deployed?: DeployedStack,
): ResourcePlan {
  const context: StackContext = {
    region: account.Region,
    partition: account.Partition,
    account: account.Caller?.Account ?? '',
    stackName,
    parameters: {...deployed?.parameters, ...parameters},
    physicalIds: deployed ? physicalIdsOf(deployed) : physicalIds,
    defaultsOf: defaultsIn(account).ofVpc,
  }
  if ('changeSet' in content) {
    const {changeSet, template} = content
    const plan = changeSetPlan(changesIn(changeSet), context, template)
    return template ? {...plan, secrets: secretsOf(template, context.parameters)} : plan
  }
  const {template, nested} = content
  const earlier = deployed ? deployedTemplate(deployed) : before
  if (!earlier) return templatePlan(template, {...context, nested})
  const earlierParameters = deployed?.parameters ?? parameters
  const earlierPlan = templatePlan(earlier.template, {
    ...context,
    parameters: earlierParameters,
    nested: earlier.nested,
  })
  return stackChange(earlierPlan, template, {...context, nested})
}

const deployedTemplate = (deployed: DeployedStack): Template => ({
  template: parseTemplate('The template of the stack', deployed.template),
  nested: new Map(
    nestedIn(deployed).map(([address, {template}]) => [
      address,
      parseTemplate(`The template of stack ${address.split('.').at(-1)}`, template),
    ]),
  ),
})

/** The ids of a stack and of those nested in it, by address. */
const physicalIdsOf = (deployed: DeployedStack): ReadonlyMap<string, string> =>
  new Map([
    ...deployed.physicalIds,
    ...nestedIn(deployed).flatMap(([address, {physicalIds}]) =>
      [...physicalIds].map(([name, id]) => [`${address}.${name}`, id] as const),
    ),
  ])

/** The stacks within a stack, on all levels, by address. */
const nestedIn = ({nested}: DeployedStack): readonly (readonly [address: string, DeployedStack])[] =>
  [...nested].flatMap(([name, inner]) => [
    [name, inner] as const,
    ...nestedIn(inner).map(([address, one]) => [`${name}.${address}`, one] as const),
  ])

/** Whether the file is the output of `describe-change-set`, not a template. */
function changeSetIn(file: string, text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  const json = parseJson(file, text)
  return isObject(json) && isChangeSet(json) ? json : undefined
}

/** `[{"ParameterKey": …, "ParameterValue": …}]` as the AWS CLI expects it, or an object of names and values. */
async function parametersFrom(file: string): Promise<Readonly<Record<string, string>>> {
  const json = parseJson(file, await textIn(file))
  const given = isObject(json) && isObject(json.Parameters) ? json.Parameters : json
  const pairs = Array.isArray(given)
    ? given
        .map(objectOf)
        .map(({ParameterKey, ParameterValue}) => [textOf(ParameterKey), textOf(ParameterValue)] as const)
    : isObject(given)
      ? Object.entries(given).map(([key, value]) => [key, textOf(value)] as const)
      : []
  const known = pairs.filter(
    (pair): pair is readonly [string, string] => pair[0] !== undefined && pair[1] !== undefined,
  )
  if (known.length === 0 && pairs.length > 0) throw usageError(`${file}: expected ParameterKey and ParameterValue.`)
  return Object.fromEntries(known)
}

/** The response of `aws cloudformation describe-stack-resources`, `list-stack-resources` or `describe-change-set`. */
function physicalIdsIn(file: string, answer: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const rows = [answer.StackResources, answer.StackResourceSummaries].flatMap(listOf).map(objectOf)
  const changes = listOf(answer.Changes).map((change) => objectOf(objectOf(change).ResourceChange))
  const pairs = [...rows, ...changes].flatMap(({LogicalResourceId, PhysicalResourceId}) => {
    const [logical, physical] = [textOf(LogicalResourceId), textOf(PhysicalResourceId)]
    return logical === undefined || physical === undefined ? [] : [[logical, physical] as const]
  })
  if (pairs.length === 0 && !Array.isArray(answer.Changes))
    throw usageError(`${file}: expected StackResources, StackResourceSummaries or Changes.`)
  return new Map(pairs)
}
