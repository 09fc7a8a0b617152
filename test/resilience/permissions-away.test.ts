import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {auditFleet} from '../../src/cli/fleet/audit.ts'
import {kindsOf} from '../../src/cli/run/permissions.ts'
import {type Aws, connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {regionOfInstance} from '../../src/collect/regions.ts'
import {collectRegion} from '../../src/collect/whole-region.ts'
import {type Account, itemsOf, type Kind} from '../../src/model/account.ts'
import {describedBy, KINDS} from '../../src/model/kinds.ts'
import {crossAccountStatements, type PolicyScope, policyFor} from '../../src/model/permissions.ts'
import {fakeAws} from '../support/fake-aws.ts'
import {flags} from '../support/fleet-flags.ts'
import {allow} from '../support/healthy.ts'
import {aMachine, anActivation, MACHINE} from '../support/hybrid.ts'
import {INSTANCE, OWNER, REGION, VPC} from '../support/network.ts'
import {credentials, withoutSockets} from '../support/pretend.ts'
import {answerTo} from '../support/serve.ts'
import {ACCOUNTS} from './accounts.ts'
import {cachedClients} from './examined.ts'
import {FAULTS, type Fault, MORE} from './faults.ts'
import {liesIn, saysLess} from './less-decided.ts'

const REFUSED = FAULTS.find(({name}) => name === 'refused') as Fault

type Read = (aws: Aws) => Promise<Account>

const READS: readonly (readonly [PolicyScope, Read])[] = [
  ['instance', (aws) => collect(aws, [INSTANCE], {inspector: true})],
  ['region', (aws) => collectRegion(aws, {inspector: true})],
]

const actionsIn = (kinds: readonly Kind[], scope: PolicyScope): readonly string[] =>
  policyFor(kinds, 'aws', scope)
    .Statement.flatMap(({Action}) => Action)
    .sort()

describe.each(READS)('of one %s', (_, read) => {
  const patients = Promise.all(
    Object.values(ACCOUNTS).map(async (account) => {
      const eyes = await cachedClients(account)
      return {eyes, whole: (await eyes.during([], MORE, read)).report, asked: new Set(eyes.asked)}
    }),
  )

  it('each permission alone can be missing: less is decided, nothing wrongly, and the action is named', async () => {
    for (const {eyes, whole, asked} of await patients)
      for (const action of asked) {
        const {report} = await eyes.during([action], REFUSED, read)
        const lies = liesIn(whole, report)
        expect({action, lies}).toEqual({action, lies: []})
        if (!saysLess(whole, report)) continue
        expect(report.unreadable.map(({permission}) => permission)).toContain(action)
        expect(JSON.stringify(report.causes)).toContain(action)
      }
  })

  it('any of them can be missing together', async () => {
    const all = (await patients).map(({asked}) => [...asked])
    const some = fc
      .nat(all.length - 1)
      .chain((which) =>
        fc.record({which: fc.constant(which), actions: fc.subarray(all[which] as string[], {minLength: 2})}),
      )
    await fc.assert(
      fc.asyncProperty(some, async ({which, actions}) => {
        const {eyes, whole} = (await patients)[which] as Awaited<typeof patients>[number]
        const {report} = await eyes.during(actions, REFUSED, read)
        const lies = liesIn(whole, report)
        expect({actions, lies}).toEqual({actions, lies: []})
        for (const {permission} of report.unreadable) expect(actions).toContain(permission)
      }),
      {numRuns: process.env.MATRIX === 'full' ? 2000 : 150},
    )
  })
})

/** A node without Amazon Inspector inventory has its associations read. */
const LACKING: Account = {
  ...(ACCOUNTS['online behind endpoints'] as Account),
  CoveredResources: [
    {
      resourceId: INSTANCE,
      resourceType: 'AWS_EC2_INSTANCE',
      scanType: 'PACKAGE',
      accountId: OWNER,
      scanStatus: {statusCode: 'INACTIVE', reason: 'NO_INVENTORY'},
    },
  ],
}

/** A Route 53 Profile adds a zone that is not associated with the VPC itself: it is read by its id. */
const WITH_PROFILE: Account = {
  ...(ACCOUNTS['online behind endpoints'] as Account),
  HostedZones: [{Id: '/hostedzone/ZPROFILE', Name: `ssm.${REGION}.amazonaws.com.`, VPCs: [], ResourceRecordSets: []}],
  ProfileAssociations: [{Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: VPC, Status: 'COMPLETE'}],
  ProfileResourceAssociations: [
    {Id: 'rpr-1', ProfileId: 'rp-1', ResourceArn: 'arn:aws:route53:::hostedzone/ZPROFILE', Status: 'COMPLETE'},
  ],
}

/** The organization is read where a policy compares its id. */
const IN_ORGANIZATION: Account = {
  ...(ACCOUNTS['online behind endpoints'] as Account),
  VpcEndpoints: itemsOf((ACCOUNTS['online behind endpoints'] as Account).VpcEndpoints).map((endpoint) => ({
    ...endpoint,
    PolicyDocument: allow('*', {Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-a1b2c3d4e5'}}}),
  })),
}

/** A hybrid node has its activation read. */
const WITH_MACHINE: Account = {
  ...(ACCOUNTS['online behind endpoints'] as Account),
  InstanceInformationList: [aMachine()],
  ActivationList: [anActivation()],
}

describe('the policy of', () => {
  const askedBy = async (...reads: readonly Read[]): Promise<ReadonlySet<string>> => {
    const used = new Set<string>()
    for (const account of [...Object.values(ACCOUNTS), LACKING, WITH_PROFILE, IN_ORGANIZATION, WITH_MACHINE])
      for (const read of reads) {
        const eyes = await cachedClients(account)
        await eyes.during([], MORE, read)
        for (const action of eyes.asked) used.add(action)
      }
    // Allowed to everyone, whatever a policy says. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    used.delete('sts:GetCallerIdentity')
    return used
  }
  const ONE: Read = (aws) => collect(aws, [INSTANCE, MACHINE])
  const COVERED: Read = (aws) => collect(aws, [INSTANCE, MACHINE], {inspector: true})
  const ALL: Read = (aws) => collectRegion(aws, {inspector: true, hybrid: true})
  const ELSEWHERE = 'ec2:DescribeRegions'
  const ASKED = KINDS.filter((kind) => describedBy(kind).optIn === undefined)
  const without = (kinds: readonly Kind[]) => ASKED.filter((kind) => !kinds.includes(kind))

  it('one examination is exactly what it calls', async () => {
    const kinds = without(['CoveredResources', 'AccountStatuses'])
    expect(actionsIn(kinds, 'instance')).toEqual([...(await askedBy(ONE)), ELSEWHERE].sort())
  })

  it('a path is exactly what it calls', async () => {
    const kinds = kindsOf('reach', {})
    expect(actionsIn(kinds, 'instance')).toEqual(
      [...(await askedBy((aws) => collect(aws, [INSTANCE]))), ELSEWHERE].sort(),
    )
  })

  it('everything is exactly what all commands call', async () => {
    expect(actionsIn(ASKED, 'region')).toEqual([...(await askedBy(COVERED, ALL)), ELSEWHERE].sort())
  })

  it('an audit, and a report on Amazon Inspector, is exactly what they call', async () => {
    const BULK: Read = (aws) => collectRegion(aws, {hybrid: true})
    const kinds = without(['CoveredResources', 'AccountStatuses', 'InstanceAssociations'])
    expect(actionsIn(kinds, 'fleet')).toEqual([...(await askedBy(BULK)), ELSEWHERE].sort())
    expect(actionsIn(ASKED, 'fleet')).toEqual([...(await askedBy(ALL)), ELSEWHERE].sort())
  })

  it('the caller of an audit of other accounts is the access to them', async () => {
    const account = Object.values(ACCOUNTS)[0] as Account
    const asked: string[] = []
    const fake = fakeAws((call) => {
      asked.push(`${call.service}:${call.operation}`)
      if (call.operation === 'DescribeRegions') return {Regions: [{RegionName: REGION}]}
      if (call.operation === 'ListOrganizationalUnitsForParent') return {OrganizationalUnits: []}
      if (!call.operation.startsWith('ListAccounts')) return answerTo(account, call)
      return {Accounts: ['111122223333', '111122223334'].map((Id) => ({Id, Status: 'ACTIVE'}))}
    })
    const roles: string[] = []
    for (const which of [{organization: true}, {'organizational-unit': ['ou-abcd-11112222']}])
      await auditFleet(flags({...which, 'role-name': 'ssm-doctor-audit', 'all-regions': true}), {
        connect: ({region = REGION, roleArn}) => {
          if (roleArn !== undefined) roles.push(roleArn)
          return connect({region}, {credentials, requestHandler: withoutSockets(fake), maxAttempts: 1})
        },
      })
    const [list, role, ...more] = crossAccountStatements('aws', 'ssm-doctor-audit')
    const others = asked.filter((action) => !/^(?:ec2|iam|ssm|sts|route53\w*):/.test(action))
    expect([...new Set(others)]).toEqual(list?.Action)
    expect(role).toMatchObject({Action: ['sts:AssumeRole'], Resource: 'arn:aws:iam::*:role/ssm-doctor-audit'})
    expect(new Set(roles)).toEqual(new Set([role?.Resource.replace('*', '111122223334')]))
    expect(more).toEqual([])
    expect(asked).toContain(ELSEWHERE)
  })

  it('an examination that finds no instance includes searching other Regions', async () => {
    const account = {...(Object.values(ACCOUNTS)[0] as Account), Instances: []}
    const eyes = await cachedClients(account)
    await eyes.during([], MORE, async (aws) => {
      await regionOfInstance(aws, INSTANCE)
      return account
    })
    expect([...eyes.asked].sort()).toEqual(['ec2:DescribeInstances', ELSEWHERE])
  })
})
