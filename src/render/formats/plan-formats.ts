import {isBroken, isUndetermined} from '../../plan/exit-code.ts'
import {notModeledIn, unreadIn} from '../../plan/ignored.ts'
import {fixesIn, type PlannedInstance, type PlanReport, plannedName} from '../../plan/plan-report.ts'
import {counted} from '../../util/counted.ts'
import {uniqueBy} from '../../util/group-by.ts'
import {hashOf} from '../../util/hash.ts'
import {notModeledSentence, notReadSentence, planHeadline} from '../text/plan.ts'
import {junitXml, type TestCase} from './junit.ts'
import {escaped, tableLines} from './markdown.ts'
import {sarifLog} from './sarif.ts'

const responsibleChanges = ({causes}: PlannedInstance): string =>
  [
    ...new Set(
      causes.flatMap(({by}) =>
        by.map(({address, attributes}) => (attributes.length > 0 ? `${address} (${attributes.join(', ')})` : address)),
      ),
    ),
  ].join(', ')

const reasons = ({causes, unknown}: PlannedInstance): string =>
  [...causes.map(({message}) => message), ...unknown].join(' ')

/** More rows make a comment that a pull request does not accept. */
const MAX_ROWS = 100

/** A comment for a pull request. https://github.github.com/gfm/ */
export function markdownPlan(report: PlanReport): string {
  const {instances, totals, ignored} = report
  const rows = instances.map((one) => [
    plannedName(one),
    one.before ?? '',
    one.after ?? '',
    reasons(one),
    responsibleChanges(one),
  ])
  return [
    '## ssm-doctor plan',
    '',
    escaped(planHeadline(report)),
    '',
    ...(rows.length > 0
      ? [...tableLines(['Instance', 'Before', 'After', 'Why', 'Changed by'], rows, MAX_ROWS), '']
      : []),
    ...fixesIn(report).flatMap(({title, text}) => [
      `**${escaped(title)}**`,
      '',
      ...text.split('\n').map((line) => `    ${line}`),
      '',
    ]),
    ...[notReadSentence(report), notModeledSentence(report)].flatMap((note) =>
      note === '' ? [] : [escaped(note), ''],
    ),
    `${totals.unchanged} unchanged, ${counted(ignored.length, 'resource')} not modeled.`,
  ].join('\n')
}

/** One case per instance: a failure if it gets worse, skipped if that cannot be determined, like what was not read or is not modeled. */
export function junitPlan(report: PlanReport): string {
  const {instances, source} = report
  const caseOf = (one: PlannedInstance): TestCase => {
    const about = {name: plannedName(one), group: source.file}
    if (isUndetermined(one)) return {...about, skipped: reasons(one)}
    if (!isBroken(one)) return about
    const body = responsibleChanges(one)
    return {...about, failure: {type: one.causes[0]?.id ?? '', message: reasons(one), body}}
  }
  const skipped = (why: string) => (one: PlanReport['ignored'][number]) => ({
    name: one.address,
    group: source.file,
    skipped: why,
  })
  const open = [...unreadIn(report).map(skipped('Not read.')), ...notModeledIn(report).map(skipped('Not modeled.'))]
  return junitXml([{name: source.file, cases: [...instances.map(caseOf), ...open]}])
}

interface PlanResult {
  readonly id: string
  readonly docs: string
  readonly level: 'error' | 'warning' | 'note'
  readonly text: string
  readonly addresses: readonly string[]
  /** The resource, and the instance, or what was not read. */
  readonly key: string
}

/** What the plan breaks, and what cannot be determined before it is applied. */
const resultsOf = (instance: PlannedInstance): readonly PlanResult[] => {
  const name = plannedName(instance)
  const causes = instance.causes.map(
    ({id, docs, severity, message, resource, by}): PlanResult => ({
      id,
      docs,
      level: severity === 'blocks' ? 'error' : 'warning',
      text: `${name}: ${message}`,
      addresses: by.length > 0 ? by.map(({address}) => address) : [name],
      key: `${resource}@${instance.id}`,
    }),
  )
  if (!isUndetermined(instance)) return causes
  const text = instance.unknown.join(' ') || 'Cannot be determined before the plan is applied.'
  return [...causes, undetermined(instance.id, name, text)]
}

const UNDETERMINED = 'plan.undetermined'

const undetermined = (id: string, name: string, text: string): PlanResult => ({
  id: UNDETERMINED,
  docs: '',
  level: 'note',
  text: `${name}: ${text}`,
  addresses: [name],
  key: `${id}@${id}`,
})

/** SARIF 2.1.0 with the address in the plan's source as the logical location. */
export function sarifPlan(report: PlanReport, version: string): string {
  const {instances, source} = report
  const found = [
    ...instances.filter((one) => isBroken(one) || isUndetermined(one)).flatMap(resultsOf),
    ...unreadIn(report).map(({address, type}) =>
      undetermined(address, address, `This ${type} was not read, so what it changes cannot be determined.`),
    ),
    ...notModeledIn(report).map(({address, type}) =>
      undetermined(address, address, `This ${type} is not modeled, and an instance depends on what it could change.`),
    ),
  ]
  const rules = uniqueBy(found, ({id}) => id)
  return sarifLog(
    'plan',
    version,
    rules.map(({id, docs}) => ({id, shortDescription: {text: id}, ...(docs !== '' && {helpUri: docs})})),
    found.map(({id, level, text, addresses, key}) => ({
      ruleId: id,
      ruleIndex: rules.findIndex((rule) => rule.id === id),
      level,
      ...(id === UNDETERMINED && {kind: 'open'}),
      message: {text},
      locations: addresses.map((address) => ({
        physicalLocation: {artifactLocation: {uri: encodeURI(source.file)}, region: {startLine: 1}},
        logicalLocations: [{name: address, fullyQualifiedName: address, kind: 'resource'}],
      })),
      partialFingerprints: {primaryLocationLineHash: `${hashOf(`${id}@${key}`)}:1`},
    })),
  )
}
