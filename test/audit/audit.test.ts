import {describe, expect, it} from 'vitest'
import {changesSince} from '../../src/audit/changes.ts'
import {auditOf} from '../../src/audit/total.ts'
import {itemsOf} from '../../src/model/account.ts'
import {deny, inline} from '../checks/identity/identity-accounts.ts'
import {audited, fleet, fullAudit, partOf, three, well} from '../support/audits.ts'
import {aGroup, allow, aNode, anInstance, aRole, ENDPOINT_GROUP, healthy, WEB} from '../support/healthy.ts'
import {aMachine, aServiceRole, hybrid, SERVICE_ROLE} from '../support/hybrid.ts'
import {auditFaultsOf} from '../support/report-schemas.ts'

const broken = fleet({instances: 700})
const audit = audited(broken)

const idOf = (n: number) => `i-0aaaaaaaaaaaaaa${String(n).padStart(2, '0')}`

/** This many instances behind an endpoint whose security group allows no inbound traffic. */
const shutOut = (count: number) => ({
  ...well,
  Instances: Array.from({length: count}, (_, n) =>
    anInstance({InstanceId: idOf(n + 1), ...(n === 0 && {MetadataOptions: {HttpEndpoint: 'disabled' as const}})}),
  ),
  InstanceInformationList: [],
  ConnectionStatuses: [],
  SecurityGroups: [
    ...itemsOf(healthy.SecurityGroups).filter(({GroupId}) => GroupId !== ENDPOINT_GROUP),
    aGroup(ENDPOINT_GROUP),
  ],
})

describe('an audit', () => {
  it('conforms to its schema', () => {
    expect(auditFaultsOf(JSON.parse(JSON.stringify(audit)))).toEqual([])
    expect(auditFaultsOf(JSON.parse(JSON.stringify(fullAudit())))).toEqual([])
  })

  it('counts by verdict, account, Region and VPC', () => {
    expect(audit.totals.verdicts).toMatchObject({managed: 680, unmanaged: 20})
    expect(audit.totals.accounts).toMatchObject([{account: '111122223333', instances: 700}])
    expect(audit.totals.regions).toMatchObject([{region: 'eu-west-1', instances: 700}])
    expect(audit.totals.vpcs.reduce((sum, {instances}) => sum + instances, 0)).toBe(700)
  })

  it('finds each of the ten faults, and fixes every instance that AWS’s API can fix', () => {
    const roots = new Set(audit.instances.flatMap(({rootCause}) => rootCause ?? []))
    expect([...roots].sort()).toEqual([
      'dns.private-dns-off',
      'endpoint.sg-blocks',
      'iam.no-profile',
      'iam.no-registration-permission',
      'igw.no-public-ip',
      'imds.disabled',
      'nacl.nat-subnet',
      'os.agent-not-running',
      'route.blackhole',
      'sg.no-egress-443',
    ])
  })

  it('counts no instance as fixed by a call that EC2 denies because an AWS service operates it', () => {
    const Operator = {Managed: true, Principal: 'workspaces-instances.amazonaws.com'}
    const Instances = [anInstance({MetadataOptions: {HttpEndpoint: 'disabled'}, Operator})]
    const {groups} = audited({...well, Instances, InstanceInformationList: [], ConnectionStatuses: []})
    expect(groups.find(({cause}) => cause === 'imds.disabled')).toMatchObject({
      change: {title: expect.stringContaining(Operator.Principal), fixes: null, commands: []},
    })
  })

  it('examines only selected instances', () => {
    const some = audited(broken, {chosen: ({Tags}) => Tags.some(({Key}) => Key === 'Fault')})
    expect(some.totals.instances).toBe(20)
  })

  it('reports an account whose instances could not be listed', () => {
    const lost = audited({...healthy, Instances: {unreadable: 'UnauthorizedOperation'}})
    expect(lost.scopes).toMatchObject([{instances: 0, failed: 'UnauthorizedOperation'}])
  })
})

describe('the totals', () => {
  it('count an instance once for a cause, however many statements are behind it', () => {
    const denies = ['CreateControlChannel', 'CreateDataChannel'].map((call) =>
      inline(call, deny(`ssmmessages:${call}`)),
    )
    const twice = {...well, Roles: [aRole({RolePolicyList: denies})]}
    const {instances, totals} = audited(twice)
    expect(instances[0]!.causes.filter(({id}) => id === 'iam.explicit-deny')).toHaveLength(2)
    expect(totals.causes.find(({id}) => id === 'iam.explicit-deny')).toMatchObject({instances: 1})
  })
})

