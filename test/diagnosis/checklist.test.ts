import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {writeAccount} from '../../src/account-file/write-account.ts'
import type {Signal} from '../../src/agent/output/signal.ts'
import {isImpairing} from '../../src/checks/severity.ts'
import type {Checklist} from '../../src/diagnosis/checklist/checklist.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {findingsOf} from '../../src/diagnosis/diagnosis.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {
  type Account,
  type Instance,
  itemsOf,
  type ManagedPrefixList,
  type NetworkAcl,
  type Role,
  type SecurityGroup,
  type VpcEndpoint,
} from '../../src/model/account.ts'
import {networkFaults} from '../remedies/network/network-faults.ts'
import {checklistWithModel} from '../support/checklist-with-model.ts'
import {behindEndpointsFaults, behindNatFaults, type Fault} from '../support/faults.ts'
import {
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  entry,
  INSTANCE,
  OPEN_ACL,
  online,
  onlineEarlier,
  REGION,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'
import {breakages} from '../support/network-breakages.ts'

const first = (account: Account) => (account.Instances as readonly Instance[])[0]!
const checklist = (account: Account): ReturnType<typeof checklistWithModel> => {
  const instance = first(account)
  return checklistWithModel(account, instance, diagnose(account, instance))
}
const left = (account: Account) =>
  findingsOf(diagnose(account, first(account), {includeFallback: false}))
    .filter(isImpairing)
    .map(({cause, resource}) => `${cause} ${resource}`)

/** Causes of a step that neither the first diagnosis nor an earlier step shows. */
const hiddenCauses = ({steps, revealed}: Checklist, account: Account): readonly string[] => {
  const shown = findingsOf(diagnose(account, first(account))).map(({cause}) => cause)
  return steps.flatMap(({part, causes}, at) => {
    const known = [...shown, ...revealed.filter(({by}) => by < at).map(({finding}) => finding.cause)]
    return part === 'fix' ? causes.map(({cause}) => cause).filter((cause) => !known.includes(cause)) : []
  })
}

/** If nothing blocks, an unregistered node would be attributed to its agent: those nodes are online. */
const curable = breakages
  .filter(({curable, blocks, degrades}) => curable !== false && (blocks || degrades))
  .map(({name, blocks, account}) => ({name, account: blocks ? account : online(account)}))

describe.each(curable)('$name', ({account}) => {
  const made = checklist(account)
  const steps = made.steps.filter(({part}) => part === 'fix').map(({remedy}) => remedy)

  it('is fixed by the checklist', () => {
    expect({verified: made.verified, left: left(made.account)}).toEqual({
      verified: expect.not.toBeOneOf([false]),
      left: [],
    })
  })
  it('needs every step of it', () => {
    for (const skipped of steps) {
      const model = steps
        .filter((step) => step !== skipped)
        .reduce((before, {apply}) => apply?.(before) ?? before, account)
      expect(left(model), `without "${skipped.title}"`).not.toEqual([])
    }
  })
  it('is still fixed after the changed account is written and read back', () => {
    const {accounts} = parseAccounts([{name: 'after.json', json: JSON.parse(writeAccount(made.account))}])
    expect(left(accounts[0]!)).toEqual([])
  })
  it('never repeats a step', () => {
    expect(new Set(steps.map(({title}) => title)).size).toBe(steps.length)
  })
})

const some = (faults: readonly Fault[]) =>
  fc.uniqueArray(fc.constantFrom(...faults), {minLength: 2, maxLength: 4, selector: ({name}) => name})

describe('several faults at once', () => {
  it.each([
    ['behind endpoints', behindEndpoints, behindEndpointsFaults],
    ['behind a NAT gateway', behindNat, behindNatFaults],
  ] as const)('are fixed together, without a repeated step: %s', (_, healthy, faults) => {
    fc.assert(
      fc.property(some(faults), (broken) => {
        const account = onlineEarlier(broken.reduce((before, {breaks}) => breaks(before), healthy))
        const made = checklist(account)
        const titles = made.steps.map(({remedy}) => remedy.title)
        expect({titles: new Set(titles).size, left: left(made.account)}).toEqual({titles: titles.length, left: []})
        expect(made.verified).toBe(true)
        expect(hiddenCauses(made, account)).toEqual([])
      }),
      {numRuns: Number(process.env.SSM_DOCTOR_RUNS ?? 60)},
    )
  })

  it('shows each cause before the step that fixes it, where a step takes the place of a redundant one', () => {
    const policy = behindEndpointsFaults.find(({name}) => name === 'the endpoint policy allows parameters only')!
    const blocks = Array.from({length: 20}, (_, at) => ({Cidr: `3.${2 * at}.0.0/20`}))
    const broken = policy.breaks({
      ...withHubEndpoints,
      ManagedPrefixLists: (withHubEndpoints.ManagedPrefixLists as readonly ManagedPrefixList[]).map((list) => ({
        ...list,
        Entries: blocks,
      })),
      NetworkAcls: (withHubEndpoints.NetworkAcls as readonly NetworkAcl[]).map((acl) =>
        acl.VpcId === VPC ? {...acl, Entries: [entry(50, true, 'deny', '0.0.0.0/0', [443, 443]), ...OPEN_ACL]} : acl,
      ),
    })
    const made = checklist(broken)
    expect(made.verified).toBe(true)
    expect(made.steps.flatMap(({causes}) => causes.map(({cause}) => cause))).toContain('endpoint.policy-denies')
    expect(hiddenCauses(made, broken)).toEqual([])
  })

  it('shows what an earlier fault hid, with the step that uncovers it', () => {
    const hidden = ['private DNS is off', 'the endpoint group allows no inbound traffic'].reduce(
      (account, name) => behindEndpointsFaults.find((fault) => fault.name === name)!.breaks(account),
      behindEndpoints,
    )
    const {revealed, steps} = checklist(hidden)
    const [group] = revealed.filter(({finding}) => finding.cause === 'endpoint.sg-blocks')
    expect(steps[group!.by]!.causes.map(({cause}) => cause)).toContain('dns.private-dns-off')
  })
})

it('verifies alternatives in place of the step, and omits none', () => {
  const account = behindNatFaults.find(({name}) => name === 'the default route is deleted')!.breaks(behindNat)
  const [step] = checklist(account).steps
  expect(step!.alternatives.length).toBeGreaterThan(0)
  expect(step!.alternatives.filter(({verified}) => verified).length).toBeGreaterThan(0)
})

it('offers no alternative that creates what another step creates, which AWS would refuse the second time', () => {
  const {account} = breakages.find(({name}) => name === 'Block Public Access of the organization')!
  const closed = itemsOf(account.SecurityGroups).map((one) => ({...one, IpPermissionsEgress: []}))
  const {steps} = checklist({...account, SecurityGroups: closed})
  const creating = steps.filter(({remedy, alternatives}) =>
    [remedy, ...alternatives.map((one) => one.remedy)].some(({title}) =>
      title.startsWith('Create interface endpoints'),
    ),
  )
  expect(steps.length).toBeGreaterThan(1)
  expect(creating).toHaveLength(1)
})

it('does not change a healthy account', () => {
  expect(checklist(online(behindEndpoints))).toMatchObject({steps: [], revealed: [], verified: true})
})

describe('a partial fix', () => {
  const parent: Account = {
    ...behindNat,
    HostedZones: [
      {
        Id: '/hostedzone/ZPARENT',
        Name: 'amazonaws.com.',
        VPCs: [{VPCId: VPC, VPCRegion: REGION}],
        ResourceRecordSets: [{Name: 'intranet.amazonaws.com.', Type: 'A', ResourceRecords: [{Value: '10.0.0.9'}]}],
      },
    ],
  }

  it('is a step if the cause no longer blocks, and what is left stays on the checklist', () => {
    const made = checklist(parent)
    expect(made.steps.map(({remedy}) => remedy.title)).toEqual([
      `Create interface endpoints for ssm, ssmmessages and ec2messages in VPC ${VPC}`,
      `Create records for s3.${REGION}.amazonaws.com in private zone /hostedzone/ZPARENT, or delete it`,
    ])
    expect(made.verified).toBe(false)
    expect(left(made.account)).toEqual(['dns.phz-shadow /hostedzone/ZPARENT'])
    const paths = diagnose(made.account, first(made.account), {includeFallback: false}).paths
    expect(paths.filter(({verdict}) => verdict === 'blocked').map(({service}) => service)).toEqual(['s3'])
  })
})

it('replaces endpoints that serve another Region', () => {
  const abroad: Account = {
    ...behindEndpoints,
    VpcEndpoints: (behindEndpoints.VpcEndpoints as readonly VpcEndpoint[]).map((endpoint) =>
      endpoint.VpcEndpointType === 'Interface' ? {...endpoint, ServiceRegion: 'us-west-2'} : endpoint,
    ),
  }
  const made = checklist(onlineEarlier(abroad))
  expect(made.steps[0]!.remedy.title).toMatch(
    /^Replace endpoint vpce-\w+, which is for another Region, with one for \w+ in/,
  )
  expect({verified: made.verified, left: left(made.account)}).toEqual({verified: true, left: []})
})

it('proposes another host if volumes are unreachable, and promises nothing', () => {
  const impaired: Account = {
    ...online(behindEndpoints),
    InstanceStatuses: [
      {
        InstanceId: INSTANCE,
        SystemStatus: {Status: 'ok'},
        InstanceStatus: {Status: 'ok'},
        AttachedEbsStatus: {Status: 'impaired'},
      },
    ],
  }
  const made = checklist(impaired)
  expect(made.verified).toBe(false)
  expect(made.steps.map(({remedy}) => remedy.title)).toEqual([expect.stringMatching(/^Stop and start/)])
})

it('allows traffic to the endpoints if the rules of the security group are for IPv4 only', () => {
  const {account} = networkFaults.find(({name}) => name === 'IPv6-only subnet')!
  const onlyIpv4: Account = {
    ...account,
    SecurityGroups: (account.SecurityGroups as readonly SecurityGroup[]).map((group) => ({
      ...group,
      IpPermissionsEgress: [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
    })),
  }
  const [step] = checklist(onlyIpv4).steps
  expect(step!.remedy.title).toMatch(
    /^Create interface endpoints .*, and allow outbound TCP 443 to them in security group sg-\w+$/,
  )
})

describe('the three parts of a checklist', () => {
  const customServers = breakages.find(({undecided}) => undecided?.includes('dns.custom-servers'))!
  const partsOf = ({steps}: Checklist) =>
    steps.map(({part, causes}) => ({part, causes: causes.map(({severity}) => severity)}))

  it('has a step to investigate an undetermined cause, and promises nothing', () => {
    const made = checklist(customServers.account)
    expect(partsOf(made)).toContainEqual({part: 'investigate', causes: ['undecided']})
    expect(partsOf(made).filter(({part}) => part === 'fix')).toEqual([])
  })

  it('lists every fix before what to investigate, and that before what to improve', () => {
    const order = ['fix', 'investigate', 'improve']
    for (const {account} of breakages) {
      const parts = partsOf(checklist(account)).map(({part}) => order.indexOf(part))
      expect(parts).toEqual(parts.toSorted((a, b) => a - b))
    }
  })

  it('asks no other account about the transit gateway of the caller, whose routes were not read', () => {
    const {account} = breakages.find(({undecided}) => undecided?.includes('tgw.opaque'))!
    const titlesFor = (OwnerId: string) =>
      checklist({
        ...account,
        TransitGateways: itemsOf(account.TransitGateways).map((one) => ({...one, OwnerId})),
        TransitGatewayRouteTables: {unreadable: 'UnauthorizedOperation'},
      }).steps.map(({remedy}) => remedy.title)
    expect(titlesFor(account.Caller!.Account)).toEqual([
      expect.stringMatching(/^Verify that transit gateway .*, or examine again with permission to read its routes$/),
    ])
    expect(titlesFor('444455556666')).toEqual([expect.stringMatching(/^Ask the owner of transit gateway /)])
    const TransitGatewayRouteTables = itemsOf(behindTransitGateway.TransitGatewayRouteTables).map((one) => ({
      ...one,
      Routes: {unreadable: 'UnauthorizedOperation'},
    }))
    const titles = checklist({...behindTransitGateway, TransitGatewayRouteTables}).steps.map(({remedy}) => remedy.title)
    expect(titles).toEqual([expect.stringMatching(/^Verify that transit gateway tgw-\d+ routes /)])
  })

  // https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html
  it('asks whether the agent is installed where the image comes without it, beside another cause', () => {
    const titles = (Name: string, change: Partial<Account> = {}) => {
      const ImageMetadata = {ImageId: 'ami-0a1b2c3d4e5f60001', Name, OwnerId: '309956199498'}
      const InstanceImageMetadata = [{InstanceId: INSTANCE, ImageMetadata}] as Account['InstanceImageMetadata']
      const withoutProfile = {...first(behindEndpoints), IamInstanceProfile: undefined} as unknown as Instance
      const Instances = [withoutProfile]
      const account = {
        ...behindEndpoints,
        Instances,
        InstanceImageMetadata,
        IamInstanceProfileAssociations: [],
        ...change,
      }
      return checklist(account).steps.flatMap(({part, remedy}) => (part === 'investigate' ? remedy.title : []))
    }
    const RHEL = 'RHEL-9.4.0_HVM-20240605-x86_64-82-Hourly2-GP3'
    expect(titles(RHEL)).toEqual([
      `Find out whether SSM Agent is installed on ${INSTANCE}, and install it if not: image ${RHEL} comes without the agent`,
    ])
    expect(titles('our-image')).toEqual([])
  })

  it('does not repeat as an improvement what a fix has all the commands of', () => {
    const IamInstanceProfileAssociations = [
      {
        AssociationId: 'iip-assoc-0a1b2c3d4e5f60016',
        InstanceId: INSTANCE,
        IamInstanceProfile: first(behindNat).IamInstanceProfile!,
        State: 'associated' as const,
        Timestamp: '2026-11-20T11:50:00.000Z',
      },
    ]
    const {causes, checklist} = examine({...behindNat, IamInstanceProfileAssociations}, INSTANCE)
    expect(causes.map(({id}) => id)).toEqual(expect.arrayContaining(['os.agent-not-running', 'iam.recent-change']))
    expect(checklist.map(({title}) => title)).toEqual([`Start SSM Agent on ${INSTANCE}`])
  })

  it('has no title twice', () => {
    for (const {account} of breakages) {
      const titles = checklist(account).steps.map(({remedy}) => remedy.title)
      expect(new Set(titles).size, titles.join('; ')).toBe(titles.length)
    }
  })
})

describe('a network ACL of a shared VPC', () => {
  const closed = breakages.find(({blocks}) => blocks?.[0] === 'nacl.egress-443')!
  const of = (OwnerId: string): Account => ({
    ...closed.account,
    Caller: {Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ops'},
    NetworkAcls: (closed.account.NetworkAcls as readonly NetworkAcl[]).map((acl) => ({...acl, OwnerId})),
  })

  it('is a step for the account that owns it, which the caller cannot verify', () => {
    const made = checklist(of('999988887777'))
    expect(made).toMatchObject({verified: false})
    expect(made.steps[0]).toMatchObject({part: 'fix', account: '999988887777'})
  })

  it('is a step for the caller who owns it', () => {
    const made = checklist(of('111122223333'))
    expect(made.steps[0]?.account).toBeUndefined()
  })
})

describe('what the organization allows', () => {
  const REFUSED = {unreadable: 'AccessDenied: no', error: 'AccessDenied', action: 'iam:SimulatePrincipalPolicy'}
  const ROLE = (behindNat.Roles as readonly Role[])[0]!
  const deaf: Account = {...behindNat, Roles: [{...ROLE, AttachedManagedPolicies: []}]}
  const allowed = {PolicySourceArn: ROLE.Arn, EvaluationResults: []}
  const denied = {
    EvalActionName: 'ssm:UpdateInstanceInformation',
    EvalDecision: 'implicitDeny' as const,
    OrganizationsDecisionDetail: {AllowedByOrganizations: false},
  }
  const verifiedWith = (PolicySimulations: Account['PolicySimulations']) =>
    checklist({...deaf, PolicySimulations}).verified

  it('leaves a checklist open where the simulation that shows it was refused', () => {
    expect(verifiedWith([])).toBe(true)
    expect(verifiedWith([allowed])).toBe(true)
    expect(verifiedWith(REFUSED)).toBeNull()
    expect(verifiedWith([{PolicySourceArn: ROLE.Arn, ...REFUSED}])).toBeNull()
    expect(verifiedWith({...REFUSED, known: [allowed]})).toBe(true)
  })
  it('is named as what could not be read, with the permission', () => {
    const {verified, unreadable} = examine({...deaf, PolicySimulations: REFUSED}, INSTANCE)
    expect(verified).toBeNull()
    expect(unreadable).toMatchObject([{kind: 'PolicySimulations', permission: 'iam:SimulatePrincipalPolicy'}])
  })
  it('is named where the agent is held to be at fault because nothing else was found', () => {
    const refused = examine({...behindNat, PolicySimulations: REFUSED}, INSTANCE)
    expect(refused.causes.map(({id, severity}) => `${severity} ${id}`)).toEqual([
      'blocks os.agent-not-running',
      'undecided target.access-denied',
      'symptom registration.never-registered',
    ])
    expect(refused.unreadable).toMatchObject([{permission: 'iam:SimulatePrincipalPolicy'}])
    expect(examine({...behindNat, PolicySimulations: [allowed]}, INSTANCE).unreadable).toEqual([])
  })
  it('is a step for the organization where a fix is what shows it', () => {
    const recreated = itemsOf(behindNat.InstanceProfiles).map((one) => ({...one, InstanceProfileId: 'AIPANEW'}))
    const PolicySimulations = [{PolicySourceArn: ROLE.Arn, EvaluationResults: [denied]}]
    const {steps, revealed} = checklist({...behindNat, InstanceProfiles: recreated, PolicySimulations})
    expect(revealed.map(({finding}) => finding.cause)).toEqual(['iam.scp-blocks'])
    expect(steps.map(({causes}) => causes.map(({cause}) => cause))).toEqual([
      ['iam.profile-recreated'],
      ['iam.scp-blocks'],
    ])
  })
  it('is no step for an instance that does not run, which has that as its only cause', () => {
    const PolicySimulations = [{PolicySourceArn: ROLE.Arn, EvaluationResults: [denied]}]
    const stopped = itemsOf(behindNat.Instances).map((one): Instance => ({...one, State: {Name: 'stopped'}}))
    const {steps, revealed} = checklist({...behindNat, Instances: stopped, PolicySimulations})
    expect(revealed).toEqual([])
    expect(steps.map(({causes}) => causes.map(({cause}) => cause))).toEqual([['instance.not-running']])
  })
  it('is shown by an open channel', () => {
    const off = online({...behindEndpoints, PolicySimulations: REFUSED})
    expect(checklist(off).verified).toBe(true)
  })
})

describe('an endpoint for the old message channel that is missing', () => {
  const without = (AgentVersion: string, PingStatus: 'Online' | 'ConnectionLost' = 'Online') =>
    checklist({
      ...behindEndpoints,
      VpcEndpoints: (behindEndpoints.VpcEndpoints as readonly VpcEndpoint[]).filter(
        ({ServiceName}) => !ServiceName.endsWith('ec2messages'),
      ),
      InstanceInformationList: [{InstanceId: INSTANCE, PingStatus, AgentVersion}],
      ConnectionStatuses: [{Target: INSTANCE, Status: 'connected'}],
    }).steps.map(({remedy, alternatives}) => [remedy.title, ...alternatives.map((one) => one.remedy.title)])

  it('needs no endpoint once the agent is updated, which costs nothing', () => {
    expect(without('3.2.2303.0')).toEqual([
      [`Update SSM Agent on ${INSTANCE}`, `Create an interface endpoint for ec2messages in VPC ${VPC}`],
    ])
  })
  it('cannot be done without by an agent that takes no commands over ssmmessages', () => {
    expect(without('3.1.804.0')[0]).toEqual([`Create an interface endpoint for ec2messages in VPC ${VPC}`])
  })
  it('cannot be done without by a node that is away', () => {
    expect(without('3.2.2303.0', 'ConnectionLost').flat()).not.toContain(`Update SSM Agent on ${INSTANCE}`)
  })
})

describe('what AWS does not let the model try', () => {
  const line =
    'Post "https://ssm.eu-west-1.amazonaws.com/": proxyconnect tcp: dial tcp 10.0.0.5:3128: connection refused'
  const proxy: Signal = {kind: 'proxy-failed', service: 'ssm', source: 'errors.log', line}

  it('leaves the checklist unverified, however uncertain the cause on the instance is', () => {
    const {causes, verified} = examine(behindNat, INSTANCE, {evidence: [proxy]})
    expect(causes[0]).toMatchObject({id: 'os.proxy', severity: 'blocks', certainty: 'possible'})
    expect(verified).toBe(false)
  })

  it('leaves it unverified beside a cause that a step fixes', () => {
    const silent = behindNatFaults.find(({name}) => name === 'the group allows nothing out')!.breaks(behindNat)
    const made = examine(silent, INSTANCE, {evidence: [proxy]})
    expect(made.checklist.map(({title}) => title)).toEqual([
      expect.stringMatching(/^Allow outbound TCP 443/),
      expect.stringMatching(/proxy/),
    ])
    expect(made.verified).toBe(false)
  })
})

describe('a status of Amazon Inspector, which updates on its own once the node is managed', () => {
  const silent = behindNatFaults.find(({name}) => name === 'the group allows nothing out')!.breaks(behindNat)
  const reported = (reason: 'UNMANAGED_EC2_INSTANCE' | 'NO_INVENTORY') =>
    examine(
      {
        ...silent,
        CoveredResources: [
          {
            resourceId: INSTANCE,
            resourceType: 'AWS_EC2_INSTANCE',
            accountId: '111122223333',
            scanType: 'PACKAGE',
            scanStatus: {statusCode: 'INACTIVE', reason},
          },
        ],
      },
      INSTANCE,
    )

  it('does not keep the fix of the node from being verified', () => {
    const {causes, verified} = reported('UNMANAGED_EC2_INSTANCE')
    expect(causes.map(({id}) => id)).toContain('inspector.unmanaged')
    expect(verified).toBe(true)
  })

  it('does so where it asks for a step of its own', () => {
    expect(reported('NO_INVENTORY').verified).toBe(false)
  })
})
