import type {PolicyDocument} from '../../model/account.ts'
import {forNumber} from '../../util/counted.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {inList} from '../../util/list-in-words.ts'
import {nameOfStatement} from './policy.ts'
import {actionsOfService} from './service-actions.ts'
import {matchesAction} from './wildcard.ts'

/** A document whose statements can be changed: one that is JSON. */
export type Editable = JsonObject

export const isEditable = (document: PolicyDocument | undefined): document is Editable => typeof document === 'object'

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value]

const statementsOf = (document: Editable): readonly unknown[] => listOf(document.Statement)

const prefixesOf = (action: string): readonly string[] => {
  const [service = '', name = ''] = action.split(':')
  const words = name.match(/[A-Z]?[^A-Z]+|[A-Z]+/g) ?? [name]
  return words.map((_, i) => `${service}:${words.slice(0, i + 1).join('')}`)
}

/**
 * What a pattern matches other than these actions, as patterns of whole words, so that it also matches what AWS adds
 * under them. A pattern whose other actions are not known stays as it is: a Deny never loses more than it has to.
 */
function patternsBeside(pattern: string, actions: readonly string[]): readonly string[] {
  const removed = actions.filter((action) => matchesAction(pattern, action))
  if (removed.length === 0) return [pattern]
  if (!/[*?]/.test(pattern)) return []
  const known = actionsOfService(pattern.split(':')[0] ?? '')
  if (!known) return [pattern]
  const isKept = (prefix: string) =>
    matchesAction(pattern, `${prefix}*`) && !removed.some((action) => matchesAction(`${prefix}*`, action))
  const rest = known
    .filter((action) => matchesAction(pattern, action) && !removed.some((one) => matchesAction(one, action)))
    .map((action) => {
      const prefix = prefixesOf(action).find(isKept)
      return prefix === undefined ? action : `${prefix}*`
    })
  return [...new Set(rest)]
}

/** The statement without these actions; undefined if nothing is left of it. */
function without(statement: JsonObject, actions: readonly string[]): JsonObject | undefined {
  const {Action, NotAction, ...rest} = statement
  if (NotAction !== undefined) {
    const exceptions: readonly unknown[] = listOf(NotAction)
    const isException = (action: string) =>
      exceptions.some((one) => typeof one === 'string' && matchesAction(one, action))
    const added = actions.filter((action) => !isException(action))
    return added.length === 0 ? statement : {...rest, NotAction: [...exceptions, ...added]}
  }
  const patterns = listOf(Action)
  if (patterns.some((pattern) => pattern === '*' || pattern === '*:*')) return {...rest, NotAction: actions}
  const left = patterns.flatMap((pattern): readonly unknown[] =>
    typeof pattern === 'string' ? patternsBeside(pattern, actions) : [pattern],
  )
  if (left.length === patterns.length && left.every((pattern, i) => pattern === patterns[i])) return statement
  return left.length === 0 ? undefined : {...rest, Action: left}
}

/** The actions that one Deny must no longer deny, on these resources if they are known. */
export interface Narrowing {
  readonly index: number
  readonly sid?: string
  readonly actions: readonly string[]
  readonly resources?: readonly string[]
}

/** "statement DenySsm", "statements 1 and 3" */
export const narrowedInWords = (narrowings: readonly Narrowing[]): string =>
  `${forNumber(narrowings.length, 'statement')} ${inList(narrowings.map(nameOfStatement))}`

/** Whether each Deny can be narrowed without losing other actions: false where a pattern has unknown ones. */
export const canNarrow = (document: Editable, narrowings: readonly Narrowing[]): boolean =>
  narrowings.every(({index, actions, resources}) => {
    const statement = statementsOf(document)[index]
    if (!isObject(statement)) return false
    if (exempting(statement, actions, resources)) return true
    const narrower = without(statement, actions)
    return narrower !== statement && !namesAny(narrower, actions)
  })

const namesAny = (statement: JsonObject | undefined, actions: readonly string[]): boolean =>
  listOf(statement?.Action).some(
    (pattern) => typeof pattern === 'string' && actions.some((action) => matchesAction(pattern, action)),
  )

/** The document with these statements narrowed; undefined when no statement would be left. */
export function narrowed(document: Editable, narrowings: readonly Narrowing[]): Editable | undefined {
  const statements = statementsOf(document).flatMap((statement, i): readonly unknown[] => {
    const narrowing = narrowings.find(({index}) => index === i)
    return narrowing && isObject(statement) ? asList(reduced(statement, narrowing)) : [statement]
  })
  return statements.length === 0 ? undefined : {...document, Statement: statements}
}

/** The indexes of the statements of a policy that deny a call. */
export type Denying = readonly number[]