describe('a group', () => {
  it('of one instance is fixed by its own change, which is tried beside those of others', () => {
    const fixes = audited(three).groups.map(({cause, affected, change}) => [cause, affected.length, change?.fixes])
    expect(fixes).toContainEqual(['iam.no-profile', 1, 1])
    expect(fixes).toContainEqual(['imds.disabled', 1, 1])
  })

  it('shows how many instances its change fixes, and what the others also need', () => {
    const {groups} = audited(shutOut(5))
    const group = groups.find(({cause}) => cause === 'endpoint.sg-blocks')
    expect(group?.affected).toHaveLength(5)
    expect(group?.change).toMatchObject({
      fixes: 4,
      alsoFixes: [{cause: 'imds.disabled', resource: idOf(1), instances: 1}],
    })
  })

  it('comes before those that fix less', () => {
    const fixes = audit.groups.map(({change}) => change?.fixes ?? 0)
    expect(fixes).toEqual(fixes.toSorted((a, b) => b - a))
  })

  it('names the owners of the affected instances', () => {
    const group = audit.groups.find(({cause}) => cause === 'iam.no-registration-permission')
    expect(group?.owners.reduce((sum, {instances}) => sum + instances, 0)).toBe(group?.affected.length)
    expect(group?.owners[0]?.owner).toEqual(expect.any(String))
  })

  it('of one role is one group in all Regions', () => {
    const [one, other] = [fleet({instances: 700}), fleet({instances: 700, region: 'eu-west-2', seed: 1})]
    const both = auditOf([partOf(one), partOf(other)], one.ReadAt)
    const roles = both.groups.filter(({cause}) => cause === 'iam.no-registration-permission')
    expect(roles).toHaveLength(1)
    expect(roles[0]).toMatchObject({change: {fixes: 4}})
  })

  // https://docs.aws.amazon.com/inspector/latest/user/getting_started.html
  it('of what is set in each Region, such as Amazon Inspector, has the commands of every Region', () => {
    const part = partOf(three)
    const inRegion = (region: string) => {
      const commands = [`aws inspector2 enable --resource-types EC2 --region ${region}`]
      const change = {title: 'Enable it', commands, effect: 'It scans this Region.', fixes: null, alsoFixes: []}
      return {...part, groups: [{...part.groups[0]!, region, change}]}
    }
    const regions = ['eu-west-1', 'eu-west-2', 'eu-west-2']
    expect(auditOf(regions.map(inRegion), three.ReadAt).groups[0]?.change).toEqual({
      title: 'Enable it',
      commands: [
        'aws inspector2 enable --resource-types EC2 --region eu-west-1',
        'aws inspector2 enable --resource-types EC2 --region eu-west-2',
      ],
      effect: 'eu-west-1: It scans this Region. eu-west-2: It scans this Region.',
      fixes: null,
      alsoFixes: [],
    })
  })

  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
  it('of a policy that each Region needs another document of has the first, and counts what it fixes: the second would replace it', () => {
    const part = partOf(three)
    const inRegion = (region: string, id: string) => {
      const document = `'{"Condition":{"StringNotEquals":{"aws:SourceVpce":["${id}"]}}}'`
      const command = `aws iam create-policy-version --policy-arn arn:aws:iam::111122223333:policy/edge --policy-document ${document} --set-as-default`
      const change = {title: `Add ${id}`, commands: [command], fixes: 2, alsoFixes: []}
      return {...part, groups: [{...part.groups[0]!, region, change}]}
    }
    const parts = [inRegion('eu-west-1', 'vpce-0aaaaaaaaaaaaaa01'), inRegion('eu-west-2', 'vpce-0aaaaaaaaaaaaaa02')]
    expect(auditOf(parts, three.ReadAt).groups[0]?.change).toEqual({
      ...parts[0]!.groups[0]!.change,
      effect: 'The same policy also has to change for eu-west-2: audit again after this change.',
    })
    const same = {...parts[0]!, groups: [{...parts[0]!.groups[0]!, region: 'eu-west-2'}]}
    expect(auditOf([parts[0]!, same], three.ReadAt).groups[0]?.change).toEqual({
      ...parts[0]!.groups[0]!.change,
      fixes: 4,
    })
  })

  it('of one role counts once what its instances in all Regions also need', () => {
    const part = partOf(three)
    const needs = (cause: string, instances: number) => ({
      cause,
      resource: 'arn:aws:iam::111122223333:role/web',
      instances,
    })
    const having = (...alsoFixes: ReturnType<typeof needs>[]) => {
      const change = {title: 'Allow it', commands: [], fixes: 0, alsoFixes}
      return {...part, groups: [{...part.groups[0]!, change}]}
    }
    const [inOne, inOther] = [
      having(needs('iam.scp-blocks', 2), needs('iam.boundary-blocks', 1)),
      having(needs('iam.boundary-blocks', 3)),
    ]
    expect(auditOf([inOne, inOther], three.ReadAt).groups[0]?.change?.alsoFixes).toEqual([
      needs('iam.boundary-blocks', 4),
      needs('iam.scp-blocks', 2),
    ])
  })

  it('of one instance is also verified', () => {
    const alone = audit.groups.filter(({cause}) => cause === 'iam.no-profile')
    expect(alone.map(({change}) => change?.fixes)).toEqual([1, 1])
  })

  it('fixes no instance of which it remains unknown whether it can register', () => {
    const changeIn = (account: Parameters<typeof audited>[0]) =>
      audited(account).groups.find(({cause}) => cause === 'endpoint.sg-blocks')?.change
    expect(changeIn(shutOut(3))).toMatchObject({fixes: 2})
    const Roles = {unreadable: 'AccessDenied'}
    expect(changeIn({...shutOut(3), Roles})).toMatchObject({
      fixes: 0,
      alsoFixes: expect.arrayContaining([expect.objectContaining({cause: 'unknown', instances: 1})]),
    })
  })

  it('does not weaken a policy that requires another network, as the report of one instance does not', () => {
    const Condition = {StringNotEquals: {'aws:SourceVpc': 'vpc-0bbbbbbbbbbbbbb09'}}
    const Roles = [aRole({RolePolicyList: [inline('perimeter', deny('ssm:*', {Condition}))]})]
    const {groups} = audited({...healthy, InstanceInformationList: [], ConnectionStatuses: [], Roles})
    expect(groups.find(({cause}) => cause === 'iam.explicit-deny')?.change).toMatchObject({
      title: expect.stringContaining('vpc-0bbbbbbbbbbbbbb09'),
      fixes: null,
    })
  })

  it('has the AWS page on its cause, whichever check finds it', () => {
    const Condition = {StringEquals: {'aws:SourceArn': 'x'}}
    const trust = allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}, Condition})
    const Roles = [aRole({AssumeRolePolicyDocument: trust})]
    const {groups} = audited({...healthy, InstanceInformationList: [], Roles})
    expect(groups.find(({cause}) => cause === 'iam.condition-unknown')?.docs).toBe(
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html',
    )
  })

  it('that can be fixed only on the machine is not verified', () => {
    const agent = audit.groups.find(({cause}) => cause === 'os.agent-not-running')
    expect(agent?.change).toMatchObject({fixes: null, alsoFixes: []})
  })
})

