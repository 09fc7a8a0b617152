import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it} from 'vitest'
import {type Audit, groupIdOf} from '../../src/audit/report.ts'
import {AUDIT_FORMAT_NAMES, AUDIT_FORMATS} from '../../src/cli/fleet/formats.ts'
import {causeIds, numberOfPlaces, placeOf} from '../../src/render/audit-facts.ts'
import {asffAudit} from '../../src/render/formats/asff.ts'
import {csvAudit, safeCell} from '../../src/render/formats/csv.ts'
import {junitAudit} from '../../src/render/formats/junit.ts'
import {escaped, markdownAudit} from '../../src/render/formats/markdown.ts'
import {ndjsonAudit} from '../../src/render/formats/ndjson.ts'
import {ocsfAudit} from '../../src/render/formats/ocsf.ts'
import {prometheusAudit} from '../../src/render/formats/prometheus.ts'
import {sarifAudit} from '../../src/render/formats/sarif.ts'
import {ticketsOf} from '../../src/render/formats/tickets.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {isPlain} from '../../src/util/plain-text.ts'
import {audited, fullAudit} from '../support/audits.ts'
import {ASFF, SARIF} from '../support/format-schemas.ts'
import {type Element, parseCsv, parsePrometheus, parseXml} from '../support/formats.ts'
import {isWrittenAs} from '../support/golden-files.ts'
import {aMachine, aServiceRole, hybrid, MACHINE} from '../support/hybrid.ts'
import {auditFaultsOf} from '../support/report-schemas.ts'

const audit = fullAudit()
const WEB_2 = 'i-0aaaaaaaaaaaaaa02'

describe('golden files', () => {
  isWrittenAs('audit', audit)
})

