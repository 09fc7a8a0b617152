import {describe, expect, it} from 'vitest'
import {auditOf} from '../../../src/audit/total.ts'
import {othersOf, unreadOf} from '../../../src/render/audit-facts.ts'
import {tableAudit} from '../../../src/render/text/table.ts'
import {PIPE} from '../../../src/render/text/terminal.ts'
import {columnsOf} from '../../../src/render/text/width.ts'
import {audited, fleet, fullAudit, partOf} from '../../support/audits.ts'
import {anInstance} from '../../support/healthy.ts'
import {ids, inspectedAccount, inspection, row} from '../../support/inspections.ts'

const narrow = {...PIPE, columns: 80}
const many = auditOf(
  [0, 1, 2, 3].map((seed) =>
    partOf(fleet({account: String(111122223333 + seed), seed, instances: seed === 0 ? 2000 : 100})),
  ),
  '2026-11-20T12:00:00.000Z',
)
const lines = tableAudit(many, narrow).split('\n')
const after = (heading: string) => lines.slice(lines.findIndex((line) => line.startsWith(heading)) + 1)

describe('the table of a fleet', () => {
  it('fits the width of the terminal, with complete ids and commands', () => {
    for (const audit of [many, fullAudit(), audited(fleet({instances: 3}))])
      for (const line of tableAudit(audit, narrow).split('\n'))
        if (!/arn:|^ {4}\S/.test(line)) expect(columnsOf(line)).toBeLessThanOrEqual(80)
    const [first] = many.groups
    expect(lines.join('\n')).toContain(first?.resource)
  })

  it('begins with the verdicts and what fixes the most', () => {
    expect(lines[0]).toBe('2300 instances: ok 2210 managed   FAIL 90 unmanaged')
    expect(lines[2]).toBe('Top fixes')
    expect(lines[3]).toBe('  fixes 9 of 9        no instance profile [iam.no-profile]')
  })

  it('does not say that none matched where nothing was examined', () => {
    const none = {...auditOf([], '2026-11-20T12:00:00.000Z'), groups: []}
    const scope = (failed: string | null) => ({...many.scopes[0]!, failed})
    const first = (...scopes: (typeof many.scopes)[number][]) => tableAudit({...none, scopes}, narrow).split('\n')[0]
    expect(first(scope('No AWS credentials found.'))).toBe('0 instances: nothing was examined')
    expect(first(scope('No AWS credentials found.'), scope(null))).toBe('0 instances: none matched')
  })

  it('says so if nothing changed since the baseline', () => {
    const same = {...many, changes: {baseline: '2026-11-13T12:00:00.000Z', instances: [], resolved: []}}
    expect(tableAudit(same, narrow)).toContain('\nSince 2026-11-13T12:00:00.000Z\n  no changes')
  })

  it('shows two changes of a cause, and summarizes the rest', () => {
    expect(lines.filter((line) => /^ {2}fixes 1 of 1 /.test(line))).toEqual([])
    const at = lines.findIndex((line) => line.includes('[imds.disabled]'))
    expect(lines[at]).toBe('  fixes 9 of 9        a disabled metadata service [imds.disabled]')
    expect(lines[at + 1]).toMatch(/separately: i-\w{17}, i-\w{17},$/)
    expect(lines.slice(at, at + 4).join(' ')).toContain('and 6 more')
  })

  it('lists fixes in the order of how many instances they fix', () => {
    const fixed = lines.flatMap((line) => {
      const found = /^ {2}(?:fixes (\d+) of|manual|no known fix)/.exec(line)
      return found ? [Number(found[1] ?? 0)] : []
    })
    expect(fixed.length).toBeGreaterThan(2)
    expect(fixed).toEqual(fixed.toSorted((a, b) => b - a))
  })

  it('prints the complete commands of each fix, or the location of a long script', () => {
    const [first] = many.groups
    const script = (commands: readonly string[]) =>
      tableAudit({...many, groups: [{...first!, change: {...first!.change!, commands}}]}, narrow).split('\n')
    const long = `aws ec2 authorize-security-group-ingress --group-id sg-1 ${'x'.repeat(90)}`
    expect(script([long, 'aws two'])).toEqual(expect.arrayContaining([`    ${long}`, '    aws two']))
    expect(script(['1', '2', '3', '4', '5'])).toContain('    5 commands: --format markdown, html or json.')
  })

  it('says that commands which were not tried are not verified, and what a person does is manual', () => {
    const [first] = many.groups
    const gain = (...commands: readonly string[]) =>
      tableAudit({...many, groups: [{...first!, change: {...first!.change!, fixes: null, commands}}]}, narrow)
        .split('\n')
        .flatMap((line) => /^ {2}(not verified|manual) /.exec(line)?.[1] ?? [])
    const create = 'DHCP_OPTIONS=$(aws ec2 create-dhcp-options --query DhcpOptions.DhcpOptionsId --output text)'
    expect(gain(create, 'aws ec2 associate-dhcp-options --vpc-id vpc-1')).toEqual(['not verified'])
    expect(gain('ID=$(aws ec2 describe-iam-instance-profile-associations)', 'aws iam get-role')).toEqual(['manual'])
    expect(gain('sudo systemctl restart amazon-ssm-agent  # on the instance')).toEqual(['manual'])
    expect(gain()).toEqual(['manual'])
  })

  it('counts every cause, account and VPC, in columns', () => {
    expect(after('Why')).toContain('  9  imds.disabled                   a disabled metadata service')
    expect(after('Not managed').slice(0, 2)).toEqual([
      '  60 of 2000  account  111122223333',
      '  10 of  100  account  111122223334',
    ])
    expect(after('Not managed').join('\n')).toMatch(/ VPC {6}vpc-\w{17}, 111122223333 eu-west-1\n/)
  })
})

