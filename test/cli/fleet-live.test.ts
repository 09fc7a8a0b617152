import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it, vi} from 'vitest'
import {auditFleet, inspectFleet} from '../../src/cli/fleet/audit.ts'
import {connect} from '../../src/collect/client/aws.ts'
import type {Connection} from '../../src/collect/client/credentials.ts'
import {itemsOf} from '../../src/model/account.ts'
import {audited, fleet} from '../support/audits.ts'
import {type Call, fakeAws, type Refusal, refuse} from '../support/fake-aws.ts'
import {flags} from '../support/fleet-flags.ts'
import {allow, aNode, anInstance, aRole, OWNER, REGION} from '../support/healthy.ts'
import {ids, inspectedAccount, inspection, row} from '../support/inspections.ts'
import {credentials} from '../support/pretend.ts'
import {auditFaultsOf, inspectionFaultsOf} from '../support/report-schemas.ts'
import {answerTo, serve} from '../support/serve.ts'

const broken = fleet({instances: 100})
const expected = audited(broken)
const verdictsOf = ({instances}: {readonly instances: readonly {readonly id: string; readonly verdict: string}[]}) =>
  instances.map(({id, verdict}) => `${id} ${verdict}`).sort()

const closing: {close: () => void}[] = []
afterEach(() => {
  for (const fake of closing.splice(0)) fake.close()
})

async function asking(fake: ReturnType<typeof fakeAws>) {
  closing.push(fake)
  const endpoint = await fake.listen()
  const connections: Connection[] = []
  return {
    connections,
    connect: (connection: Connection) => {
      connections.push(connection)
      return connect({region: connection.region ?? REGION}, {credentials, endpoint, maxAttempts: 12})
    },
  }
}

/** Answers, unless the call is one of those that fail. */
const served = (unless: (call: Call) => Refusal | undefined) => serve(broken, {unless})

/** The audit and what stderr says. */
async function saying(chosen: Parameters<typeof auditFleet>[0]) {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const {audit} = await auditFleet(chosen, await asking(served(() => undefined)))
  const said = stderr.mock.calls.map(([text]) => String(text))
  stderr.mockRestore()
  return {audit, said}
}