describe('a suppression', () => {
  const rule = {owner: 'web', reason: 'known', expires: '2026-12-01T00:00:00.000Z'}
  const of = (suppression: object) => audited(three, {suppressions: [{...rule, ...suppression}]})

  it.each([
    ['cause', {cause: 'imds.disabled'}],
    ['resource', {resource: idOf(3)}],
    ['tag', {tag: 'Owner=search'}],
  ])('by %s removes a cause from rows and groups', (_, suppression) => {
    const {instances, groups, suppressed} = of(suppression)
    expect(instances.find(({id}) => id === idOf(3))?.rootCause).toBeNull()
    expect(groups.some(({cause}) => cause === 'imds.disabled')).toBe(false)
    expect(suppressed).toContainEqual({instance: idOf(3), cause: 'imds.disabled', resource: idOf(3), ...rule})
  })

  it('leaves everything else unchanged', () => {
    expect(of({cause: 'imds.disabled', tag: 'Owner=web'}).suppressed).toEqual([])
  })

  it('that has expired shows the cause again and reports the expiry', () => {
    const {instances, expired} = of({cause: 'imds.disabled', expires: '2026-11-01T00:00:00.000Z'})
    expect(instances.find(({id}) => id === idOf(3))?.rootCause).toBe('imds.disabled')
    expect(expired).toMatchObject([{instance: idOf(3), expires: '2026-11-01T00:00:00.000Z'}])
  })
})

