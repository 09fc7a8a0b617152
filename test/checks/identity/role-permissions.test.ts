import {describe, expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {rolePermissions} from '../../../src/checks/identity/role-permissions.ts'
import {AGENT_ACTIONS} from '../../../src/iam/capabilities.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {allow, aNode, anEndpoint, aRole, healthy, OWNER, REGION, ROLE, WEB} from '../../support/healthy.ts'
import {findingsOf} from '../examine.ts'
import {
  causes,
  causesAfter,
  deny,
  EDGE,
  findings,
  hostRole,
  inline,
  onHostManagement,
  only,
  pathTo,
  policy,
  roles,
  run,
  unknown,
  withPolicies,
} from './identity-accounts.ts'

const withInline = (document: object | string) =>
  roles(aRole({RolePolicyList: [inline('extra', typeof document === 'string' ? document : {...document})]}))
const attached = (arn: string) =>
  roles(
    aRole({
      AttachedManagedPolicies: [
        ...aRole().AttachedManagedPolicies,
        {PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn},
      ],
    }),
  )
const bounded = (document: object): Partial<Account> => ({
  ...roles(
    aRole({PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: EDGE}}),
  ),
  ...withPolicies(policy({...document})),
})
const organization = (...refused: readonly string[]): Partial<Account> => ({
  PolicySimulations: [
    {
      PolicySourceArn: ROLE,
      EvaluationResults: refused.map((EvalActionName) => ({
        EvalActionName,
        EvalDecision: 'implicitDeny' as const,
        OrganizationsDecisionDetail: {AllowedByOrganizations: false},
      })),
    },
  ],
})
const perhaps = {Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}}

it('passes with the managed policy', () => {
  expect(causes(rolePermissions)).toEqual([])
})

it('passes with an equivalent custom policy', () => {
  expect(causes(rolePermissions, only('ssm:UpdateInstanceInformation', 'ssmmessages:*'))).toEqual([])
})

it('fails with a policy that has only the right name', () => {
  const arn = `arn:aws:iam::${OWNER}:policy/AmazonSSMManagedInstanceCore`
  const named = roles(aRole({AttachedManagedPolicies: [{PolicyName: 'AmazonSSMManagedInstanceCore', PolicyArn: arn}]}))
  expect(causes(rolePermissions, {...named, ...withPolicies(policy(allow('s3:*'), arn))})).toEqual([
    'iam.no-registration-permission',
  ])
})

describe.each<readonly [string, string, string, Partial<Account>]>([
  ['nothing', 'iam.no-registration-permission', 'blocks', only('s3:*')],
  ['registration alone', 'iam.no-message-permission', 'degrades', only('ssm:*', 'ec2messages:*')],
  ['no sessions', 'iam.no-data-channel', 'degrades', only('ssm:*', 'ssmmessages:*ControlChannel')],
  ['an inline Deny', 'iam.explicit-deny', 'blocks', withInline(deny('ssm:*'))],
  ['an inline Deny of everything', 'iam.explicit-deny', 'blocks', withInline(deny('*'))],
  [
    'a Deny of all but S3',
    'iam.explicit-deny',
    'blocks',
    withInline({Statement: [{Effect: 'Deny', NotAction: 's3:*', Resource: '*'}]}),
  ],
  ['a Deny of sessions', 'iam.explicit-deny', 'degrades', withInline(deny('ssmmessages:CreateDataChannel'))],
  ['a Deny of inventory', 'iam.explicit-deny', 'degrades', withInline(deny('ssm:PutInventory'))],
  [
    'a managed Deny',
    'iam.explicit-deny',
    'blocks',
    {
      ...attached(EDGE),
      ...withPolicies(policy({Statement: [...deny('ssm:Update*').Statement, ...allow('s3:*').Statement]})),
    },
  ],
  [
    'a managed policy that only denies',
    'iam.explicit-deny',
    'blocks',
    {...attached(EDGE), ...withPolicies(policy(deny('ssm:*')))},
  ],
  ['a boundary that only denies', 'iam.boundary-blocks', 'blocks', bounded(deny('ssmmessages:*'))],
  ['a boundary without SSM', 'iam.boundary-blocks', 'blocks', bounded(allow(['s3:*', 'ec2:*']))],
  [
    'a boundary that denies messages',
    'iam.boundary-blocks',
    'degrades',
    bounded({Statement: [...allow('*').Statement, ...deny('ssmmessages:*').Statement]}),
  ],
])('a role with %s', (_, cause, severity, change) => {
  it(`has ${cause}, which ${severity}`, () => {
    const found = findings(rolePermissions, change)
    const byCause: Record<string, string> = {'iam.no-registration-permission': 'blocks'}
    expect(found.map((f) => [f.cause, f.severity ?? byCause[f.cause] ?? 'degrades'])).toEqual([[cause, severity]])
  })

  it('is fixed by every proposed change', () => {
    const after = causesAfter(rolePermissions, change)
    expect(after.length).toBeGreaterThan(0)
    for (const {title, left} of after) expect({title, left}).toEqual({title, left: []})
  })
})