describe('an audit of live AWS', () => {
  it('has the same result as one of the account file', async () => {
    const {audit, summary} = await auditFleet(flags({region: [REGION]}), await asking(served(() => undefined)))
    expect(verdictsOf(audit)).toEqual(verdictsOf(expected))
    expect(auditFaultsOf(JSON.parse(JSON.stringify(audit)))).toEqual([])
    expect(summary).toMatch(/^1 account and Region, 100 instances, \d+ calls, 0 throttled/)
  })

  it('is complete and has the same verdicts if AWS throttles three of ten calls', async () => {
    let calls = 0
    const fake = served(() => (calls++ % 10 < 3 ? refuse('ThrottlingException', 'Rate exceeded', 400) : undefined))
    const {audit, summary} = await auditFleet(flags({region: [REGION]}), await asking(fake))
    expect(verdictsOf(audit)).toEqual(verdictsOf(expected))
    expect(audit.unreadable).toEqual([])
    expect(summary).toMatch(/, [1-9]\d* throttled/)
  })

  it('that cannot list the Regions names the permission', async () => {
    const fake = served(({operation}) =>
      operation === 'DescribeRegions' ? refuse('UnauthorizedOperation', 'You are not authorized.', 403) : undefined,
    )
    await expect(auditFleet(flags({'all-regions': true}), await asking(fake))).rejects.toThrow(
      'Cannot list the Regions of the account (UnauthorizedOperation: You are not authorized. (needs ec2:DescribeRegions)).',
    )
  })

  it('reports a Region that denies access, and examines the others', async () => {
    const fake = served(({region}) => (region === 'eu-west-2' ? refuse('OptInRequired') : undefined))
    const {audit} = await auditFleet(flags({region: ['eu-west-2', REGION]}), await asking(fake))
    expect(audit.scopes).toMatchObject([
      {region: 'eu-west-2', instances: 0, failed: expect.stringContaining('eu-west-2')},
      {region: REGION, instances: 100, failed: null},
    ])
  })

  it('examines every enabled Region', async () => {
    const fake = fakeAws((call) =>
      call.operation === 'DescribeRegions'
        ? {Regions: [{RegionName: REGION}, {RegionName: 'eu-west-2'}]}
        : answerTo(broken, call),
    )
    const {audit} = await auditFleet(flags({'all-regions': true}), await asking(fake))
    expect(audit.scopes.map(({region}) => region)).toEqual([REGION, 'eu-west-2'])
  })

  it('assumes the role in each account of the organization, and none in its own', async () => {
    const fake = fakeAws((call) =>
      call.operation === 'ListAccounts'
        ? {
            Accounts: [
              {Id: OWNER, Status: 'ACTIVE'},
              {Id: '111122223334', Status: 'ACTIVE'},
              {Id: '111122223335', Status: 'SUSPENDED'},
            ],
          }
        : answerTo(broken, call),
    )
    const aws = await asking(fake)
    const {audit} = await auditFleet(flags({organization: true, 'role-name': 'Audit', region: [REGION]}), aws)
    expect(audit.scopes).toHaveLength(2)
    const roles = aws.connections.map(({roleArn}) => roleArn)
    expect(roles).toContain('arn:aws:iam::111122223334:role/Audit')
    expect(roles.some((arn) => arn?.includes('111122223335'))).toBe(false)
  })

  it('examines the accounts of organizational units and of those below them, without excluded accounts and Regions', async () => {
    const units = {'ou-abcd-11111111': [{Id: 'ou-abcd-22222222'}], 'ou-abcd-22222222': []}
    const accounts = {
      'ou-abcd-11111111': [{Id: '111122223334', State: 'ACTIVE'}],
      'ou-abcd-22222222': [
        {Id: '111122223335', State: 'SUSPENDED'},
        {Id: '111122223336', State: 'ACTIVE'},
        {Id: '111122223337', State: 'ACTIVE'},
      ],
    }
    const fake = fakeAws((call) => {
      const parent = call.input.ParentId as keyof typeof units
      if (call.operation === 'ListOrganizationalUnitsForParent') return {OrganizationalUnits: units[parent]}
      if (call.operation === 'ListAccountsForParent') return {Accounts: accounts[parent]}
      return answerTo(broken, call)
    })
    const aws = await asking(fake)
    const {audit} = await auditFleet(
      flags({
        'organizational-unit': ['ou-abcd-11111111'],
        'include-suspended': true,
        'role-name': 'Audit',
        'exclude-account': ['111122223337'],
        'exclude-region': ['eu-west-2'],
        region: [REGION, 'eu-west-2'],
      }),
      aws,
    )
    expect(audit.scopes.map(({account, region, failed}) => [account, region, failed])).toEqual([
      [OWNER, REGION, null],
      [OWNER, REGION, null],
      ['111122223335', 'unknown', 'The account is not active in the organization (SUSPENDED).'],
    ])
    expect([...new Set(aws.connections.map(({roleArn}) => roleArn))].sort()).toEqual([
      'arn:aws:iam::111122223334:role/Audit',
      'arn:aws:iam::111122223336:role/Audit',
      undefined,
    ])
  })

  it.each([
    [{'organizational-unit': ['units']}, /"units" is not the id of an organizational unit/],
    [{organization: true, 'exclude-account': ['1']}, /--exclude-account: expected an account id of 12 digits/],
    [{'exclude-region': ['london'], region: [REGION]}, /"london" is not the name of an AWS Region/],
  ])('rejects %j, which would exclude nothing or everything', async (odd, says) => {
    const fake = await asking(served(() => undefined))
    await expect(auditFleet(flags({'role-name': 'Audit', ...odd}), fake)).rejects.toThrow(says)
  })

  it.each(['eu-west-1', 'london'])(
    'does not examine the Region of the credentials if %s is excluded',
    async (excluded) => {
      const audit = auditFleet(flags({'exclude-region': [excluded]}), await asking(served(() => undefined)))
      if (excluded === REGION) expect((await audit).audit.scopes).toEqual([])
      else await expect(audit).rejects.toThrow('"london" is not the name of an AWS Region')
    },
  )

  it('rejects several profiles for one list of accounts, of which the others would not be used', async () => {
    const fake = await asking(served(() => undefined))
    const two = flags({organization: true, 'role-name': 'Audit', profile: ['one', 'two']})
    await expect(auditFleet(two, fake)).rejects.toThrow('with one --profile; name one')
  })

  it('reports flags for many accounts where only that of the credentials is examined', async () => {
    const {audit, said} = await saying(flags({'role-name': 'Audit', region: [REGION]}))
    expect(audit.scopes).toHaveLength(1)
    expect(said).toEqual([
      '--role-name needs --organization, --organizational-unit or --accounts-from; it does not apply here.\n',
    ])
  })

  it('assumes the roles in a file, and the named role in the accounts in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'accounts-'))
    const file = join(folder, 'accounts.txt')
    writeFileSync(file, '# ours\n111122223334\narn:aws:iam::111122223335:role/audit/Reader # theirs\n')
    const aws = await asking(served(() => undefined))
    const {audit} = await auditFleet(flags({'accounts-from': file, 'role-name': 'Audit', region: [REGION]}), aws)
    rmSync(folder, {recursive: true})
    expect(audit.scopes).toHaveLength(2)
    expect(aws.connections.map(({roleArn}) => roleArn)).toEqual(
      expect.arrayContaining(['arn:aws:iam::111122223334:role/Audit', 'arn:aws:iam::111122223335:role/audit/Reader']),
    )
  })

  it('uses each profile', async () => {
    const aws = await asking(served(() => undefined))
    const {audit} = await auditFleet(flags({profile: ['one', 'two'], region: [REGION]}), aws)
    expect(audit.scopes).toHaveLength(2)
    expect([...new Set(aws.connections.map(({profile}) => profile))].sort()).toEqual(['one', 'two'])
  })

  it('reads the roles of an account once for all of its Regions', async () => {
    const fake = served(() => undefined)
    await auditFleet(flags({region: [REGION, 'eu-west-2', 'eu-west-3'], concurrency: 1}), await asking(fake))
    const calls = (operation: string) => fake.calls.filter((call) => call.operation === operation).length
    expect(calls('GetAccountAuthorizationDetails') * 3).toBe(calls('DescribeVpcs'))
  })

  it('reads the organization of an account once for all of its Regions', async () => {
    const Condition = {StringEquals: {'aws:PrincipalOrgID': 'o-a1b2c3d4e5'}}
    const PolicyDocument = allow('ssm:*', {Resource: '*', Condition})
    const role = aRole({
      RoleName: 'other',
      Arn: `${aRole().Arn}-other`,
      RolePolicyList: [{PolicyName: 'p', PolicyDocument}],
    })
    const fake = serve({...broken, Roles: [...itemsOf(broken.Roles), role]})
    await auditFleet(flags({region: [REGION, 'eu-west-2', 'eu-west-3']}), await asking(fake))
    expect(fake.calls.filter(({service}) => service === 'organizations')).toHaveLength(1)
  })

  it('reads no more than the given number of accounts and Regions at a time', async () => {
    const open = new Set<string>()
    let most = 0
    const fake = served(({operation, region}) => {
      if (operation === 'GetCallerIdentity') open.add(region)
      most = Math.max(most, open.size)
      return undefined
    })
    const regions = [REGION, 'eu-west-2', 'eu-west-3', 'eu-north-1']
    await auditFleet(flags({region: regions, concurrency: 1}), {
      ...(await asking(fake)),
      onExamined: ({account}) => open.delete(account.Region),
    })
    expect(most).toBe(1)
  })
})