describe('names that a terminal or a build server would interpret', () => {
  const hostile = 'x\u001b[2J\u009b31m\u202e\u2028\u200b\n::error file=y::owned\n##[command]z'
  const named: Audit = {
    ...audit,
    instances: audit.instances.map((one) => ({...one, name: hostile, owner: hostile})),
    groups: audit.groups.map((group) => ({...group, message: hostile})),
  }

  it.each(AUDIT_FORMAT_NAMES)('are inert in %s', async (format) => {
    const text = await AUDIT_FORMATS[format].text(named, {terminal: PIPE, version: '1.0.0'})
    expect(text).not.toMatch(/(?![\r\n])[\p{Cc}\p{Cf}\u2028\u2029]/u)
    expect(text).not.toMatch(/^\s*"?(?:::\w+ ?[^\n]*::|##\[)/m)
  })

  it('are not in a message of SARIF, which is about one instance if the group has no other', () => {
    const groups = named.groups.map((group) => ({...group, affected: group.affected.slice(0, 1)}))
    const {results} = JSON.parse(sarifAudit({...named, groups}, '1.0.0')).runs[0]
    for (const {message, properties} of results)
      expect([message.text, properties.owner ?? ''].every((text) => isPlain(text))).toBe(true)
  })
})

describe('a fix for several instances', () => {
  const [group] = audit.groups.filter(({change}) => change)
  const message = 'It does not allow inbound TCP 443 from i-0aaaaaaaaaaaaaa09.'
  const [instance] = audit.instances
  const instances = ['eu-west-1', 'eu-west-2'].map((region, at) => ({
    ...instance!,
    region,
    id: `i-0aaaaaaaaaaaaaa0${at}`,
  }))
  const affected = instances.map(({id}) => id)
  const shared: Audit = {...audit, instances, groups: [{...group!, message, region: 'eu-west-1', affected}]}

  it('says what is true of all, and what of one of them', async () => {
    const pageOf = (one: Audit) => AUDIT_FORMATS.html.text(one, {terminal: PIPE, version: '1.0.0'})
    const said = `(${group!.resource}). For example: ${message}`
    expect(await pageOf(shared)).toContain(said)
    expect(ticketsOf(shared)[0]?.text).toContain('For example: ')
    const alone = {...shared, groups: [{...shared.groups[0]!, affected: affected.slice(0, 1)}]}
    expect(await pageOf(alone)).toContain(`<p>${message}</p>`)
  })

  it.each(['table', 'html'] as const)('is for all their Regions in %s', async (format) => {
    const text = await AUDIT_FORMATS[format].text(shared, {terminal: PIPE, version: '1.0.0'})
    expect(text).toMatch(/\d{12}\s+eu-west-1,\s+\d{12}\s+eu-west-2/)
  })
})

describe('a question to one node that answers for several causes', () => {
  const question = {title: 'Find out how the agent connects', commands: ['run'], fixes: null, alsoFixes: []}
  const [first, second] = audit.groups.map((group) => ({...group, region: 'eu-west-1', change: question}))
  const asked: Audit = {...audit, groups: [first!, second!]}

  it.each(['table', 'markdown', 'html'] as const)('is one entry with all of them in %s', async (format) => {
    const text = await AUDIT_FORMATS[format].text(asked, {terminal: PIPE, version: '1.0.0'})
    expect(text.match(/^.*manual.*$/gm)).toHaveLength(1)
    for (const {cause, resource} of [first!, second!]) expect(text).toContain(format === 'html' ? cause : resource)
  })

  it('is one ticket for each owner of what they affect', () => {
    const owners = new Set([first!, second!].flatMap((group) => group.owners.map(({owner}) => owner)))
    const tickets = ticketsOf(asked)
    expect(tickets).toHaveLength(owners.size)
    for (const {text} of tickets)
      expect(text).toContain(`Causes: ${first!.cause} on ${first!.resource}, ${second!.cause}`)
  })
})

describe('a suppression that expired', () => {
  it.each(['table', 'markdown'] as const)('has the last day as its file has it in %s', async (format) => {
    const until = async (expires: string) => {
      const [one] = audit.expired
      return AUDIT_FORMATS[format].text({...audit, expired: [{...one!, expires}]}, {terminal: PIPE, version: '1.0.0'})
    }
    expect(await until('2026-11-01T00:00:00.000Z')).toContain('2026-10-31')
    expect(await until('2026-11-01T12:00:00.000Z')).toContain('2026-11-01T12:00:00.000Z')
    expect(await until('neverT00:00:00.000Z')).toContain('neverT00:00:00.000Z')
  })
})

describe('an audit of one instance', () => {
  const one: Audit = {...audit, totals: {...audit.totals, instances: 1}}

  it.each(['html', 'markdown'] as const)('has "1 instance" in %s', async (format) => {
    const text = await AUDIT_FORMATS[format].text(one, {terminal: PIPE, version: '1.0.0'})
    expect(text).toMatch(/\b1 instance\b/)
    expect(text).not.toContain('1 instances')
  })
})

describe('CSV', () => {
  const rows = parseCsv(csvAudit(audit))

  it('has a row for each instance, all with the same number of columns', () => {
    expect(rows).toHaveLength(audit.instances.length + 1)
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([14]))
  })

  it('has the fix of the root cause, its commands and the AWS page', () => {
    const at = (name: string) => rows[0]?.indexOf(name) ?? -1
    const fixed = rows.slice(1).filter((row) => row[at('fix')])
    expect(fixed.length).toBeGreaterThan(0)
    for (const row of fixed) expect(row[at('docs')]).toMatch(/^https:\/\//)
    expect(fixed.some((row) => row[at('commands')]?.startsWith('aws '))).toBe(true)
  })

  it('has no cell that is a formula', () => {
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[\s\p{Cf}]*[=+\-@|%＝＋－＠\t\r]/u)
    expect(rows.find(([id]) => id === WEB_2)?.[5]).toBe("'+SUM(A1)")
  })

  it.each(['=1', '+1', '-1', '@a', '\t=1', '\r=1', '|calc', '＝1', '＋1', '－1', '＠a', ' =1', '\u200b=1', ' x', '%1'])(
    'tames %j',
    (text) => {
      expect(parseCsv(safeCell(text))).toEqual([[`'${text}`]])
    },
  )

  it('does not change harmless cells', () => {
    expect(['web-1', 'a,b', 'a"b', 'ü', ''].map(safeCell)).toEqual(['web-1', '"a,b"', '"a""b"', 'ü', ''])
  })
})

