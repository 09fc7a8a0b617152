import type {PolicyDocument} from '../model/account.ts'
import {matchesAction} from './wildcard.ts'

type Json = {readonly [key: string]: unknown}

/** A document whose statements can be changed: one that is JSON. */
export type Editable = Json

export const isEditable = (document: PolicyDocument | undefined): document is Editable => typeof document === 'object'

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

const statementsOf = (document: Editable): readonly unknown[] => listOf(document.Statement)

const isStatement = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** A statement that speaks of everything it did, but for these actions; undefined when nothing is left of it. */
function without(statement: Json, actions: readonly string[]): Json | undefined {
  const {Action, NotAction, ...rest} = statement
  if (NotAction !== undefined) return {...rest, NotAction: [...listOf(NotAction), ...actions]}
  const patterns = listOf(Action)
  if (patterns.includes('*')) return {...rest, NotAction: actions}
  const left = patterns.filter((p) => typeof p !== 'string' || !actions.some((action) => matchesAction(p, action)))
  return left.length === 0 ? undefined : {...rest, Action: left}
}

/** The document with one statement's reach cut back; undefined when no statement would be left. */
export function narrowed(document: Editable, index: number, actions: readonly string[]): Editable | undefined {
  const statements = statementsOf(document).flatMap((statement, i) => {
    if (i !== index || !isStatement(statement)) return [statement]
    const rest = without(statement, actions)
    return rest === undefined ? [] : [rest]
  })
  return statements.length === 0 ? undefined : {...document, Statement: statements}
}

/** Cuts every Deny back, for documents in which several stand in the way. */
export function withoutDeny(document: Editable, actions: readonly string[]): Editable {
  const statements = statementsOf(document).flatMap((statement) => {
    if (!isStatement(statement) || statement.Effect !== 'Deny') return [statement]
    const rest = without(statement, actions)
    return rest === undefined ? [] : [rest]
  })
  return {...document, Statement: statements}
}

/**
 * Keeps every Deny, but for these actions of one principal. A pattern that denies more than these actions stays for
 * everybody else, because a pattern less some of its actions cannot be written down.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
export function withException(document: Editable, actions: readonly string[], principal: string): Editable {
  const statements = statementsOf(document).flatMap((statement) => {
    if (!isStatement(statement) || statement.Effect !== 'Deny') return [statement]
    const {Action, ...rest} = statement
    const broad = listOf(Action).filter(
      (pattern) =>
        typeof pattern === 'string' && /[*?]/.test(pattern) && actions.some((action) => matchesAction(pattern, action)),
    )
    if (broad.length === 0 || broad.includes('*')) return without(statement, actions) ?? []
    const others = listOf(Action).filter((pattern) => !broad.includes(pattern))
    const narrower = others.length > 0 ? without({...rest, Action: others}, actions) : undefined
    return [...(narrower ? [narrower] : []), {...rest, Action: broad, Condition: unless(rest.Condition, principal)}]
  })
  return {...document, Statement: statements}
}

/** The condition holds for everybody but this principal; several values of one operator would be alternatives. */
function unless(condition: unknown, principal: string): Json {
  const known = isStatement(condition) ? condition : {}
  const before = isStatement(known.ArnNotEquals) ? known.ArnNotEquals : {}
  return {
    ...known,
    ArnNotEquals: {...before, 'aws:PrincipalArn': [...listOf(before['aws:PrincipalArn']), principal]},
  }
}

/** The patterns of a statement that deny more than these actions, and go with them when the statement is cut back. */
export function broadPatterns(document: Editable, index: number, actions: readonly string[]): readonly string[] {
  const statement = statementsOf(document)[index]
  return listOf(isStatement(statement) ? statement.Action : undefined).filter(
    (pattern): pattern is string =>
      typeof pattern === 'string' &&
      pattern !== '*' &&
      /[*?]/.test(pattern) &&
      actions.some((action) => matchesAction(pattern, action)),
  )
}

export const withStatement = (document: Editable, statement: Json): Editable => ({
  ...document,
  Statement: [...statementsOf(document), statement],
})

/** As the API takes it. */
export const asText = (document: PolicyDocument): string =>
  typeof document === 'string' ? document : JSON.stringify(document)