describe('a report on Amazon Inspector from live AWS', () => {
  const asked = (calls: readonly Call[], operation: string) => calls.filter((call) => call.operation === operation)

  it('reads every page of the coverage and has the same result as the account file', async () => {
    const fake = serve(inspectedAccount, {pageSize: 3})
    const {audit} = await inspectFleet(flags({region: [REGION]}), await asking(fake))
    const said = ({instances}: typeof audit) =>
      instances.map(({id, rootCause, inspector}) => [id, rootCause, inspector?.coverage, inspector?.reason]).sort()
    expect(said(audit)).toEqual(said(inspection(inspectedAccount)))
    expect(inspectionFaultsOf(JSON.parse(JSON.stringify(audit)))).toEqual([])
    expect(asked(fake.calls, 'ListCoverage')).toHaveLength(6)
  })

  it('reads the associations of nodes without inventory, and of no others', async () => {
    const fake = serve(inspectedAccount)
    const {audit} = await inspectFleet(flags({region: [REGION]}), await asking(fake))
    const targets = asked(fake.calls, 'DescribeInstanceAssociationsStatus').map(({input}) => input.InstanceId)
    expect(targets.sort()).toEqual([ids(3), ids(4)])
    expect(audit.instances.find(({id}) => id === ids(3))?.inspector?.associations.map(({status}) => status)).toEqual([
      'Failed',
      'Success',
      'missing',
    ])
  })

  it('reports for how many nodes the associations were not read', async () => {
    const count = 52
    const nodes = Array.from({length: count}, (_, n) => ids(100 + n))
    const fake = serve({
      ...inspectedAccount,
      Instances: nodes.map((InstanceId) => anInstance({InstanceId})),
      InstanceInformationList: nodes.map((InstanceId) => aNode({InstanceId})),
      CoveredResources: nodes.map((_, n) => row(100 + n, 'NO_INVENTORY')),
    })
    const {audit} = await inspectFleet(flags({region: [REGION]}), await asking(fake))
    expect(asked(fake.calls, 'DescribeInstanceAssociationsStatus')).toHaveLength(50)
    expect(audit.unreadable.filter(({kind}) => kind === 'InstanceAssociations')).toMatchObject([
      {reason: 'not asked for on more than 50 nodes of a Region', permission: null, instances: 2},
    ])
  })

  it('makes no Inspector calls for an audit', async () => {
    const fake = serve(inspectedAccount)
    await auditFleet(flags({region: [REGION]}), await asking(fake))
    expect(fake.calls.filter(({service}) => service === 'inspector2')).toEqual([])
  })

  it('is unknown, and names the permission, if Inspector denies access', async () => {
    const fake = serve(inspectedAccount, {
      unless: ({service}) => (service === 'inspector2' ? refuse('AccessDeniedException', 'no', 403) : undefined),
    })
    const {audit} = await inspectFleet(flags({region: [REGION]}), await asking(fake))
    expect(audit.totals.coverage).toMatchObject({unknown: 12})
    expect(audit.instances[0]?.inspector?.meaning).toContain('needs inspector2:ListCoverage')
  })
})