describe('a comparison', () => {
  const before = audited(three)
  const later = '2026-11-27T12:00:00.000Z'
  const now = {...audited(three), readAt: later}
  const with_ = (change: Partial<typeof three>) => ({...audited({...three, ...change}), readAt: later})

  it('shows what is still broken, and since when', () => {
    const first = {...before, changes: changesSince({...before, instances: []}, before)}
    expect(changesSince(first, now).instances).toMatchObject([
      {id: idOf(2), change: 'still-broken', since: before.readAt},
      {id: idOf(3), change: 'still-broken', since: before.readAt},
    ])
  })

  it('shows what is newly broken', () => {
    const {instances} = changesSince({...before, instances: []}, now)
    expect(instances.map(({change}) => change)).toEqual(['newly-broken', 'newly-broken'])
  })

  it('shows what is fixed, and what has a different cause', () => {
    const fixed = with_({
      Instances: [
        ...itemsOf(three.Instances).slice(0, 1),
        anInstance({InstanceId: idOf(2)}),
        anInstance({InstanceId: idOf(3), IamInstanceProfile: undefined}),
      ],
      InstanceInformationList: [aNode(), aNode({InstanceId: idOf(2)})],
    })
    expect(changesSince(before, fixed).instances).toMatchObject([
      {id: idOf(2), change: 'fixed', before: 'iam.no-profile', now: null},
      {id: idOf(3), change: 'changed-cause', before: 'imds.disabled', now: 'iam.no-profile'},
    ])
    expect(fixed.instances[0]?.id).toBe(WEB)
  })
})

describe('an audit with hybrid nodes', () => {
  const nodeOf = (n: number, change = {}) =>
    aMachine({InstanceId: `mi-0aaaaaaaaaaaaa${String(n).padStart(4, '0')}`, ...change})
  const away = {PingStatus: 'ConnectionLost' as const}
  const machines = (count: number, change = away) => Array.from({length: count}, (_, n) => nodeOf(n, change))
  const powerless = aServiceRole({AttachedManagedPolicies: []})

  it('counts them only on request', () => {
    const account = {
      ...well,
      InstanceInformationList: [aNode(), ...machines(3)],
      Roles: [...itemsOf(well.Roles), powerless],
    }
    expect(audited(account).totals.instances).toBe(1)
    expect(audited(account, {hybrid: true}).totals).toMatchObject({instances: 4, verdicts: {managed: 1, unmanaged: 3}})
  })

  it('groups them by their shared role, and one fix makes all of them managed', () => {
    const account = {...hybrid, Instances: [], InstanceInformationList: machines(30), Roles: [powerless]}
    const [group, ...others] = audited(account, {hybrid: true}).groups
    expect(others).toEqual([])
    expect(group).toMatchObject({cause: 'iam.no-registration-permission', resource: SERVICE_ROLE})
    expect([group?.affected.length, group?.change?.fixes]).toEqual([30, 30])
  })

  it('conforms to its schema', () => {
    const account = {...hybrid, InstanceInformationList: machines(2)}
    expect(auditFaultsOf(JSON.parse(JSON.stringify(audited(account, {hybrid: true}))))).toEqual([])
  })

  it('reports nodes if the instances could not be read, with a notice', () => {
    const account = {...hybrid, Instances: {unreadable: 'UnauthorizedOperation'}}
    expect(audited(account, {hybrid: true})).toMatchObject({
      totals: {instances: 1},
      scopes: [{instances: 1, failed: 'its instances: UnauthorizedOperation'}],
    })
  })

  it('reports the instances that are known where others could not be read, with a notice', () => {
    const account = {...healthy, Instances: {unreadable: 'Throttling', known: itemsOf(healthy.Instances)}}
    expect(audited(account)).toMatchObject({
      totals: {instances: 1},
      scopes: [{instances: 1, failed: 'some of its instances: Throttling'}],
    })
  })

  it('reports that the list of nodes could not be read', () => {
    const account = {...hybrid, Instances: [], InstanceInformationList: {unreadable: 'AccessDeniedException'}}
    expect(audited(account, {hybrid: true}).unreadable).toMatchObject([{kind: 'InstanceInformationList', instances: 0}])
  })

  it('takes linear time, even if all nodes have the same address and name', () => {
    const like = {IPAddress: '10.0.1.10', ComputerName: 'same'}
    const timeFor = (count: number) => {
      const instances = Array.from({length: count / 4}, (_, n) => anInstance({InstanceId: idOf(n + 1)}))
      const account = {
        ...well,
        Instances: instances,
        InstanceInformationList: machines(count, {...away, ...like}),
        Roles: [powerless],
      }
      const started = performance.now()
      audited(account, {hybrid: true})
      return performance.now() - started
    }
    timeFor(400)
    expect(timeFor(8000) / timeFor(1000)).toBeLessThan(40)
  })
})
