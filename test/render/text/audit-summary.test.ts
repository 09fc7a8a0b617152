import {describe, expect, it} from 'vitest'
import type {Audit, Changed} from '../../../src/audit/report.ts'
import {auditSummary, subjectOf} from '../../../src/render/text/audit-summary.ts'
import {audited, fullAudit, well} from '../../support/audits.ts'

const linesOf = (audit: Audit, notes: readonly string[] = []) =>
  auditSummary(audit, 's3://bucket/report/', notes).split('\n')

describe('the summary of an audit', () => {
  it('shows how many are not managed, what could not be examined, what is new and what fixes the most', () => {
    const lines = linesOf(fullAudit())
    expect(lines[0]).toMatch(/^ssm-doctor: \d+ of 3 instances not managed$/)
    expect(lines).toContain('2 accounts and Regions, 1 not examined')
    expect(lines).toContain('  111122223334 eu-west-1: AccessDenied: no')
    expect(lines.some((line) => /^Since 2026-11-13\S+: 1 newly broken/.test(line))).toBe(true)
    expect(lines.some((line) => /^ {2}new: i-0aaaaaaaaaaaaaa02 \(111122223333 eu-west-1\): /.test(line))).toBe(true)
    expect(lines.some((line) => /^ {2}fixes 1 of 1: /.test(line))).toBe(true)
    expect(lines.at(-1)).toBe('Report: s3://bucket/report/')
  })

  it('has twenty lines at most, and ends with the location of the report, however long the report is', () => {
    const audit = fullAudit()
    const many = <T>(items: readonly T[]): readonly T[] =>
      Array.from({length: 100}, (_, n) => items[n % items.length] as T)
    const fresh: Changed = {id: 'i-0', change: 'newly-broken', before: null, now: 'imds.disabled', since: audit.readAt}
    const crowded: Audit = {
      ...audit,
      scopes: many(audit.scopes.filter(({failed}) => failed !== null)),
      groups: many(audit.groups).map((group) => ({...group})),
      changes: {baseline: audit.readAt, resolved: [], instances: many([fresh])},
    }
    const lines = linesOf(crowded, ['Security Hub', 'more'])
    expect(lines).toHaveLength(20)
    expect(lines.at(-1)).toBe('Report: s3://bucket/report/')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(200)
  })

  it('asks one question to a node once, for all causes that its answer decides', () => {
    const audit = fullAudit()
    const change = {title: 'Find out how the agent connects', commands: ['run'], fixes: null, alsoFixes: []}
    const asked: Audit = {...audit, groups: audit.groups.map((group) => ({...group, region: 'eu-west-1', change}))}
    expect(asked.groups.length).toBeGreaterThan(1)
    expect(linesOf(asked).filter((line) => line.includes('Find out'))).toEqual([
      '  manual: Find out how the agent connects (111122223333 eu-west-1)',
    ])
  })

  it('names every Region of a fix: a role is the same in all', () => {
    const audit = fullAudit()
    const [group] = audit.groups.filter(({change}) => change)
    const [instance] = audit.instances
    const regions = ['eu-west-1', 'eu-west-2']
    const instances = regions.map((region) => ({...instance!, region, id: `i-${region}`}))
    const groups = [{...group!, region: 'eu-west-1', affected: instances.map(({id}) => id)}]
    expect(linesOf({...audit, instances, groups}).at(-2)).toMatch(/\(111122223333 eu-west-1, 111122223333 eu-west-2\)$/)
  })

  it('has a subject that SNS accepts', () => {
    for (const audit of [fullAudit(), audited(well)]) expect(subjectOf(audit)).toMatch(/^[ -~]{1,99}$/)
    expect(subjectOf(audited(well))).toBe('ssm-doctor: 1 instance, all managed')
  })
})