describe('words', () => {
  const change = {
    title: 'Add a rule',
    commands: [],
    fixes: 338,
    alsoFixes: [{cause: 'imds.disabled', resource: 'i-1', instances: 1}],
  }
  const group = (affected: number, fixes: number) => ({
    ...many.groups[0]!,
    affected: Array.from({length: affected}, () => 'i-1'),
    change: {...change, fixes},
  })
  it.each([
    [340, 338, 'also required for the other 2: 1 × imds.disabled (i-1)'],
    [340, 339, 'also required for the other: imds.disabled (i-1)'],
    [1, 0, 'also required: imds.disabled (i-1)'],
    [3, 0, 'also required: 1 × imds.disabled (i-1)'],
  ])('of %d affected, %d fixed: %s', (affected, fixes, words) => {
    expect(othersOf(group(affected, fixes))).toBe(words)
  })

  it('distinguish what could not be read from what was not requested', () => {
    const one = {account: '111122223333', region: 'eu-west-1', kind: 'InstanceAssociations', instances: 2}
    expect(unreadOf({...one, reason: 'AccessDenied', permission: 'ssm:X'})).toBe(
      'InstanceAssociations could not be read for 2 instances (ssm:X): AccessDenied',
    )
    expect(unreadOf({...one, reason: 'not asked for on more than 50 nodes of a Region', permission: null})).toBe(
      'InstanceAssociations was not read for 2 instances: not asked for on more than 50 nodes of a Region',
    )
  })
})

describe('the table of Amazon Inspector', () => {
  const rows = Array.from({length: 40}, (_, n) => row(100 + n, n < 30 ? 'NO_INVENTORY' : 'UNMANAGED_EC2_INSTANCE'))
  const account = {...inspectedAccount, Instances: [], CoveredResources: rows}
  const lines = tableAudit(
    inspection({...account, Instances: rows.map(({resourceId}) => anInstance({InstanceId: resourceId}))}),
    narrow,
  ).split('\n')

  it('summarizes by Inspector reason if the list would be long', () => {
    const at = lines.indexOf('Not scanned')
    expect(lines[at + 1]).toBe('  30 instances        NO_INVENTORY')
    expect(lines.slice(at, at + 8).join('\n')).toContain(`${ids(100)}, ${ids(101)}`)
    expect(lines.slice(at, at + 8).join('\n')).toContain('and 27 more')
    expect(lines).toContain('  10 instances        UNMANAGED_EC2_INSTANCE')
    expect(lines).toContain('  Individual rows: --format csv, markdown or json.')
  })
})
