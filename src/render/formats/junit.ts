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
    suite.cases.push(testCase(instance, groups))
    if (isSkipped(instance)) suite.skipped++
    else if (isFailure(instance)) suite.failures++
  }
  const xml = suites.map(({scope, name, cases, failures, skipped}) => {
    const errors = scope.failed === null ? 0 : 1
    const error = scope.failed === null ? [] : [errorCase(name, scope.failed)]
    const counts = `tests="${cases.length + errors}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="0"`
    const stamp = ` timestamp="${escapeXml((scope.readAt ?? audit.readAt).slice(0, 19))}"`
    return [`  <testsuite name="${escapeXml(name)}" ${counts}${stamp}>`, ...error, ...cases, '  </testsuite>'].join(
      '\n',
    )
  })
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="ssm-doctor">', ...xml, '</testsuites>'].join(
    '\n',
  )
}

/** A report on Inspector fails what is not scanned, and skips what cannot be determined. */
const isFailure = (instance: AuditedInstance): boolean =>
  instance.inspector ? uncoveredBy(instance) !== null : instance.verdict !== 'managed' && instance.rootCause !== null
const isSkipped = ({verdict, inspector}: AuditedInstance): boolean =>
  inspector ? inspector.coverage === 'unknown' : verdict === 'undecided'
const typeOf = (instance: AuditedInstance): string => uncoveredBy(instance) ?? instance.rootCause ?? ''

function testCase(instance: AuditedInstance, groups: ReadonlyMap<string, Group>): string {
  const attributes = `name="${escapeXml(instance.id)}" classname="${escapeXml(placeOf(instance).replace(' ', '.'))}" time="0"`
  // Not as an attribute: older editions of the schema do not have it.
  if (isSkipped(instance))
    return `    <testcase ${attributes}><skipped>${escapeXml(wordsOf(instance))}</skipped></testcase>`
  if (!isFailure(instance)) return `    <testcase ${attributes}/>`
  const message = escapeXml(wordsOf(instance))
  const body = escapeXml(detailsOf(instance, groups))
  return `    <testcase ${attributes}><failure type="${escapeXml(typeOf(instance))}" message="${message}">${body}</failure></testcase>`
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
