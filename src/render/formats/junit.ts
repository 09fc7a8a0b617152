import {type Audit, type AuditedInstance, type Group, groupIdOf, rootOf} from '../../audit/report.ts'
import {uncoveredBy} from '../../inspector/total.ts'
import {plain} from '../../util/plain-text.ts'
import {catalogEntryOf, gainOf, groupsById, placeOf} from '../audit-facts.ts'

/**
 * A suite for each account and Region, a case for each instance.
 * https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
 */
export function junitAudit(audit: Audit): string {
  const groups = groupsById(audit)
  const suites = new Map<string, Suite & {readonly cases: TestCase[]}>()
  // Several files of an account and Region are one suite.
  for (const scope of audit.scopes) {
    const name = placeOf(scope)
    const suite = suites.get(name) ?? {name, cases: [], timestamp: (scope.readAt ?? audit.readAt).slice(0, 19)}
    if (scope.failed !== null) suite.cases.push(errorCase(name, scope.failed))
    suites.set(name, suite)
  }
  const [first] = suites.values()
  for (const instance of audit.instances) (suites.get(placeOf(instance)) ?? first)?.cases.push(caseOf(instance, groups))
  return junitXml([...suites.values()])
}

/** A case passed if it was neither skipped nor failed. */
export interface TestCase {
  readonly name: string
  readonly group: string
  readonly skipped?: string
  readonly failure?: {readonly type: string; readonly message: string; readonly body: string}
  /** Why it could not be run. */
  readonly error?: string
}

interface Suite {
  readonly name: string
  readonly cases: readonly TestCase[]
  readonly timestamp?: string
}

export function junitXml(suites: readonly Suite[]): string {
  const xml = suites.flatMap(({name, cases, timestamp}) => {
    const count = (outcome: 'failure' | 'error' | 'skipped') => cases.filter((one) => one[outcome] !== undefined).length
    const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="0"`
    const stamp = timestamp === undefined ? '' : ` timestamp="${escapeXml(timestamp)}"`
    return [`  <testsuite name="${escapeXml(name)}" ${counts}${stamp}>`, ...cases.map(caseXml), '  </testsuite>']
  })
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="ssm-doctor">', ...xml, '</testsuites>'].join(
    '\n',
  )
}

function caseXml({name, group, ...outcome}: TestCase): string {
  const attributes = `name="${escapeXml(name)}" classname="${escapeXml(group)}" time="0"`
  const content = outcomeXml(outcome)
  return `    <testcase ${attributes}${content === '' ? '/>' : `>${content}</testcase>`}`
}

function outcomeXml({skipped, failure, error}: Omit<TestCase, 'name' | 'group'>): string {
  if (error !== undefined) return `<error type="scope" message="${escapeXml(error)}"/>`
  // Not as an attribute: older editions of the schema do not have it.
  if (skipped !== undefined) return `<skipped>${escapeXml(skipped)}</skipped>`
  if (!failure) return ''
  const {type, message, body} = failure
  return `<failure type="${escapeXml(type)}" message="${escapeXml(message)}">${escapeXml(body)}</failure>`
}

/** A report on Inspector fails what is not scanned, and skips what cannot be determined. */
const isFailure = (instance: AuditedInstance): boolean =>
  instance.inspector ? uncoveredBy(instance) !== null : instance.verdict !== 'managed' && instance.rootCause !== null
const isSkipped = ({verdict, inspector}: AuditedInstance): boolean =>
  inspector ? inspector.coverage === 'unknown' : verdict === 'undecided'
const typeOf = (instance: AuditedInstance): string => uncoveredBy(instance) ?? instance.rootCause ?? ''

function caseOf(instance: AuditedInstance, groups: ReadonlyMap<string, Group>): TestCase {
  const about = {name: instance.id, group: groupNameOf(placeOf(instance))}
  if (isSkipped(instance)) return {...about, skipped: wordsOf(instance)}
  if (!isFailure(instance)) return about
  return {
    ...about,
    failure: {type: typeOf(instance), message: wordsOf(instance), body: detailsOf(instance, groups)},
  }
}

const groupNameOf = (place: string): string => place.replace(' ', '.')

function wordsOf({verdict, rootCause, inspector}: AuditedInstance): string {
  const cause = rootCause === null ? undefined : catalogEntryOf(rootCause).title
  return inspector
    ? [`${inspector.coverage}: ${inspector.meaning}`, ...(cause ? [`Cause: ${cause}.`] : [])].join(' ')
    : `${verdict}: ${cause ?? 'not decided'}`
}

function detailsOf(instance: AuditedInstance, groups: ReadonlyMap<string, Group>): string {
  const root = rootOf(instance)
  const group = root && groups.get(groupIdOf(root))
  return [
    ...(instance.inspector?.associations ?? []).map(({name, status, error}) => `${name}: ${status} ${error ?? ''}`),
    ...instance.causes.map(({id, resource, severity}) => `${severity} ${id} ${resource}`),
    ...(group?.change ? [`${group.change.title} (${gainOf(group)})`, ...group.change.commands] : []),
    ...(root ? [catalogEntryOf(root.id).docs] : []),
  ].join('\n')
}

const errorCase = (place: string, error: string): TestCase => ({name: 'examination', group: groupNameOf(place), error})

/** Control characters are not valid in XML, escaped or not. https://www.w3.org/TR/xml/#charsets */
const escapeXml = (text: string): string =>
  text
    .split('\n')
    .map(plain)
    .join('\n')
    .replaceAll(/[\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
