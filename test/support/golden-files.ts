import {expect, it} from 'vitest'
import {asffAudit} from '../../src/render/formats/asff.ts'
import {csvAudit} from '../../src/render/formats/csv.ts'
import {junitAudit} from '../../src/render/formats/junit.ts'
import {markdownAudit} from '../../src/render/formats/markdown.ts'
import {ndjsonAudit} from '../../src/render/formats/ndjson.ts'
import {prometheusAudit} from '../../src/render/formats/prometheus.ts'
import {sarifAudit} from '../../src/render/formats/sarif.ts'
import {htmlAudit} from '../../src/render/html/audit-page.ts'
import {tableAudit} from '../../src/render/text/table.ts'
import {PIPE} from '../../src/render/text/terminal.ts'

type Audit = Parameters<typeof tableAudit>[0]

/** Rules are the whole catalog, which has its own golden list. */
const withoutRules = (sarif: string) => {
  const log = JSON.parse(sarif)
  log.runs[0].tool.driver.rules = []
  for (const result of log.runs[0].results) delete result.ruleIndex
  return JSON.stringify(log, undefined, 2)
}

/** Every format of a report, compared with `test/transcripts/NAME…`. */
export const isWrittenAs = (name: string, report: Audit): void =>
  it.each([
    ['-table.txt', () => tableAudit(report, PIPE)],
    ['.ndjson', () => ndjsonAudit(report)],
    ['.csv', () => csvAudit(report).replaceAll('\r\n', '\n')],
    ['.md', () => markdownAudit(report)],
    ['-junit.xml', () => junitAudit(report)],
    ['.sarif.json', () => withoutRules(sarifAudit(report, '1.0.0'))],
    ['.asff.json', () => asffAudit(report)],
    ['.prom', () => prometheusAudit(report)],
    ['.html', () => htmlAudit(report)],
    ['.json', () => JSON.stringify(report, undefined, 2)],
  ])(`${name}%s`, async (ending, render) => {
    await expect(`${render()}\n`).toMatchFileSnapshot(`../transcripts/${name}${ending}`)
  })