describe('Markdown', () => {
  it('escapes markup, HTML, mentions and links in names', () => {
    const text = escaped('<b>**x**</b> | [a](javascript:1) @all `c` https://203.0.113.9 www.example.com\n# h\u202e')
    expect(text).not.toMatch(/<|>|@|:\/\/|www\.|\n|\u202e|(?<![\\&])[*|[\]`#(]/)
  })

  it('links the page of AWS, and nothing that a saved report has in its place', () => {
    const [group] = audit.groups
    const pages = (docs: string) => {
      const one: Audit = {...audit, groups: [{...group!, docs}]}
      return markdownAudit(one) + ticketsOf(one)[0]!.text
    }
    expect(pages('https://docs.aws.amazon.com/vpc/a_b.html#c').match(/https:\S+a_b.html#c/g)).toHaveLength(2)
    expect(pages('https://docs.aws.amazon.com/ | <img src=x>')).not.toMatch(/<img|https:\/\/docs.aws.amazon.com\/ /)
  })

  it('keeps the columns of every table', () => {
    const tables = markdownAudit(audit)
      .split('\n\n')
      .filter((block) => block.startsWith('|'))
    expect(tables.length).toBeGreaterThan(3)
    for (const table of tables) {
      const widths = table.split('\n').map((line) => line.replaceAll(/\\./g, '').split('|').length)
      expect(new Set(widths).size).toBe(1)
    }
  })
})

describe('JUnit', () => {
  const root = parseXml(junitAudit(audit))
  const all = (element: Element, name: string): readonly Element[] =>
    element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)])

  it('has suites, cases and failures and nothing else, with the attributes of the schema', () => {
    const allowed: Readonly<Record<string, readonly string[]>> = {
      testsuites: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
      testsuite: [
        'name',
        'tests',
        'failures',
        'errors',
        'time',
        'disabled',
        'skipped',
        'timestamp',
        'hostname',
        'id',
        'package',
      ],
      testcase: ['name', 'assertions', 'time', 'classname', 'status'],
      failure: ['type', 'message'],
      error: ['type', 'message'],
      skipped: ['type', 'message'],
    }
    const nests: Readonly<Record<string, readonly string[]>> = {
      testsuites: ['testsuite'],
      testsuite: ['testcase'],
      testcase: ['failure', 'error', 'skipped'],
      failure: [],
      error: [],
      skipped: [],
    }
    const check = (element: Element): void => {
      for (const key of Object.keys(element.attributes)) expect(allowed[element.name]).toContain(key)
      for (const child of element.children) {
        expect(nests[element.name]).toContain(child.name)
        check(child)
      }
    }
    expect(root.name).toBe('testsuites')
    check(root)
  })

  it('counts its contents', () => {
    for (const suite of root.children) {
      expect(Number(suite.attributes.tests)).toBe(suite.children.length)
      for (const [count, name] of [
        ['failures', 'failure'],
        ['errors', 'error'],
        ['skipped', 'skipped'],
      ] as const)
        expect(Number(suite.attributes[count])).toBe(all(suite, name).length)
    }
  })

  it('fails the broken instance with its cause and its fix', () => {
    const failed = all(root, 'testcase').find(({attributes}) => attributes.name === WEB_2)
    expect(failed?.children[0]?.attributes.type).toBe('iam.no-profile')
    expect(failed?.children[0]?.text).toContain('aws ec2 associate-iam-instance-profile')
  })
})

describe('SARIF', () => {
  const log = JSON.parse(sarifAudit(audit, '1.0.0'))
  const [run] = log.runs

  it('conforms to the schema', () => {
    const validate = new Ajv2020({allErrors: true, formats: {uri: true}}).compile(SARIF)
    expect([validate(log), validate.errors]).toEqual([true, null])
  })

  it('has a rule for each cause, and each result points to its own', () => {
    expect(run.tool.driver.rules.map(({id}: {id: string}) => id)).toEqual(causeIds)
    for (const {ruleId, ruleIndex} of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId)
  })

  it('makes only what is undetermined an open result, with the level for open results', () => {
    for (const {kind, level: given} of run.results) if (kind === 'open') expect(['none', 'note']).toContain(given)
  })

  it('gives each result its own location and line hash', () => {
    type Result = {
      partialFingerprints: {primaryLocationLineHash: string}
      locations: readonly {physicalLocation: {artifactLocation: {uri: string}}}[]
    }
    const results: readonly Result[] = run.results
    const hashes = results.map(({partialFingerprints}) => partialFingerprints.primaryLocationLineHash)
    const uris = results.map(({locations}) => locations[0]?.physicalLocation.artifactLocation.uri)
    expect(new Set(hashes).size).toBe(results.length)
    expect(new Set(uris).size).toBe(results.length)
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}:1$/)
  })

  it('has the same fingerprint for the same cause in another audit', () => {
    const again = JSON.parse(sarifAudit({...audit, readAt: '2027-01-01T00:00:00.000Z'}, '2.0.0'))
    const prints = (one: typeof log) =>
      one.runs[0].results.map((result: {partialFingerprints: object}) => result.partialFingerprints)
    expect(prints(again)).toEqual(prints(log))
    expect(new Set(prints(log).map((print: object) => JSON.stringify(print))).size).toBe(run.results.length)
  })
})

describe('ASFF', () => {
  const findings = JSON.parse(asffAudit(audit))

  it('has what Security Hub requires, within its limits', () => {
    expect(findings.length).toBeGreaterThan(1)
    for (const finding of findings) {
      expect(finding).toMatchObject({
        SchemaVersion: '2018-10-08',
        ProductArn: expect.stringMatching(/^arn:aws[\w-]*:securityhub:[\w-]+:\d{12}:product\/\d{12}\/default$/),
        AwsAccountId: expect.stringMatching(/^\d{12}$/),
        CreatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        UpdatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        Severity: {Label: expect.stringMatching(/^(INFORMATIONAL|LOW|MEDIUM|HIGH|CRITICAL)$/)},
        Compliance: {Status: expect.stringMatching(/^(PASSED|WARNING|FAILED|NOT_AVAILABLE)$/)},
        FindingProviderFields: {Severity: finding.Severity, Types: finding.Types},
        RecordState: 'ACTIVE',
        Workflow: {Status: 'NEW'},
      })
      expect(finding.ProductArn.split(':')[4]).toBe(finding.AwsAccountId)
      expect(finding.Id.length).toBeLessThanOrEqual(512)
      expect(finding.GeneratorId.length).toBeLessThanOrEqual(512)
      expect(finding.Title.length).toBeLessThanOrEqual(256)
      expect(finding.Description.length).toBeLessThanOrEqual(1024)
      expect(finding.Remediation.Recommendation.Text.length).toBeLessThanOrEqual(512)
      expect(finding.Types.every((type: string) => type.split('/').length <= 3)).toBe(true)
      expect(finding.Resources).toHaveLength(1)
      expect(finding.Resources[0].Id).toMatch(/^arn:aws:ec2:eu-west-1:111122223333:instance\/i-/)
      expect(Object.keys(finding.ProductFields).length).toBeLessThanOrEqual(50)
      expect(Object.keys(finding).sort()).toEqual([...ASFF].sort())
    }
  })

  it('has a stable id for each finding', () => {
    const ids = findings.map(({Id}: {Id: string}) => Id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('does not call a managed node unhealthy because of advice, nor a cause a recommendation', () => {
    const managed = findings.filter(
      ({ProductFields}: {ProductFields: Record<string, string>}) => ProductFields['ssm-doctor/verdict'] === 'managed',
    )
    expect(managed).not.toHaveLength(0)
    for (const {Title, Remediation} of managed) {
      expect(Title).toMatch(/^i-0aaaaaaaaaaaaaa\d\d: a role that /)
      expect(Remediation.Recommendation.Text).toBe('See the AWS page.')
    }
  })

  it('says what is wrong with the resource of one instance, and what else a fix needs', () => {
    const [group] = audit.groups
    const first = audit.instances.find(({causes}) => causes.some((cause) => groupIdOf(cause) === group!.id))!
    const cause = {...first.causes[0]!, resource: 'web'}
    const alsoFixes = [{cause: 'nacl.ingress-ephemeral', resource: 'acl-0aaaaaaaaaaaaaa01', instances: 1}]
    const change = {title: 'Attach it', commands: [], fixes: 0, alsoFixes}
    const own = {id: groupIdOf(cause), message: 'No policy of role web allows it.', affected: [first.id], change}
    const written = JSON.parse(
      asffAudit({...audit, instances: [{...first, causes: [cause]}], groups: [{...group!, ...own}]}),
    )
    const finding = written.find(({Id}: {Id: string}) => Id.endsWith(own.id))
    expect(finding.Description).toBe(`${first.id}: No policy of role web allows it.`)
    expect(finding.Remediation.Recommendation.Text).toBe(
      'Attach it (fixes 0 of 1 alone; also required: nacl.ingress-ephemeral (acl-0aaaaaaaaaaaaaa01)).',
    )
  })
})

describe('hybrid nodes', () => {
  const account = {...hybrid, Roles: [aServiceRole({AttachedManagedPolicies: []})]}
  const nodes = audited(
    {...account, InstanceInformationList: [aMachine({PingStatus: 'ConnectionLost'})]},
    {hybrid: true},
  )
  const node = `arn:aws:ssm:eu-west-1:111122223333:managed-instance/${MACHINE}`

  it('are no EC2 instances in Security Hub and OCSF', () => {
    const resourcesIn = (json: string, key: string) =>
      JSON.parse(json).flatMap((finding: Record<string, unknown>) => finding[key])
    expect(resourcesIn(asffAudit(nodes), 'Resources')).toContainEqual(
      expect.objectContaining({Type: 'Other', Id: node}),
    )
    expect(resourcesIn(ocsfAudit(nodes, '1.0.0'), 'resources')).toContainEqual(
      expect.objectContaining({type: 'AWS::SSM::ManagedInstance', uid: node}),
    )
  })
})

describe('several files of one account and Region', () => {
  const [scope] = audit.scopes
  const scopes = [scope!, {...scope!, failed: null}, {...scope!, account: null, region: 'unknown', failed: 'damaged'}]
  const failed = {...audit, scopes: [...scopes, {...scope!, failed: 'no'}]}

  it('are one suite and one sample, which is 0 unless all were examined', () => {
    const suites = parseXml(junitAudit({...audit, scopes})).children
    expect(suites.map(({attributes}) => attributes.name)).toEqual([placeOf(scope!), 'unknown account'])
    const values = (one: Audit) =>
      parsePrometheus(prometheusAudit(one))
        .filter(({name}) => name === 'ssm_doctor_scope_examined')
        .map(({value}) => value)
    expect([values({...audit, scopes}), values(failed)]).toEqual([
      [1, 0],
      [0, 0],
    ])
  })

  it('count once', () => {
    expect([scopes.length, numberOfPlaces(scopes), numberOfPlaces([])]).toEqual([3, 2, 0])
  })
})

describe('Prometheus', () => {
  const samples = parsePrometheus(prometheusAudit(audit))
  const samplesOf = (name: string, labels: object = {}) =>
    samples.filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    )

  it('counts instances by verdict and cause', () => {
    expect(samplesOf('ssm_doctor_fleet_instances', {verdict: 'unmanaged'})).toMatchObject([
      {value: audit.totals.verdicts.unmanaged},
    ])
    expect(samplesOf('ssm_doctor_cause_instances', {cause: 'iam.no-profile'})).toMatchObject([{value: 1}])
  })

  it('counts an instance once for a cause that it has on two resources', () => {
    const [first] = audit.instances.filter(({causes}) => causes.length > 0)
    const [cause] = first!.causes
    const instances = [{...first!, causes: [cause!, {...cause!, resource: 'sg-0ffffffffffffffff'}]}]
    const counted = parsePrometheus(prometheusAudit({...audit, instances}))
    expect(counted.filter(({name}) => name === 'ssm_doctor_cause_instances')).toMatchObject([
      {labels: {cause: cause!.id}, value: 1},
    ])
  })

  it('has no control characters in a label, whatever an account file names its account', () => {
    const names = ['1\u001b[2J\n"', '1\u202e"']
    const scopes = audit.scopes.map((scope, at) => ({...scope, account: names[at] ?? ''}))
    const labels = parsePrometheus(prometheusAudit({...audit, scopes})).map((one) => one.labels.account)
    expect(labels).toEqual(expect.arrayContaining(['1\\u001b[2J\\u000a"', '1\\u202e"']))
    expect(
      prometheusAudit({...audit, scopes})
        .split('\n')
        .filter((line) => !isPlain(line)),
    ).toEqual([])
  })

  it('shows which accounts and Regions were examined', () => {
    expect(samplesOf('ssm_doctor_scope_examined').map(({value}) => value)).toEqual([1, 0])
  })

  it('has no labels with instances', () => {
    expect(samples.some(({labels}) => Object.values(labels).some((value) => value.startsWith('i-')))).toBe(false)
  })
})

describe('NDJSON', () => {
  it('has an object on each line, which together are the audit', () => {
    const lines = ndjsonAudit(audit)
      .split('\n')
      .map((line) => JSON.parse(line))
    const of = (type: string) => lines.filter((line) => line.type === type).map(({type: _, ...rest}) => rest)
    const [head] = of('audit')
    expect(
      auditFaultsOf({
        ...head,
        scopes: of('scope'),
        groups: of('group'),
        instances: of('instance'),
        unreadable: of('unreadable'),
        suppressed: of('suppressed'),
        expired: of('expired'),
      }),
    ).toEqual([])
    expect(of('instance')).toEqual(JSON.parse(JSON.stringify(audit.instances)))
  })
})
