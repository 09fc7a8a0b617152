import {parseJson} from '../../account-file/json-text.ts'
import {isObject} from '../../account-file/schema.ts'
import type {Account} from '../../model/account.ts'
import {parseTemplate} from '../../plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../plan/cloudformation/read-template.ts'
import {stackChange} from '../../plan/cloudformation/stack-change.ts'
import {listOf, objectOf, type ResourcePlan, textOf} from '../../plan/resource.ts'
import {usageError} from '../../util/usage-error.ts'
import {textIn} from '../fleet/instance-filter.ts'

export interface StackFlags {
  readonly parameters?: string | undefined
  readonly 'stack-resources'?: string | undefined
  readonly 'stack-template'?: string | undefined
}

/** The plan of a template, as a change of the stack whose resources and earlier template are given. */
export async function stackPlan(account: Account, file: string, flags: StackFlags): Promise<ResourcePlan> {
  const {'stack-resources': resources, 'stack-template': earlier} = flags
  const context = {
    region: account.Region,
    partition: account.Partition,
    account: account.Caller?.Account ?? '',
    stackName: 'stack',
    parameters: flags.parameters === undefined ? {} : await parametersFrom(flags.parameters),
    physicalIds: resources === undefined ? new Map<string, string>() : await physicalIdsFrom(resources),
  }
  const plan = templatePlan(parseTemplate(file, await textIn(file)), context)
  if (earlier === undefined) return plan
  return stackChange(templatePlan(parseTemplate(earlier, await textIn(earlier)), context), plan)
}

/** `[{"ParameterKey": …, "ParameterValue": …}]` as the AWS CLI takes it, or an object of names and values. */
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

/** The answer of `aws cloudformation describe-stack-resources`, `list-stack-resources` or `describe-change-set`. */
async function physicalIdsFrom(file: string): Promise<ReadonlyMap<string, string>> {
  const json = objectOf(parseJson(file, await textIn(file)))
  const rows = [json.StackResources, json.StackResourceSummaries].flatMap(listOf).map(objectOf)
  const changes = listOf(json.Changes).map((change) => objectOf(objectOf(change).ResourceChange))
  const pairs = [...rows, ...changes].flatMap(({LogicalResourceId, PhysicalResourceId}) => {
    const [logical, physical] = [textOf(LogicalResourceId), textOf(PhysicalResourceId)]
    return logical === undefined || physical === undefined ? [] : [[logical, physical] as const]
  })
  if (pairs.length === 0) throw usageError(`${file}: expected StackResources, StackResourceSummaries or Changes.`)
  return new Map(pairs)
}
