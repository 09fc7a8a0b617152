import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it} from 'vitest'
import {changesSince} from '../../src/audit/changes.ts'
import {uncoveredBy} from '../../src/inspector/total.ts'
import {asffAudit} from '../../src/render/formats/asff.ts'
import {csvAudit} from '../../src/render/formats/csv.ts'
import {junitAudit} from '../../src/render/formats/junit.ts'
import {prometheusAudit} from '../../src/render/formats/prometheus.ts'
import {sarifAudit} from '../../src/render/formats/sarif.ts'
import {ASFF, SARIF} from '../support/format-schemas.ts'
import {parseCsv, parsePrometheus, parseXml} from '../support/formats.ts'
import {isWrittenAs} from '../support/golden-files.ts'
import {ids, inspectedAccount, inspection, row} from '../support/inspections.ts'
import {inspectionFaultsOf} from '../support/report-schemas.ts'

const now = inspection(inspectedAccount)
const before = inspection({...inspectedAccount, CoveredResources: [row(1, 'NO_INVENTORY'), row(2, 'SUCCESSFUL')]})
const report = {...now, changes: changesSince({...before, readAt: '2026-11-13T12:00:00.000Z'}, now, uncoveredBy)}

describe('golden files', () => {
  isWrittenAs('inspector', report)
})

it('JSON conforms to the schema', () => {
  expect(inspectionFaultsOf(JSON.parse(JSON.stringify(report)))).toEqual([])
})

it('CSV has the columns of an audit and those of Inspector in every row', () => {
  const [head, ...rows] = parseCsv(csvAudit(report))
  expect(head?.slice(11, 14)).toEqual(['inspector_coverage', 'inspector_status', 'inspector_reason'])
  expect(new Set(rows.map((one) => one.length))).toEqual(new Set([head?.length]))
  expect(rows.find(([id]) => id === ids(11))?.[13]).toBe('A_REASON_OF_TOMORROW')
})

it('JUnit fails what is not scanned and skips what cannot be determined', () => {
  const suite = parseXml(junitAudit(report)).children[0]
  const of = (n: number) =>
    suite?.children
      .filter(({attributes}) => attributes.name === ids(n))
      .flatMap(({children}) => children.map(({name, attributes}) => [name, attributes.type]))
  expect(of(2)).toEqual([['failure', 'iam.no-profile']])
  expect(of(9)).toEqual([['failure', 'DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED']])
  expect(of(8)).toEqual([])
  expect(of(11)?.map(([name]) => name)).toEqual(['skipped'])
})

it('SARIF conforms to the schema, each result pointing to its rule, also for other statuses of Inspector', () => {
  const log = JSON.parse(sarifAudit(report, '1.0.0'))
  const validate = new Ajv2020({allErrors: true, formats: {uri: true}}).compile(SARIF)
  expect([validate(log), validate.errors]).toEqual([true, null])
  const [{tool, results}] = log.runs
  for (const {ruleId, ruleIndex} of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
  expect(results).toContainEqual(
    expect.objectContaining({
      ruleId: 'inspector.status',
      message: {text: expect.stringContaining('DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED')},
    }),
  )
})

it('ASFF has the fields that Security Hub requires, once for each cause', () => {
  const findings: readonly {readonly Id: string; readonly Title: string}[] = JSON.parse(asffAudit(report))
  for (const finding of findings) expect(Object.keys(finding).sort()).toEqual([...ASFF].sort())
  expect(new Set(findings.map(({Id}) => Id)).size).toBe(findings.length)
})

it('ASFF calls an instance unscanned where Inspector does not cover it, and not because of advice', () => {
  const titlesOf = (of: typeof now): readonly string[] =>
    JSON.parse(asffAudit(of)).map(({Title}: {readonly Title: string}) => Title)
  const [covered] = now.instances.filter(({inspector}) => inspector?.coverage === 'covered')
  const [advice] = covered?.causes ?? []
  const inspectedWith = (severity: 'advises' | 'degrades', coverage: 'covered' | 'uncovered') => ({
    ...now,
    instances: [{...covered!, causes: [{...advice!, severity}], inspector: {...covered!.inspector!, coverage}}],
  })
  const {id} = covered!
  expect(titlesOf(inspectedWith('degrades', 'uncovered'))[0]).toMatch(`${id} is not scanned through Systems Manager: `)
  expect(titlesOf(inspectedWith('degrades', 'covered'))[0]).toMatch(`${id}: `)
  expect(titlesOf(inspectedWith('advises', 'uncovered'))[0]).toMatch(`${id}: `)
})

it('Prometheus counts the Inspector coverage of the instances', () => {
  const samples = parsePrometheus(prometheusAudit(report)).filter(({name}) => name === 'ssm_doctor_inspector_instances')
  expect(samples.reduce((sum, {value}) => sum + value, 0)).toBe(report.instances.length)
})