it('ignores a Deny of what the agent does not need', () => {
  expect(causes(rolePermissions, withInline(deny(['ssm:GetParameter*', 'ec2messages:*', 's3:*'])))).toEqual([])
})

it('changes the tag by which a statement denies the calls before the statement, which is there on purpose', () => {
  const quarantine = deny('ssm:*', {Sid: 'Quarantine', Condition: {StringEquals: {'aws:ResourceTag/Name': 'web-1'}}})
  const [denied] = findings(rolePermissions, withInline(quarantine))
  expect(denied?.remedies?.map(({title, weakens, apply}) => [title, weakens, apply !== undefined])).toEqual([
    [expect.stringMatching(/^Change tag Name of the instance, .* if the instance may be managed$/), undefined, false],
    [expect.stringMatching(/^Remove ssm:UpdateInstanceInformation.* from statement Quarantine /), true, true],
  ])
})

it('does not weaken a boundary that requires another network for what a statement before that denies too', () => {
  const Condition = {StringNotEquals: {'aws:SourceVpc': 'vpc-0bbbbbbbbbbbbbb09'}}
  const Statement = [...allow('*').Statement, ...deny('ssm:*').Statement, ...deny('*', {Condition}).Statement]
  const [blocked] = findings(rolePermissions, bounded({Statement}), [pathTo('ssm', anEndpoint('ssm', 1).VpcEndpointId)])
  expect(blocked?.remedies).toMatchObject([
    {title: expect.stringContaining('go through vpc-0bbbbbbbbbbbbbb09')},
    {title: expect.stringContaining('in permissions boundary edge'), weakens: true},
    {title: expect.stringMatching(/^Remove the permissions boundary/), weakens: true},
  ])
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
describe('a Deny for other endpoints than the one that it lists', () => {
  const [ssm, messages] = [anEndpoint('ssm', 1).VpcEndpointId, anEndpoint('ssmmessages', 2).VpcEndpointId]
  const through = [pathTo('ssm', ssm), pathTo('ssmmessages', messages)]
  const except = (listed: string, key = 'aws:SourceVpce') =>
    deny('*', {Condition: {StringNotEqualsIfExists: {[key]: listed}, Bool: {'aws:ViaAWSService': 'false'}}})
  const added = {
    title: expect.stringContaining(`Add ${messages}, which the agent's calls go through, to the endpoints in`),
  }

  it.each([
    ['an inline policy', withInline(except(ssm))],
    ['a policy of the account', {...attached(EDGE), ...withPolicies(policy({...except(ssm)}))}],
    ['a boundary', bounded({Statement: [...allow('*').Statement, ...except(ssm, 'AWS:sourceVpce').Statement]})],
  ])('also lists the endpoints of the calls in the same VPC: %s', (_, change) => {
    const [denied] = findings(rolePermissions, change, through)
    expect(denied?.remedies?.[0]).toMatchObject(added)
    expect(denied?.remedies?.slice(1).map(({weakens}) => weakens)).toContain(true)
    const after = denied!.remedies![0]!.apply!({...healthy, ...change})
    expect(findings(rolePermissions, after, through)).toEqual([])
  })

  it.each([
    ['the endpoint that it lists is not known', except('vpce-0bbbbbbbbbbbbbb01'), through],
    ['some calls go through none', except(ssm), [pathTo('ssm', ssm)]],
    ['it lists VPCs', except('vpc-0bbbbbbbbbbbbbb09', 'aws:SourceVpc'), through],
  ])('stays as it is where %s', (_, document, paths) => {
    const titles = findings(rolePermissions, withInline(document), paths).flatMap(({remedies = []}) =>
      remedies.map(({title}) => title),
    )
    expect(titles.filter((title) => title.startsWith('Add '))).toEqual([])
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
describe('an Allow whose condition the calls do not meet', () => {
  const NETWORK = {StringEquals: {'aws:SourceVpc': 'vpc-0bbbbbbbbbbbbbb09'}}
  const through = ['ssm', 'ssmmessages'].map((service, i) => pathTo(service, anEndpoint(service, i + 1).VpcEndpointId))
  const whenOnly = (Condition: object, ...actions: readonly string[]) => {
    const {Statement} = allow(actions, {Condition})
    return roles(aRole({AttachedManagedPolicies: [], RolePolicyList: [inline('own', {Statement})], Tags: []}))
  }

  it('is named, and its network is used rather than an Allow without it', () => {
    const [missing] = findings(rolePermissions, whenOnly(NETWORK, 'ssm:*', 'ssmmessages:*'), through)
    expect(missing?.evidence.map(({fact}) => fact)).toContain(
      'statement 1 of inline policy own allows it only when StringEquals aws:SourceVpc vpc-0bbbbbbbbbbbbbb09',
    )
    expect(missing?.remedies).toMatchObject([
      {title: expect.stringContaining('go through vpc-0bbbbbbbbbbbbbb09')},
      {title: expect.stringMatching(/^Attach AmazonSSMManagedInstanceCore/), weakens: true},
      {weakens: true},
    ])
  })

  it.each([
    [{Null: {'aws:SourceVpce': 'true'}}, /^Attach AmazonSSMManagedInstanceCore/],
    [{Null: {'aws:SourceVpce': 'false'}, ...NETWORK}, /go through vpc-0bbbbbbbbbbbbbb09 or a VPC endpoint,/],
  ])('with %o takes true and false for no network', (condition, title) => {
    const [missing] = findings(rolePermissions, whenOnly(condition, '*'), through)
    expect(missing?.remedies?.[0]?.title).toMatch(title)
  })

  it('of a permissions boundary is not widened first either', () => {
    const [blocked] = findings(rolePermissions, bounded(allow('*', {Condition: NETWORK})), through)
    expect(blocked?.evidence[0]?.fact).toBe(
      'policy edge does not allow ssm:UpdateInstanceInformation; statement 1 of policy edge allows it only when StringEquals aws:SourceVpc vpc-0bbbbbbbbbbbbbb09',
    )
    expect(blocked?.remedies?.[0]?.title).toContain('go through vpc-0bbbbbbbbbbbbbb09')
  })

  it.each([
    ['a tag is required too', whenOnly({StringEquals: {...NETWORK.StringEquals, 'aws:PrincipalTag/a': 'b'}}, '*')],
    ['it does not allow all of them', whenOnly(NETWORK, 'ssm:*')],
    ['another condition is not met', whenOnly({StringEquals: {'aws:RequestedRegion': 'ap-south-1'}}, '*')],
  ])('is no network to go through where %s', (_, change) => {
    const [missing] = findings(rolePermissions, change, through)
    expect(missing?.remedies?.map(({weakens}) => weakens)).toEqual([undefined, undefined])
  })
})

it('lists exactly what is missing, and the denying policy and statement', () => {
  const [nothing] = findings(rolePermissions, only('ssm:*', 'ssmmessages:*Data*'))
  expect(nothing?.message).toContain('ssmmessages:CreateControlChannel or ssmmessages:OpenControlChannel,')
  const [denied] = findings(rolePermissions, withInline(deny('ssm:Update*', {Sid: 'NoSsm'})))
  expect(denied?.message).toContain('Statement NoSsm of inline policy extra denies ssm:UpdateInstanceInformation')
})

it('reports once that sessions need the message channel, and names them if they alone are denied', () => {
  const [channel] = findings(rolePermissions, only('ssm:*', 's3:*'))
  expect(channel?.message).toContain('so the node has no message channel (Run Command and Session Manager)')
  expect(channel?.message).not.toContain('no Session Manager')
  const [sessions] = findings(rolePermissions, only('ssm:*', 's3:*', 'ssmmessages:*ControlChannel'))
  expect(sessions?.message).toContain('so the node has no Session Manager')
})

describe('the organization', () => {
  it.each([
    ['registration', organization('ssm:UpdateInstanceInformation'), 'blocks'],
    ['messages', organization('ssmmessages:OpenControlChannel'), 'degrades'],
  ])('may deny %s, which no call in the account fixes', (_, change, severity) => {
    const [finding, ...more] = findings(rolePermissions, change)
    expect([finding?.cause, finding?.severity, more]).toEqual(['iam.scp-blocks', severity, []])
    expect(finding?.remedies?.every(({apply}) => apply === undefined)).toBe(true)
  })

  // https://github.com/aws/aws-sdk/issues/102
  it('is not proven to deny by the simulator, which may miss a key that its policies compare', () => {
    const [finding] = findings(rolePermissions, organization('ssm:UpdateInstanceInformation'))
    expect(finding).toMatchObject({
      certainty: 'likely',
      message: expect.stringContaining('a denial in the log of the agent'),
    })
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  it.each([
    ['possible', 'endpoint-policy'],
    ['likely', 'service-control-policy'],
  ] as const)(
    'is %s to deny by the simulator alone where the log names a type of policy: %s',
    (certainty, refusedBy) => {
      const action = 'ssm:UpdateInstanceInformation'
      const signal = {kind: 'access-denied', action, refusedBy, source: 'errors.log', line: action} as const
      expect(findings(rolePermissions, organization(action), [], [signal])[0]).toMatchObject({certainty})
      const unread = {...organization(action), ServiceSettings: {unreadable: 'AccessDenied'}}
      expect(findings(rolePermissions, unread, [], [signal])[0]).toMatchObject({certainty})
    },
  )

  it('applies to the role of host management too', () => {
    const change = {...onHostManagement(), ...organization('ssm:UpdateInstanceInformation')}
    expect(causes(rolePermissions, change)).toEqual(['iam.scp-blocks'])
  })
})

describe('with host management on', () => {
  it('a profile that is not allowed to register needs no fix', () => {
    expect(causes(rolePermissions, onHostManagement())).toEqual([])
  })

  it('a missing permission is only likely the cause if the setting could not be read', () => {
    const [finding] = findings(rolePermissions, {...only('s3:*'), ServiceSettings: {unreadable: 'AccessDenied'}})
    expect(finding).toMatchObject({cause: 'iam.no-registration-permission', certainty: 'likely'})
  })
})

describe('what cannot be determined', () => {
  it('is a finding if it depends on a condition', () => {
    const change = roles(
      aRole({AttachedManagedPolicies: [], RolePolicyList: [inline('own', allow('*', {Resource: '*', ...perhaps}))]}),
    )
    const [finding] = findings(rolePermissions, change)
    expect(finding?.cause).toBe('iam.condition-unknown')
    expect(finding?.message).toContain('StringEquals aws:PrincipalOrgID o-1')
  })

  it('is decided by the log of the agent, which the checklist asks for', () => {
    const document = {
      Statement: [{...deny('ssm:Update*').Statement[0], Condition: {Bool: {'aws:SomethingNew': 'true'}}}],
    }
    const [finding] = findings(rolePermissions, withInline(document))
    expect(finding).toMatchObject({
      cause: 'iam.condition-unknown',
      remedies: [
        {
          title:
            'Check in the log of SSM Agent whether AWS denies ssm:UpdateInstanceInformation, and examine again with --agent-log',
        },
      ],
    })
  })

  it('needs no other look at a log that was given', () => {
    const document = {
      Statement: [{...deny('ssm:Update*').Statement[0], Condition: {Bool: {'aws:SomethingNew': 'true'}}}],
    }
    const action = 'ssm:UpdateInstanceInformation'
    const signal = {kind: 'access-denied', action, source: 'errors.log', line: action} as const
    const stepsAfter = (more: Partial<Signal>) =>
      findings(rolePermissions, withInline(document), [], [{...signal, ...more} as Signal]).find(
        ({cause}) => cause === 'iam.condition-unknown',
      )?.remedies
    expect(stepsAfter({refusedBy: 'endpoint-policy'})).toEqual([])
    expect(stepsAfter({})).toMatchObject([{title: expect.stringMatching(/^Check the conditions of the policies/)}])
  })

  it('names the call that shows the organization, which any account may make', () => {
    const document = (Condition: object) => ({Statement: [{...deny('ssm:Update*').Statement[0], Condition}]})
    const stepsIf = (Condition: object) =>
      findings(rolePermissions, withInline(document(Condition))).map(({message, remedies}) => ({
        isNamed: message.includes('organizations:DescribeOrganization shows the id'),
        steps: remedies?.map(({steps}) => steps),
      }))
    const describeOrganization = {service: 'organizations', operation: 'DescribeOrganization', input: {}}
    expect(stepsIf({StringNotEquals: {'aws:PrincipalOrgID': 'o-1'}})).toEqual([
      {isNamed: true, steps: [[describeOrganization]]},
    ])
    expect(stepsIf({StringEquals: {'aws:UserAgent': 'x'}})).toEqual([{isNamed: false, steps: [[]]}])
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  it('is decided by a denial that the agent logged, if it names the policies of the role', () => {
    const logged = (more: Partial<Signal> = {}): Signal => ({
      kind: 'access-denied',
      action: 'ssm:UpdateInstanceInformation',
      refusedBy: 'identity-policy',
      principal: `arn:aws:sts::${OWNER}:assumed-role/web/${WEB}`,
      source: 'amazon-ssm-agent.log',
      line: 'AccessDeniedException',
      ...more,
    })
    const outside = {Condition: {StringNotEquals: {'aws:PrincipalOrgID': 'o-1'}}}
    const denying = withInline({Statement: [{...deny('ssm:Update*').Statement[0], ...outside}]})
    const causesWith = (change: Partial<Account>, ...signals: readonly Signal[]) => {
      const account = {...healthy, InstanceInformationList: [], ...change}
      return findingsOf(rolePermissions, account, itemsOf(account.Instances)[0], [], [...signals]).map(
        ({cause}) => cause,
      )
    }
    expect(causesWith(denying, logged())).toEqual(['iam.explicit-deny'])
    const allowing = roles(
      aRole({
        AttachedManagedPolicies: [],
        RolePolicyList: [inline('own', allow('ssm:*', {Resource: '*', ...perhaps}))],
      }),
    )
    expect(causesWith(allowing, logged())).toContain('iam.no-registration-permission')
    for (const other of [
      logged({refusedBy: 'service-control-policy'}),
      logged({principal: `arn:aws:sts::${OWNER}:assumed-role/admin/bob`}),
      logged({principal: `arn:aws:sts::${OWNER}:assumed-role/earlier/${WEB}`}),
      logged({action: 'ssm:PutInventory'}),
    ])
      expect(causesWith(denying, other)).toEqual(['iam.condition-unknown'])
    const online = {InstanceInformationList: healthy.InstanceInformationList}
    expect(causesWith({...denying, ...online}, logged())).toEqual([])
  })

  it('is denied by the policy that the error message names, of several that may deny it', () => {
    const may = policy({...deny('ssm:Update*', {Condition: {StringNotEquals: {'aws:PrincipalOrgID': 'o-1'}}})})
    const guard = {...may, Arn: `arn:aws:iam::${OWNER}:policy/guard`, PolicyName: 'guard'}
    const AttachedManagedPolicies = [
      ...[may, guard].map(({Arn, PolicyName}) => ({PolicyArn: Arn, PolicyName})),
      ...aRole().AttachedManagedPolicies,
    ]
    const account = {...healthy, InstanceInformationList: [], ...withPolicies(may, guard)}
    const signal: Signal = {
      kind: 'access-denied',
      action: 'ssm:UpdateInstanceInformation',
      refusedBy: 'identity-policy',
      policyArn: guard.Arn,
      source: 'amazon-ssm-agent.log',
      line: 'AccessDeniedException',
    }
    const of = {...account, ...roles(aRole({AttachedManagedPolicies}))}
    const found = (one: Signal) => findingsOf(rolePermissions, of, itemsOf(of.Instances)[0], [], [one])
    expect(found(signal)).toMatchObject([{cause: 'iam.explicit-deny', resource: guard.Arn}])
    const detached = {...signal, policyArn: `arn:aws:iam::${OWNER}:policy/detached`}
    expect(found(detached)).toMatchObject([{cause: 'iam.condition-unknown'}])
  })

  it('is known from a denial that the agent logged if the role could not be read', () => {
    const NO_POLICY = 'because no identity-based policy allows the ssm:UpdateInstanceInformation action'
    const logged = (reason: string, role = 'web'): Signal => ({
      kind: 'access-denied',
      action: 'ssm:UpdateInstanceInformation',
      refusedBy: 'identity-policy',
      principal: `arn:aws:sts::${OWNER}:assumed-role/${role}/${WEB}`,
      source: 'amazon-ssm-agent.log',
      line: `is not authorized to perform: ssm:UpdateInstanceInformation ${reason}`,
      ...(reason === NO_POLICY && {isImplicit: true as const}),
    })
    const found = (signal: Signal, change: Partial<Account> = {}) => {
      const account = {...healthy, InstanceInformationList: [], Roles: {unreadable: 'AccessDenied'}, ...change}
      return findingsOf(rolePermissions, account, itemsOf(account.Instances)[0], [], [signal])
    }
    expect(found(logged(NO_POLICY))).toMatchObject([
      {
        cause: 'iam.no-registration-permission',
        certainty: 'likely',
        remedies: [{steps: [{operation: 'AttachRolePolicy', input: {RoleName: 'web'}}]}],
      },
    ])
    expect(found(logged(NO_POLICY), {InstanceProfiles: {unreadable: 'AccessDenied'}})).toHaveLength(1)
    expect(found(logged('with an explicit deny in an identity-based policy'))).toEqual([])
    expect(found(logged(NO_POLICY, 'earlier'))).toEqual([])
    const replaced = {AssociationId: 'iip-assoc-1', InstanceId: WEB, Timestamp: '2026-09-20T10:00:00.000Z'}
    const sinceThen = (at: string) =>
      found(
        {...logged(NO_POLICY), at},
        {
          InstanceProfiles: {unreadable: 'AccessDenied'},
          IamInstanceProfileAssociations: [{...replaced, State: 'associated'}],
        },
      )
    expect(sinceThen('2026-09-20T09:00:00.000Z')).toEqual([])
    expect(sinceThen('2026-09-20T11:00:00.000Z')).toHaveLength(1)
    const principal = `arn:aws:sts::${OWNER}:assumed-role/web/i-0aaaaaaaaaaaaaa99`
    expect(found({...logged(NO_POLICY), principal})).toEqual([])
    const unread = {Arn: aRole().Arn, unreadable: 'AccessDenied'}
    expect(found(logged(NO_POLICY), {Roles: [unread]})).toHaveLength(1)
    expect(found(logged(NO_POLICY), {...onHostManagement(), Roles: [unread, hostRole()]})).toEqual([])
    const {InstanceInformationList} = healthy
    expect(found(logged(NO_POLICY), {InstanceInformationList})).toEqual([])
    const channel = {...logged(NO_POLICY), action: 'ssmmessages:CreateControlChannel', service: 'ssmmessages'}
    const whileOnline = (Status: string) =>
      found(channel, {InstanceInformationList, ConnectionStatuses: [{Target: WEB, Status}]}).map(({cause}) => cause)
    expect(whileOnline('notconnected')).toEqual(['iam.no-message-permission'])
    expect(whileOnline('connected')).toEqual([])
    expect(found(channel, {InstanceInformationList, ConnectionStatuses: []})).toEqual([])
  })

  it('is only likely from a denial that the agent logged if a policy of the role could not be read', () => {
    const found = (isImplicit?: true) => {
      const account = {
        ...healthy,
        InstanceInformationList: [],
        ...roles(aRole({AttachedManagedPolicies: [{PolicyName: 'edge', PolicyArn: EDGE}], RolePolicyList: []})),
      }
      const signal: Signal = {
        kind: 'access-denied',
        action: 'ssm:UpdateInstanceInformation',
        refusedBy: 'identity-policy',
        principal: `arn:aws:sts::${OWNER}:assumed-role/web/${WEB}`,
        source: 'amazon-ssm-agent.log',
        line: 'a line',
        ...(isImplicit && {isImplicit}),
      }
      return findingsOf(rolePermissions, account, itemsOf(account.Instances)[0], [], [signal])
    }
    expect(found(true)).toMatchObject([
      {
        cause: 'iam.no-registration-permission',
        certainty: 'likely',
        resource: ROLE,
        message: expect.stringContaining('what it allows now could not be read'),
      },
    ])
    expect(found()).toEqual([])
  })

  it('is decided by a denial on the console of the last hour, as by one that the agent logged', () => {
    const perhapsAllowed = roles(
      aRole({
        AttachedManagedPolicies: [],
        RolePolicyList: [inline('own', allow('ssm:*', {Resource: '*', ...perhaps}))],
      }),
    )
    const printed = (time: string): Partial<Account> => ({
      ...perhapsAllowed,
      InstanceInformationList: [],
      ConsoleOutputs: [
        {
          InstanceId: WEB,
          Output: `2026/11/20 ${time}Z: SSM Agent unable to acquire credentials: AccessDeniedException: User: arn:aws:sts::${OWNER}:assumed-role/web/${WEB} is not authorized to perform: ssm:UpdateInstanceInformation on resource: arn:aws:ec2:${REGION}:${OWNER}:instance/${WEB} because no identity-based policy allows the ssm:UpdateInstanceInformation action`,
        },
      ],
    })
    expect(causes(rolePermissions, printed('11:40:00'))).toContain('iam.no-registration-permission')
    expect(causes(rolePermissions, printed('10:40:00'))).not.toContain('iam.no-registration-permission')
  })

  it('is a finding if a policy is malformed', () => {
    const [finding] = findings(rolePermissions, withInline('{"Version"'))
    expect(finding?.cause).toBe('iam.condition-unknown')
    expect(finding?.message).toContain('inline policy extra is malformed')
  })

  it('names a malformed statement once, by its Sid', () => {
    const [finding] = findings(
      rolePermissions,
      withInline({Statement: [{Sid: 'Odd', Effect: 'Allow', Action: 7.5, Resource: {}}]}),
    )
    expect(finding?.message.match(/malformed/g)).toHaveLength(1)
    expect(finding?.message).toContain('statement Odd of inline policy extra is malformed')
  })

  it('is not a finding if a policy could not be read', () => {
    expect(causes(rolePermissions, attached(EDGE))).toEqual([])
    expect(unknown(rolePermissions, attached(EDGE))).toBe(true)
  })

  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
  it('is likely denied where the simulator, asked about all resources, found no Allow in a policy that could not be read', () => {
    const simulated = (EvalDecision: 'implicitDeny' | 'explicitDeny'): Partial<Account> => ({
      ...roles(aRole({AttachedManagedPolicies: [{PolicyName: 'edge', PolicyArn: EDGE}], RolePolicyList: []})),
      PolicySimulations: [
        {
          PolicySourceArn: ROLE,
          EvaluationResults: AGENT_ACTIONS.map((EvalActionName) => ({EvalActionName, EvalDecision})),
        },
      ],
    })
    expect(findings(rolePermissions, simulated('implicitDeny'))).toMatchObject([
      {
        cause: 'iam.no-registration-permission',
        certainty: 'likely',
        evidence: expect.arrayContaining([
          {
            fact: 'the policy simulator returned implicitDeny for ssm:UpdateInstanceInformation',
            source: 'iam:SimulatePrincipalPolicy',
          },
        ]),
      },
    ])
    const [explicit] = findings(rolePermissions, simulated('explicitDeny'))
    expect(explicit).toMatchObject({cause: 'iam.explicit-deny'})
    expect(explicit).not.toHaveProperty('certainty')
  })

  it('is not a finding if the node is observed to make the call', () => {
    const {InstanceInformationList, ConnectionStatuses} = healthy
    const seen = {InstanceInformationList, ConnectionStatuses}
    const change = {...withInline({Statement: [{...deny('ssm:Update*').Statement[0], ...perhaps}]}), ...seen}
    expect(causes(rolePermissions, change)).toEqual([])
    expect(unknown(rolePermissions, change)).toBe(false)
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
  it('of sessions is known from an open control channel, whose calls the same condition decides', () => {
    const {InstanceInformationList, ConnectionStatuses} = healthy
    const denying = (actions: string, change: Partial<Account>, ...more: readonly string[]) => {
      const Statement = [actions, ...more].map((denied) => ({...deny(denied).Statement[0], ...perhaps}))
      return causes(rolePermissions, {...withInline({Statement}), ...change})
    }
    const connected = {InstanceInformationList, ConnectionStatuses}
    expect(denying('ssmmessages:*', connected)).toEqual([])
    expect(denying('ssmmessages:*ControlChannel', connected, 'ssmmessages:*DataChannel')).toEqual([])
    expect(denying('ssmmessages:*DataChannel', connected)).toEqual(['iam.condition-unknown'])
    expect(denying('ssmmessages:*', {InstanceInformationList, ConnectionStatuses: []})).toEqual([
      'iam.condition-unknown',
    ])
  })

  it('is decided by the path that the calls take', () => {
    const elsewhere = {Condition: {StringNotEquals: {'aws:SourceVpce': 'vpce-0bbbbbbbbbbbbbb01'}}}
    const change = withInline({Statement: [{...deny('ssm:Update*').Statement[0], ...elsewhere}]})
    const through = [pathTo('ssm', anEndpoint('ssm', 1).VpcEndpointId)]
    expect(causes(rolePermissions, change)).toEqual(['iam.condition-unknown'])
    expect(causes(rolePermissions, change, through)).toEqual(['iam.explicit-deny'])
  })
})

describe('several layers that deny a call', () => {
  const boundedBy = (document: object, ...statements: readonly object[]) => ({
    ...roles(
      aRole({
        RolePolicyList: [inline('extra', {Statement: statements})],
        PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: EDGE},
      }),
    ),
    ...withPolicies(policy({...document})),
  })
  const [registrationDenied] = deny('ssm:UpdateInstanceInformation').Statement
  const blocking = (change: Partial<Account>) =>
    findings(rolePermissions, change).map(({cause, severity}) => [cause, severity])

  it('are each reported with what they deny, whichever denies first', () => {
    expect(blocking(boundedBy(allow('s3:*'), registrationDenied!))).toEqual([
      ['iam.explicit-deny', 'blocks'],
      ['iam.boundary-blocks', 'blocks'],
    ])
    const refused = organization('ssm:UpdateInstanceInformation', 'ssmmessages:OpenDataChannel')
    expect(blocking({...withInline({Statement: [registrationDenied]}), ...refused})).toEqual([
      ['iam.explicit-deny', 'blocks'],
      ['iam.scp-blocks', 'blocks'],
    ])
    expect(blocking({...boundedBy(allow('ssmmessages:*')), ...refused})).toEqual([
      ['iam.boundary-blocks', 'blocks'],
      ['iam.scp-blocks', 'blocks'],
    ])
  })

  it('are a Deny and what no policy allows, each with its own fix', () => {
    const change = roles(
      aRole({AttachedManagedPolicies: [], RolePolicyList: [inline('own', {Statement: [registrationDenied]})]}),
    )
    expect(causes(rolePermissions, change)).toEqual(['iam.explicit-deny', 'iam.no-registration-permission'])
    expect(causesAfter(rolePermissions, change)[0]?.left).toEqual(['iam.no-registration-permission'])
  })

  it('are the role’s alone where none of its policies allows the call', () => {
    const nothing = {...only('s3:*'), ...organization('ssm:UpdateInstanceInformation')}
    expect(causes(rolePermissions, nothing)).toEqual(['iam.no-registration-permission'])
  })
})

describe('advice', () => {
  it('is given for the deprecated policy, which is known without its document', () => {
    const arn = 'arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM'
    const change = roles(aRole({AttachedManagedPolicies: [{PolicyName: 'AmazonEC2RoleforSSM', PolicyArn: arn}]}))
    expect(causes(rolePermissions, change)).toEqual(['iam.deprecated-policy'])
    expect(causesAfter(rolePermissions, change)).toMatchObject([{left: []}])
  })

  it("is given for AWS's buckets, if S3 is reached through an endpoint", () => {
    const through = [pathTo('s3', 'vpce-0aaaaaaaaaaaaaa09')]
    expect(causes(rolePermissions, {}, [pathTo('s3', 'nat-0aaaaaaaaaaaaaa01')])).toEqual([])
    expect(causes(rolePermissions, {}, through)).toEqual(['iam.s3-managed-buckets'])
    expect(causesAfter(rolePermissions, {}, through)).toMatchObject([{left: []}])
    expect(causes(rolePermissions, withInline(allow('s3:GetObject')), through)).toEqual([])
  })

  it("allows AWS's buckets of a Region by a policy of its own, since one of the same name would replace that of another", () => {
    const [finding] = findings(rolePermissions, {Region: 'eu-west-2'}, [pathTo('s3', 'vpce-0aaaaaaaaaaaaaa09')])
    expect(finding?.remedies?.[0]?.steps).toMatchObject([{input: {PolicyName: 'ssm-managed-buckets-eu-west-2'}}])
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
  it("opens the statement that denies AWS's buckets, for these alone", () => {
    const through = [pathTo('s3', 'vpce-0aaaaaaaaaaaaaa09')]
    const outside = {Condition: {StringNotEquals: {'aws:ResourceAccount': OWNER}}}
    const [allowed] = allow('s3:GetObject').Statement
    const change = withInline({Statement: [allowed, {...deny('s3:*').Statement[0], ...outside}]})
    const [finding] = findings(rolePermissions, change, through)
    expect(finding?.cause).toBe('iam.s3-managed-buckets')
    expect(finding?.evidence.map(({fact}) => fact)).toContainEqual(
      expect.stringContaining('statement 2 of inline policy extra denies s3:GetObject'),
    )
    expect(finding?.remedies?.map(({title}) => title)).toEqual([
      'Remove s3:GetObject on 4 resources from statement 2 of inline policy extra of role web',
    ])
    expect(JSON.stringify(finding?.remedies?.[0]?.steps)).toMatch(/NotResource.*patch-baseline-snapshot-eu-west-1/)
    expect(causesAfter(rolePermissions, change, through)).toMatchObject([{left: []}])
  })

  it('extends a boundary without the condition of its Allows where the agent does not meet it', () => {
    const inRegion = (region: string) => allow('*', {Condition: {StringEquals: {'aws:RequestedRegion': region}}})
    const [found] = findings(rolePermissions, bounded(inRegion('ap-south-1')))
    expect(found?.remedies?.map(({title}) => title)).toEqual([
      expect.stringContaining('in permissions boundary edge'),
      expect.stringContaining('in permissions boundary edge, without the condition of the others'),
      'Remove the permissions boundary of role web',
    ])
    expect(causesAfter(rolePermissions, bounded(inRegion('ap-south-1'))).map(({left}) => left)).toEqual([
      ['iam.boundary-blocks'],
      [],
      [],
    ])
  })

  it('only removes a boundary that is a policy of AWS', () => {
    const Arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
    const boundary = {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: Arn} as const
    const change = {...roles(aRole({PermissionsBoundary: boundary})), ...withPolicies({...policy(allow('s3:*')), Arn})}
    const [found] = findings(rolePermissions, change)
    expect(found?.remedies?.map(({title}) => title)).toEqual(['Remove the permissions boundary of role web'])
  })

  it('extends a boundary, and keeps its Deny for the roles of another team', () => {
    const others = {
      Effect: 'Deny',
      Action: 'ssm:*',
      Resource: '*',
      Condition: {StringEquals: {'aws:PrincipalTag/a': 'b'}},
    }
    const document = {Statement: [...allow('ec2:*').Statement, others, ...deny('ssmmessages:*').Statement]}
    const [found] = findings(rolePermissions, bounded(document))
    const steps = JSON.stringify(found?.remedies?.[0]?.steps).replaceAll('\\', '')
    expect(steps).toContain(JSON.stringify(others))
    expect(steps).not.toContain('ssmmessages:*')
  })

  it("opens the boundary that does not allow AWS's buckets", () => {
    const through = [pathTo('s3', 'vpce-0aaaaaaaaaaaaaa09')]
    const role = aRole({
      RolePolicyList: [inline('extra', allow('s3:GetObject'))],
      PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: EDGE},
    })
    const change = {...roles(role), ...withPolicies(policy(allow(['ssm:*', 'ssmmessages:*'])))}
    expect(findings(rolePermissions, change, through)[0]?.remedies?.[0]?.title).toContain('permissions boundary')
  })

  // https://github.com/aws-samples/data-perimeter-policy-examples
  it("exempts AWS's buckets from the Deny of a boundary, and does not weaken one that requires another network", () => {
    const endpoint = anEndpoint('s3', 9)
    const through = [pathTo('s3', endpoint.VpcEndpointId)]
    const role = aRole({
      RolePolicyList: [inline('extra', allow('s3:GetObject'))],
      PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: EDGE},
    })
    const advice = (Action: string, Condition: object) => {
      const denies = {Effect: 'Deny', Action, Resource: '*', Condition}
      const document = {Statement: [...allow('*').Statement, denies]}
      const change = {...roles(role), ...withPolicies(policy(document)), VpcEndpoints: [endpoint]}
      const found = findings(rolePermissions, change, through)
      return found.find(({cause}) => cause === 'iam.s3-managed-buckets')?.remedies ?? []
    }
    const [exempting] = advice('s3:*', {StringNotEquals: {'s3:ResourceAccount': OWNER}})
    const steps = JSON.stringify(exempting?.steps).replaceAll('\\', '')
    expect(steps).toMatch(/"Action":"s3:\*","Condition":\{[^}]+\}\},"NotResource":\["arn:aws:s3:::/)
    expect(steps).not.toContain('"Resource":"*","Condition"')
    expect(advice('*', {StringNotEquals: {'aws:SourceVpc': 'vpc-0bbbbbbbbbbbbbb09'}})).toMatchObject([
      {title: expect.stringContaining('go through vpc-0bbbbbbbbbbbbbb09')},
      {weakens: true},
    ])
  })

  it('is not a finding if a role has no inventory permissions', () => {
    const notes = run(rolePermissions, only('ssm:UpdateInstanceInformation', 'ssmmessages:*'))
    expect(JSON.stringify(notes)).toContain('ssm:PutInventory')
  })
})

// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
describe('an agent that polls ec2messages', () => {
  const offered = {ServiceNames: [`com.amazonaws.${REGION}.ssm`, `com.amazonaws.${REGION}.ec2messages`]}
  const node = (AgentVersion: string) => ({InstanceInformationList: [{...aNode(), AgentVersion}]})
  const role = only('ssm:UpdateInstanceInformation', 'ssmmessages:*')

  it.each([
    ['is older than 3.3.40.0', {...offered, ...node('3.3.39.0')}, ['iam.no-message-permission']],
    ['is newer', {...offered, ...node('3.3.40.0')}, []],
    ['is in a Region without the service', {ServiceNames: [], ...node('3.1.804.0')}, []],
    ['is of an unknown version', offered, []],
  ])('needs its permissions: where it %s', (_, change, expected) => {
    expect(causes(rolePermissions, {...role, ...change})).toEqual(expected)
  })

  it('is also satisfied by the exact actions', () => {
    expect(causesAfter(rolePermissions, {...role, ...offered, ...node('3.1.804.0')}).map(({left}) => left)).toEqual([
      [],
      [],
    ])
  })
})
