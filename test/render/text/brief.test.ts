import {describe, expect, it} from 'vitest'
import type {ChecklistStep, Report} from '../../../src/diagnosis/report.ts'
import {briefReport, summaryLine} from '../../../src/render/text/brief.ts'
import {PIPE} from '../../../src/render/text/terminal.ts'
import {columnsOf} from '../../../src/render/text/width.ts'
import {healthy, shut} from '../reports.ts'

const NARROW = {...PIPE, columns: 80}
const rowsOf = (text: string): number =>
  text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / 80)), 0)

const step = (n: number, commands: readonly string[]): ChecklistStep => ({
  part: 'fix',
  title: `Change number ${n}`,
  causes: [],
  commands,
  docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html',
  alternatives: [],
})
const withSteps = (checklist: readonly ChecklistStep[]): Report => ({...shut, checklist})

describe('the brief report', () => {
  it('gives the verdict, the root cause, the blocked hop and the fix with its command', () => {
    const text = briefReport(shut, NARROW)
    expect(text).toMatch(/^FAIL web-1 .* is not a managed node: unmanaged\n {2}Root cause: Security group sg-/)
    expect(text).toContain('ssm and ssmmessages: blocked')
    expect(text).toMatch(/FAIL endpoint group/)
    expect(text).toContain(shut.checklist[0]!.commands[0])
  })

  it('says what could not be read and why, where it is the reason that no cause is found', () => {
    const reason = 'RequestExpired: The security token included in the request is expired (log in again)'
    const unreadable = ['Subnets', 'Vpcs', 'RouteTables', 'NetworkAcls'].map((kind) => ({
      kind,
      reason,
      permission: null,
    }))
    const text = briefReport({...shut, causes: [], checklist: [], unreadable}, {...NARROW, columns: 200})
    expect(text).toContain('\n  No cause found in the data that could be read.\n')
    expect(text).toContain(`\n  Could not be read: Subnets; Vpcs; RouteTables and 1 more. ${reason}.\n`)
    for (const report of [shut, healthy])
      expect(briefReport({...report, unreadable}, NARROW)).not.toContain('Could not be read')
    const part = {kind: 'VpcEndpoints', reason: 'part of it could not be read', permission: null}
    expect(briefReport({...shut, causes: [], checklist: [], unreadable: [part]}, {...NARROW, columns: 200})).toContain(
      '\n  Could not be read: VpcEndpoints. Part of it could not be read.\n',
    )
  })

  it('says what could not be read where the verdict is undecided although there is a cause', () => {
    const unreadable = [{kind: 'InstanceInformationList', reason: 'Throttled (run it again)', permission: null}]
    expect(briefReport({...shut, verdict: 'undecided', unreadable}, NARROW)).toContain(
      '\n  Could not be read: InstanceInformationList. Throttled (run it again).\n',
    )
  })

  it('is one or two lines for a healthy node', () => {
    expect(briefReport(healthy, NARROW).split('\n')).toEqual([
      'ok web-1 (i-0a1b2c3d4e5f60010) is a healthy managed node: managed',
      '  No problems found.',
    ])
  })

  it.each([
    ['many steps', withSteps(Array.from({length: 30}, (_, n) => step(n, ['aws ec2 describe-instances'])))],
    [
      'many commands',
      withSteps([
        step(
          1,
          Array.from({length: 40}, (_, n) => `aws ec2 command-${n}`),
        ),
      ]),
    ],
    ['a command of many rows', withSteps([step(1, ['x '.repeat(300), 'y '.repeat(900)])])],
    ['a long cause', {...shut, causes: [{...shut.causes[0]!, message: 'word '.repeat(400)}]}],
  ])('fits 20 rows of 80 columns: %s', (_, report) => {
    expect(rowsOf(briefReport(report, NARROW))).toBeLessThanOrEqual(20)
  })

  it('shows how much it omits', () => {
    const text = briefReport(
      withSteps([
        step(
          1,
          Array.from({length: 40}, (_, n) => `aws ec2 command-${n}`),
        ),
      ]),
      NARROW,
    )
    expect(text).toMatch(/ {2}… \d+ more lines without --brief$/)
  })
})

it('counts the verdicts of several instances', () => {
  expect(summaryLine([healthy, shut, shut])).toBe('3 instances: 1 managed, 2 unmanaged')
})