/**
 * The document with other statements, or none, in place of those that deny. A Deny that does not apply stays: it is
 * there for other callers, resources or conditions.
 */
const withDenies = (
  document: Editable,
  denying: Denying,
  change: (deny: JsonObject) => readonly JsonObject[],
): Editable => ({
  ...document,
  Statement: statementsOf(document).flatMap((statement, i): readonly unknown[] =>
    isObject(statement) && denying.includes(i) ? change(statement) : [statement],
  ),
})

const LISTED_ENDPOINTS = {
  operator: /^stringnot(?:equals|equalsignorecase|like)(?:ifexists)?$/i,
  key: /^aws:sourcevpce$/i,
}

/** The lists of endpoints through which a statement does not deny. */
export const endpointsListedIn = (document: Editable, index: number): readonly unknown[] =>
  Object.entries(Object(Object(statementsOf(document)[index]).Condition)).flatMap(([operator, keys]) =>
    LISTED_ENDPOINTS.operator.test(operator)
      ? Object.entries(Object(keys)).flatMap(([key, value]) => (LISTED_ENDPOINTS.key.test(key) ? listOf(value) : []))
      : [],
  )

/** The document whose lists of endpoints, in the statements that deny, have these too. */
export const withEndpoints = (document: Editable, denying: Denying, ids: readonly string[]): Editable =>
  withDenies(document, denying, (deny) => [
    {
      ...deny,
      Condition: mapped(deny.Condition, LISTED_ENDPOINTS.operator, (keys) =>
        mapped(keys, LISTED_ENDPOINTS.key, (value) => [...listOf(value), ...ids]),
      ),
    },
  ])

const mapped = (object: unknown, names: RegExp, change: (value: unknown) => unknown): JsonObject =>
  Object.fromEntries(
    Object.entries(Object(object)).map(([name, value]) => [name, names.test(name) ? change(value) : value]),
  )

const asList = (statement: JsonObject | undefined): readonly JsonObject[] =>
  statement === undefined ? [] : [statement]

/** Narrows the statements that deny. One for every resource exempts the resources, if they are known. */
export const withoutDeny = (
  document: Editable,
  denying: Denying,
  actions: readonly string[],
  resources: readonly string[] = ['*'],
): Editable => withDenies(document, denying, (deny) => asList(reduced(deny, {actions, resources})))

/** The Deny without these resources, if it denies every one, or else without the actions. */
const reduced = (deny: JsonObject, {actions, resources}: Pick<Narrowing, 'actions' | 'resources'>) =>
  exempting(deny, actions, resources) ?? without(deny, actions)

/** A Deny of these actions on every resource, or on all but some, without these; undefined for another. */
function exempting(
  statement: JsonObject,
  actions: readonly string[],
  resources: readonly string[] = ['*'],
): JsonObject | undefined {
  const {Resource, NotResource, ...rest} = statement
  if (resources.includes('*') || !coversAny(rest, actions)) return undefined
  if (NotResource !== undefined) return {...rest, NotResource: [...listOf(NotResource), ...resources]}
  if (!listOf(Resource).includes('*') || losesOnlyActions(statement, actions)) return undefined
  return {...rest, NotResource: resources}
}

const areKnown = (actions: readonly string[]): boolean =>
  actions.every((action) => actionsOfService(action.split(':')[0] ?? '') !== undefined)

/** Whether the Deny can lose the actions and keep others, of a service whose actions are known. */
const losesOnlyActions = (statement: JsonObject, actions: readonly string[]): boolean =>
  areKnown(actions) && without(statement, actions) !== undefined

/** Each with its resources only where the Deny exempts these: it loses known actions, unless it lists other exceptions. */
export const withExemptions = (document: PolicyDocument | undefined, narrowings: readonly Narrowing[]) =>
  narrowings.map(({resources, ...narrowing}): Narrowing => {
    const statement = isEditable(document) ? statementsOf(document)[narrowing.index] : undefined
    const isExempting =
      isObject(statement) &&
      exempting(statement, narrowing.actions, resources) !== undefined &&
      (statement.NotResource !== undefined || !areKnown(narrowing.actions))
    return isExempting && resources ? {...narrowing, resources} : narrowing
  })

const coversAny = ({Action, NotAction}: JsonObject, actions: readonly string[]): boolean => {
  const isListed = (action: string) =>
    listOf(NotAction ?? Action).some((pattern) => typeof pattern === 'string' && matchesAction(pattern, action))
  return actions.some((action) => isListed(action) === (NotAction === undefined))
}

/**
 * A trust policy that denies a service by a Deny for everybody denies it to everybody but services, and one for all but
 * some principals exempts the service too.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
 */
