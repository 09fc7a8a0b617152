import type {Audit, AuditedInstance, Group} from '../../audit/report.ts'
import {uncoveredBy} from '../../inspector/total.ts'
import {plain} from '../../util/plain-text.ts'
import {entryOf, gainOf, groupIdOf, groupsById, placeOf, rootOf} from './audit-facts.ts'

/**
 * A suite for each account and Region, a case for each instance.
 * https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
 */
export function junitAudit(audit: Audit): string {
  const groups = groupsById(audit)
  const suites = audit.scopes.map((scope) => ({
    scope,
    name: placeOf(scope),
    cases: [] as string[],
    failures: 0,
    skipped: 0,
  }))
  const byPlace = new Map(suites.map((suite) => [suite.name, suite]))
  for (const instance of audit.instances) {
    const suite = byPlace.get(placeOf(instance)) ?? suites[0]
    if (!suite) continue
    suite.cases.push(caseOf(instance, groups))
    if (isSkipped(instance)) suite.skipped++
    else if (isFailure(instance)) suite.failures++
  }
  return junitXml(
    suites.map(({scope, name, cases, failures, skipped}) => ({
      name,
      failures,
      skipped,
      errors: scope.failed === null ? [] : [errorCase(name, scope.failed)],
      cases,
      timestamp: (scope.readAt ?? audit.readAt).slice(0, 19),
    })),
  )
}

interface Suite {
  readonly name: string
  readonly cases: readonly string[]
  readonly failures: number
  readonly skipped: number
  readonly errors?: readonly string[]
  readonly timestamp?: string
}

export function junitXml(suites: readonly Suite[]): string {
  const xml = suites.flatMap(({name, cases, failures, skipped, errors = [], timestamp}) => {
    const counts = `tests="${cases.length + errors.length}" failures="${failures}" errors="${errors.length}" skipped="${skipped}" time="0"`
    const stamp = timestamp === undefined ? '' : ` timestamp="${escapeXml(timestamp)}"`
    return [`  <testsuite name="${escapeXml(name)}" ${counts}${stamp}>`, ...errors, ...cases, '  </testsuite>']
  })
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="ssm-doctor">', ...xml, '</testsuites>'].join(
    '\n',
  )
}

/** How a case ended; it passed if it was neither skipped nor failed. */
export interface Outcome {
  readonly skipped?: string
  readonly failure?: {readonly type: string; readonly message: string; readonly body: string}
}

export function testCase({name, group}: {readonly name: string; readonly group: string}, outcome: Outcome): string {
  const {skipped, failure} = outcome
  const attributes = `name="${escapeXml(name)}" classname="${escapeXml(group)}" time="0"`
  // Not as an attribute: older editions of the schema do not have it.
  if (skipped !== undefined) return `    <testcase ${attributes}><skipped>${escapeXml(skipped)}</skipped></testcase>`
  if (!failure) return `    <testcase ${attributes}/>`
  const {type, message, body} = failure
  return `    <testcase ${attributes}><failure type="${escapeXml(type)}" message="${escapeXml(message)}">${escapeXml(body)}</failure></testcase>`
}

/** A report on Inspector fails what is not scanned, and skips what cannot be determined. */
const isFailure = (instance: AuditedInstance): boolean =>
  instance.inspector ? uncoveredBy(instance) !== null : instance.verdict !== 'managed' && instance.rootCause !== null
const isSkipped = ({verdict, inspector}: AuditedInstance): boolean =>
  inspector ? inspector.coverage === 'unknown' : verdict === 'undecided'
const typeOf = (instance: AuditedInstance): string => uncoveredBy(instance) ?? instance.rootCause ?? ''

function caseOf(instance: AuditedInstance, groups: ReadonlyMap<string, Group>): string {
  const about = {name: instance.id, group: placeOf(instance).replace(' ', '.')}
  if (isSkipped(instance)) return testCase(about, {skipped: wordsOf(instance)})
  if (!isFailure(instance)) return testCase(about, {})
  const failure = {type: typeOf(instance), message: wordsOf(instance), body: detailsOf(instance, groups)}
  return testCase(about, {failure})
}

function wordsOf({verdict, rootCause, inspector}: AuditedInstance): string {
  const cause = rootCause === null ? undefined : entryOf(rootCause).title
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
    ...(root ? [entryOf(root.id).docs] : []),
  ].join('\n')
}

const errorCase = (name: string, why: string): string =>
  `    <testcase name="examination" classname="${escapeXml(name.replace(' ', '.'))}" time="0"><error type="scope" message="${escapeXml(why)}"/></testcase>`

/** Control characters are not valid in XML, escaped or not. https://www.w3.org/TR/xml/#charsets */
export const escapeXml = (text: string): string =>
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
