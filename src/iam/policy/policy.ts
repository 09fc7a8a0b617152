import {isUnreadable, type PolicyDocument, type Unreadable} from '../../model/account.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {memo} from '../../util/memo.ts'

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
interface Patterns {
  readonly not: boolean
  readonly values: readonly string[]
}

export interface Principals {
  readonly not: boolean
  /** `"*"`, or `{"AWS": "*"}`, which means the same. */
  readonly everyone: boolean
  readonly AWS: readonly string[]
  readonly Service: readonly string[]
}

export interface Condition {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

export interface Statement {
  /** Its index in the policy, from 0. */
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly actions: Patterns
  /** Absent in trust policies. */
  readonly resources?: Patterns
  readonly principals?: Principals
  readonly conditions: readonly Condition[]
  /**
   * Policy variables exist since version 2012-10-17.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
   */
  readonly variables: boolean
}

/** What IAM would not have accepted: it is unknown what it allows or denies. */
export interface Malformed {
  readonly index?: number
  readonly sid?: string
  /** The effect it would have, if that can be read. */
  readonly effect?: 'Allow' | 'Deny'
  readonly why: string
}

export interface Policy {
  readonly statements: readonly Statement[]
  readonly malformed: readonly Malformed[]
}

const isMalformed = (value: object): value is Malformed => 'why' in value

/** A string, or a list of strings; conditions may contain numbers and booleans, which mean their text. */
function strings(value: unknown): readonly string[] | undefined {
  const values = Array.isArray(value) ? value : [value]
  if (!values.every((item) => ['string', 'number', 'boolean'].includes(typeof item))) return undefined
  return values.map(String)
}

function patterns(statement: JsonObject, name: 'Action' | 'Resource'): Patterns | 'absent' | 'wrong' {
  const positive = statement[name]
  const negative = statement[`Not${name}`]
  if (positive === undefined && negative === undefined) return 'absent'
  if (positive !== undefined && negative !== undefined) return 'wrong'
  const values = strings(positive ?? negative)
  return values === undefined ? 'wrong' : {not: negative !== undefined, values}
}

function principals(statement: JsonObject): Principals | 'absent' | 'wrong' {
  const value = statement.Principal ?? statement.NotPrincipal
  if (value === undefined) return 'absent'
  const isNot = statement.NotPrincipal !== undefined
  if (value === '*') return {not: isNot, everyone: true, AWS: [], Service: []}
  if (!isObject(value)) return 'wrong'
  const AWS = strings(value.AWS ?? [])
  const Service = strings(value.Service ?? [])
  if (AWS === undefined || Service === undefined) return 'wrong'
  return {not: isNot, everyone: AWS.includes('*'), AWS, Service}
}

function conditions(value: unknown): readonly Condition[] | 'wrong' {
  if (value === undefined) return []
  if (!isObject(value)) return 'wrong'
  const found: Condition[] = []
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) return 'wrong'
    for (const [key, listed] of Object.entries(keys)) {
      const values = strings(listed)
      if (values === undefined) return 'wrong'
      found.push({operator, key, values})
    }
  }
  return found
}

function readStatement(value: unknown, index: number, variables: boolean): Statement | Malformed {
  if (!isObject(value)) return {index, why: 'is not an object'}
  const {Sid, Effect} = value
  const place = {index, ...(typeof Sid === 'string' && Sid !== '' ? {sid: Sid} : {})}
  if (Effect !== 'Allow' && Effect !== 'Deny') return {...place, why: 'has no Effect of Allow or Deny'}
  const wrong = (why: string): Malformed => ({...place, effect: Effect, why})
  const actions = patterns(value, 'Action')
  if (typeof actions === 'string') return wrong('has no Action or NotAction of strings')
  const resources = patterns(value, 'Resource')
  if (resources === 'wrong') return wrong('has no Resource or NotResource of strings')
  const principal = principals(value)
  if (principal === 'wrong') return wrong('has an empty Principal')
  const when = conditions(value.Condition)
  if (when === 'wrong') return wrong('has a Condition that is not operators of keys of values')
  return {
    ...place,
    effect: Effect,
    actions,
    ...(resources === 'absent' ? {} : {resources}),
    ...(principal === 'absent' ? {} : {principals: principal}),
    conditions: when,
    variables,
  }
}

function read(document: JsonObject): Policy {
  const {Statement} = document
  if (Statement === undefined) return {statements: [], malformed: [{why: 'has no Statement'}]}
  const all = Array.isArray(Statement) ? Statement : [Statement]
  const items = all.map((item, i) => readStatement(item, i, document.Version === '2012-10-17'))
  return {
    statements: items.filter((item): item is Statement => !isMalformed(item)),
    malformed: items.filter(isMalformed),
  }
}

const readOnce = memo(read)

/**
 * A document as statements. This never fails, whatever the document contains: what is invalid is listed as malformed.
 */
export const policyOf = (document: PolicyDocument): Policy =>
  isObject(document) ? readOnce(document) : {statements: [], malformed: [{why: 'is not JSON'}]}

/** Where a policy comes from, which decides how it can be changed. */
export interface Source {
  readonly name: string
  readonly kind: 'inline' | 'customer-managed' | 'aws-managed' | 'endpoint' | 'trust'
  /** Of a managed policy. */
  readonly arn?: string
  readonly policy: Policy | Unreadable
}

/** A statement, named so that a user finds it. */
export interface StatementRef {
  readonly policy: string
  readonly kind: Source['kind']
  readonly arn?: string
  readonly index: number
  readonly sid?: string
}

export const refOf = (
  {name, kind, arn}: Source,
  {index = 0, sid}: Pick<Statement, 'sid'> & {index?: number},
): StatementRef => ({
  policy: name,
  kind,
  index,
  ...(arn === undefined ? {} : {arn}),
  ...(sid === undefined ? {} : {sid}),
})

const KINDS: Record<Source['kind'], string> = {
  inline: 'inline policy',
  'customer-managed': 'policy',
  'aws-managed': 'AWS managed policy',
  endpoint: 'the policy of endpoint',
  trust: 'the trust policy of role',
}

export const sourceInWords = ({name, kind}: Pick<Source, 'name' | 'kind'>): string => `${KINDS[kind]} ${name}`

/** "statement DenySsm of policy edge"; numbered from 1 if a statement has no Sid. */
export const statementInWords = ({policy, kind, index, sid}: StatementRef): string =>
  `statement ${nameOfStatement({index, sid})} of ${sourceInWords({name: policy, kind})}`

/** Its Sid, which stays the same when another statement is removed, or its number from 1. */
export const nameOfStatement = ({index, sid}: {readonly index: number; readonly sid?: string | undefined}): string =>
  sid ?? String(index + 1)

export const malformedInWords = (source: Source, {index, sid, why}: Malformed): string => {
  const where =
    index === undefined
      ? `the document of ${sourceInWords(source)}`
      : statementInWords(refOf(source, {index, ...(sid === undefined ? {} : {sid})}))
  return `${where} is malformed: it ${why}`
}

export const isRead = (source: Source): source is Source & {readonly policy: Policy} => !isUnreadable(source.policy)