export const withoutDenyOfService = (document: Editable, denying: Denying, services: readonly string[]): Editable =>
  withDenies(document, denying, (deny) => {
    const {Principal, NotPrincipal, Condition} = deny
    if (isObject(NotPrincipal))
      return [{...deny, NotPrincipal: {...NotPrincipal, Service: [...listOf(NotPrincipal.Service), ...services]}}]
    return namesEverybody(Principal)
      ? [{...deny, Condition: exceptServices(Condition)}]
      : asList(without(deny, ['sts:AssumeRole']))
  })

const namesEverybody = (principal: unknown): boolean =>
  principal === '*' || (isObject(principal) && listOf(principal.AWS).includes('*'))

function exceptServices(condition: unknown): JsonObject {
  const known = isObject(condition) ? condition : {}
  return {...known, BoolIfExists: {...Object(known.BoolIfExists), 'aws:PrincipalIsAWSService': 'false'}}
}

/** What all Allows of the document have in common: one that is added has it too. */
export function inCommon(document: Editable): {readonly Principal?: unknown; readonly Condition?: unknown} {
  const of = (name: 'Principal' | 'Condition') => {
    const [first, ...others] = allowsOf(document).map((statement) => statement[name])
    return first !== undefined && others.every((one) => JSON.stringify(one) === JSON.stringify(first))
      ? {[name]: first}
      : {}
  }
  return {...of('Principal'), ...of('Condition')}
}

/**
 * Keeps what denies, except for these resources, or else for these actions of one principal. Where a pattern denies more
 * than these actions, the others stay denied for every principal; if they are not known by name, the whole pattern stays
 * denied for every other principal.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
export const withException = (
  document: Editable,
  denying: Denying,
  {actions, resources}: {readonly actions: readonly string[]; readonly resources?: readonly string[]},
  principal: string,
): Editable =>
  withDenies(document, denying, (deny) => {
    const exempt = exempting(deny, actions, resources)
    if (exempt) return [exempt]
    const {Action, ...rest} = deny
    const broad = listOf(Action).filter(
      (pattern) =>
        typeof pattern === 'string' && /[*?]/.test(pattern) && actions.some((action) => matchesAction(pattern, action)),
    )
    const narrower = without(deny, actions)
    if (broad.length === 0 || broad.includes('*')) return asList(narrower)
    const isKnown = !namesAny(narrower, actions)
    const denied = isKnown ? actions.filter((action) => broad.some((one) => matchesAction(String(one), action))) : broad
    const others = isKnown
      ? narrower
      : without({...rest, Action: listOf(Action).filter((one) => !broad.includes(one))}, actions)
    const exceptFor = {...rest, Action: denied, Condition: unless(rest.Condition, principal)}
    return others && listOf(others.Action).length > 0 ? [others, withoutSid(exceptFor)] : [exceptFor]
  })

/**
 * One of two statements in place of one: a Sid is unique in its policy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
 */
const withoutSid = ({Sid: _, ...statement}: JsonObject): JsonObject => statement

/** The condition is true for every principal but this one; several values of one operator would be alternatives. */
function unless(condition: unknown, principal: string): JsonObject {
  const known = isObject(condition) ? condition : {}
  const before = isObject(known.ArnNotEquals) ? known.ArnNotEquals : {}
  return {
    ...known,
    ArnNotEquals: {...before, 'aws:PrincipalArn': [...listOf(before['aws:PrincipalArn']), principal]},
  }
}

export const withStatement = (document: Editable, statement: JsonObject): Editable => ({
  ...document,
  Statement: [...statementsOf(document), statement],
})

const allowsOf = (document: Editable): readonly JsonObject[] =>
  statementsOf(document).filter((one): one is JsonObject => isObject(one) && one.Effect === 'Allow')

/** Whether a statement already allows the action to everybody on every resource, without a condition. */
export const allowsAnywhere = (document: Editable, action: string): boolean =>
  allowsOf(document).some(
    ({Principal, Action, Resource, Condition}) =>
      Condition === undefined &&
      (Principal === undefined || namesEverybody(Principal)) &&
      listOf(Resource).includes('*') &&
      listOf(Action).some((pattern) => typeof pattern === 'string' && matchesAction(pattern, action)),
  )

/**
 * An Allow for the actions that keeps what the document requires of every call: if all of its Allows have the same
 * condition (a data perimeter), so does the new one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
 */
export function allowStatement(
  document: Editable,
  actions: readonly string[],
  resources?: readonly string[],
): JsonObject {
  const {Condition} = inCommon(document)
  return {Effect: 'Allow', Action: actions, Resource: resources ?? '*', ...(Condition !== undefined && {Condition})}
}

/** As the API expects it. */
export const asText = (document: PolicyDocument): string =>
  typeof document === 'string' ? document : JSON.stringify(document)
