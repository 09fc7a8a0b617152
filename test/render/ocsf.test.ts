import {describe, expect, it} from 'vitest'
import {ocsfAudit} from '../../src/render/formats/ocsf.ts'
import {fullAudit} from '../support/audits.ts'
import {faultsOfOcsf} from '../support/public-schemas.ts'

const audit = fullAudit()
const findings = JSON.parse(ocsfAudit(audit, '1.0.0'))
const causes = audit.instances.flatMap(({id, account, region, causes: those}) =>
  those.map((cause) => ({instance: id, key: `ssm-doctor/${account}/${region}/${cause.id}@${cause.resource}`})),
)

describe('OCSF', () => {
  it('has one finding for each cause and resource, with every instance that has it', () => {
    const written = findings.flatMap((one: (typeof findings)[number]) =>
      one.resources.map((resource: {uid_alt: string}) => ({instance: resource.uid_alt, key: one.finding_info.uid})),
    )
    const inOrder = (pairs: typeof causes) => pairs.map(({instance, key}) => `${key} ${instance}`).sort()
    expect(inOrder(written)).toEqual(inOrder(causes))
    expect(new Set(findings.map((one: (typeof findings)[number]) => one.finding_info.uid)).size).toBe(findings.length)
    expect(findings.length).toBeLessThan(causes.length)
  })

  it('has the same uid for the same cause if the account is read again', () => {
    const later = JSON.parse(ocsfAudit({...audit, readAt: '2027-01-01T00:00:00.000Z'}, '2.0.0'))
    const uids = (those: typeof findings) => those.map((one: (typeof findings)[number]) => one.finding_info.uid)
    expect(uids(later)).toEqual(uids(findings))
    expect(later[0].time).toBe(1_798_761_600_000)
  })

  it('distinguishes resources of the same name in two accounts', () => {
    const [first] = audit.instances.filter(({causes: those}) => those.length > 0)
    const twice = [first!, {...first!, account: '999999999999'}]
    const written = JSON.parse(ocsfAudit({...audit, instances: twice}, '1.0.0'))
    expect(written).toHaveLength(2 * first!.causes.length)
  })

  it('has the fix of a role in every Region where an instance uses it', () => {
    const [group] = audit.groups.filter(({change}) => change)
    const [first] = audit.instances.filter(({id}) => group!.affected.includes(id))
    const causes = first!.causes.filter(({id}) => id === group!.cause)
    const instances = [first!, {...first!, id: 'i-0fffffffffffffff1', region: 'eu-west-2'}].map((one) => ({
      ...one,
      causes,
    }))
    const written: typeof findings = JSON.parse(ocsfAudit({...audit, instances}, '1.0.0'))
    expect(written).toHaveLength(2)
    for (const {remediation} of written) expect(remediation.desc).toContain(group!.change!.commands[0])
  })

  it('has the commands of the change that fixes the group', () => {
    for (const {id, account, region, change} of audit.groups.filter((group) => group.change)) {
      const one = findings.find(
        (finding: (typeof findings)[number]) => finding.finding_info.uid === `ssm-doctor/${account}/${region}/${id}`,
      )
      for (const command of change!.commands) expect(one.remediation.desc).toContain(command)
    }
  })

  it.each([
    ['blocks', 4, 3],
    ['degrades', 3, 3],
    ['undecided', 2, 2],
    ['advises', 1, 1],
  ] as const)('a cause that %s has severity_id %i and compliance status_id %i', (severity, id, status) => {
    const [first] = audit.instances.filter(({causes: those}) => those.length > 0)
    const instances = [{...first!, causes: [{...first!.causes[0]!, severity}]}]
    const [one] = JSON.parse(ocsfAudit({...audit, instances}, '1.0.0'))
    expect([one.severity_id, one.compliance.status_id]).toEqual([id, status])
  })

  it('has the worst severity and the least certainty of the cause in its instances', () => {
    const [first] = audit.instances.filter(({causes: those}) => those.length > 0)
    const having = (severity: 'degrades' | 'blocks', certainty: 'proven' | 'possible') => ({
      ...first!,
      causes: [{...first!.causes[0]!, severity, certainty}],
    })
    const instances = [having('degrades', 'proven'), having('blocks', 'possible')]
    for (const those of [instances, instances.toReversed()]) {
      const [one, ...others] = JSON.parse(ocsfAudit({...audit, instances: those}, '1.0.0'))
      expect(others).toEqual([])
      expect([one.severity, one.confidence, one.compliance.status_code]).toEqual(['High', 'Low', 'blocks'])
    }
  })

  it.each([
    ['a missing field', {time: undefined}, "/0 must have required property 'time'"],
    ['a date for a number', {time: '2026-01-01T00:00:00Z'}, '/0/time must be integer'],
    ['another class', {class_uid: 2004}, '/0/class_uid must be equal to constant'],
    ['a severity that does not exist', {severity_id: 7}, '/0/severity_id must be equal to one of the allowed values'],
    ['a misspelled field', {resourcess: []}, '/0 must NOT have additional properties'],
    ['an invalid date', {time_dt: 'today'}, '/0/time_dt must match format "date-time"'],
  ])('the schema finds %s', (_, change, fault) => {
    expect(faultsOfOcsf([JSON.parse(JSON.stringify({...findings[0], ...change}))])).toContain(fault)
  })
})
