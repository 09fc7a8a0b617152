import {parseJson} from '../../account-file/json-text.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import type {Providers} from './place.ts'
import type {Module} from './references.ts'
import type {ResourceChange} from './resource-change.ts'

export interface Plan extends Providers {
  readonly changes: readonly ResourceChange[]
  readonly root: Module
}

export function planIn(name: string, json: unknown): Plan {
  const changes = changesOf(name, json)
  const {configuration, variables} = json as JsonObject
  const {root_module, provider_config} = isObject(configuration) ? configuration : ({} as JsonObject)
  const given = Object.entries(isObject(variables) ? variables : {})
  return {
    changes,
    root: isObject(root_module) ? (root_module as Module) : {},
    variables: Object.fromEntries(given.map(([key, one]) => [key, isObject(one) ? one.value : undefined])),
    providers: isObject(provider_config) ? provider_config : {},
  }
}

const notAPlan = (name: string, what: string) =>
  usageError(`${name} is not a Terraform plan: ${what}. Write one with: terraform show -json tfplan > plan.json`)

/** Configuration, the plan as terraform wrote it and what terraform show prints for people are no JSON. */
export function parsePlan(name: string, text: string): unknown {
  if (!/^\s*[[{]/.test(text)) throw notAPlan(name, 'expected JSON')
  return parseJson(name, text)
}

/** The changes of the plan, or one sentence on why it is not a plan. */
export function changesOf(name: string, json: unknown): readonly ResourceChange[] {
  const wrong = (what: string) => notAPlan(name, what)
  if (!isObject(json)) throw wrong('expected a JSON object')
  if (!('format_version' in json)) throw wrong('format_version is missing')
  if (!('resource_changes' in json) && !('planned_values' in json))
    throw wrong('it is of a state, which shows no change, or of no plan')
  if (json.errored === true) throw wrong('planning ended with an error, so it is not complete')
  const changes = json.resource_changes ?? []
  if (!Array.isArray(changes)) throw wrong('resource_changes is not a list')
  return [...changes, ...deferredIn(json)].map((one: unknown, at) => {
    const {address, type, name: label, change} = isObject(one) ? one : ({} as JsonObject)
    if (
      typeof address !== 'string' ||
      typeof type !== 'string' ||
      typeof label !== 'string' ||
      !isObject(change) ||
      !Array.isArray(change.actions)
    )
      throw wrong(`resource_changes[${at}] has no address, type, name or change`)
    return one as ResourceChange
  })
}

/** https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
const deferredIn = ({deferred_changes}: JsonObject): readonly unknown[] =>
  Array.isArray(deferred_changes)
    ? deferred_changes
        .filter(isObject)
        .flatMap(({resource_change: change}) => (isObject(change) ? [{...change, isDeferred: true}] : []))
    : []
