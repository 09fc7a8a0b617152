import {describe, expect, it} from 'vitest'
import {asffAudit} from '../../src/render/formats/asff.ts'
import {junitAudit} from '../../src/render/formats/junit.ts'
import {ocsfAudit, ocsfLines} from '../../src/render/formats/ocsf.ts'
import {prometheusAudit} from '../../src/render/formats/prometheus.ts'
import {sarifAudit} from '../../src/render/formats/sarif.ts'
import {audited, fleet, fullAudit} from '../support/audits.ts'
import {parsePrometheus} from '../support/formats.ts'
import {inspectedAccount, inspection} from '../support/inspections.ts'
import {faultsOfAsff, faultsOfJunit, faultsOfOcsf, faultsOfSarif, samplesOf} from '../support/public-schemas.ts'

const noInstances = audited({...fleet({instances: 3}), Instances: []})
const reports = [
  ['an audit', fullAudit()],
  ['a report on Amazon Inspector', inspection(inspectedAccount)],
  ['an account and Region without instances', noInstances],
] as const

describe.each(reports)('the public schemas accept %s', (_, report) => {
  it('as SARIF', () => {
    expect(faultsOfSarif(sarifAudit(report, '1.0.0'))).toEqual([])
  })

  it('as JUnit', async () => {
    expect(await faultsOfJunit(junitAudit(report))).toEqual([])
  })

  it('as findings of Security Hub', () => {
    expect(faultsOfAsff(asffAudit(report))).toEqual([])
  })

  it('as findings of OCSF', () => {
    const findings = JSON.parse(ocsfAudit(report, '1.0.0'))
    expect(faultsOfOcsf(findings)).toEqual([])
    expect(findings.length > 0).toBe(report.instances.length > 0)
    const lines = ocsfLines(report, '1.0.0').split('\n').filter(Boolean)
    expect(lines.map((line) => JSON.parse(line))).toEqual(findings)
  })

  it('as metrics, with the same samples in another parser', () => {
    const text = prometheusAudit(report)
    expect(samplesOf(text)).toEqual(parsePrometheus(text))
  })
})

describe('the schemas', () => {
  it('reject what is wrong', async () => {
    expect(faultsOfSarif('{"version": "2.1.0", "runs": [{}]}')).toEqual(["/runs/0 must have required property 'tool'"])
    expect(await faultsOfJunit('<testsuites><testcase name="a"/></testsuites>')).not.toEqual([])
    expect(faultsOfAsff('[{"Severity": {"Lable": "HIGH"}}]')).toEqual([
      'BatchImportFindings.Findings[0].Severity.Lable is unknown',
    ])
    expect(() => samplesOf('a{b=c} 1')).toThrow('invalid line')
  })
})
