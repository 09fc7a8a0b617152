// biome-ignore-all lint/suspicious/noTemplateCurlyInString: broken templates are meant
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {changeSetPlan, changesIn} from '../../src/plan/cloudformation/change-set.ts'
import {parseTemplate} from '../../src/plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {stackChange} from '../../src/plan/cloudformation/stack-change.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import type {ResourcePlan} from '../../src/plan/resource.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {isObject, type JsonObject} from '../../src/util/json.ts'
import {guardStackOverflow, isUsageError} from '../../src/util/usage-error.ts'
import {runs} from '../oracle/runs.ts'
import {healthy, OWNER, REGION, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {TEMPLATE} from './network-template.ts'
import {planOf} from './plans.ts'

const ref = (address: string) => ({references: [`${address}.id`, address]})
const RULE = {protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['0.0.0.0/0']}
const PLAN = {
  ...planOf(
    {
      address: 'aws_security_group.web',
      actions: ['update'],
      before: {id: WEB_GROUP, arn: 'arn:aws:ec2:eu-west-1:111122223333:sg', egress: [RULE]},
      after: {id: WEB_GROUP, egress: [{...RULE, security_groups: []}]},
      unknown: {egress: [{security_groups: true}]},
      expressions: {egress: ref('aws_security_group.new')},
    },
    {address: 'aws_security_group.new', actions: ['create'], after: {name: 'new', vpc_id: VPC}, unknown: {id: true}},
    {
      address: 'aws_instance.web',
      actions: ['delete', 'create'],
      before: {id: WEB, subnet_id: SUBNET},
      after: {subnet_id: SUBNET, metadata_options: [{http_endpoint: 'enabled'}]},
      unknown: {vpc_security_group_ids: true},
      expressions: {vpc_security_group_ids: {references: ['module.net.group', 'var.more', 'each.key']}},
    },
    {
      address: 'aws_route.out',
      actions: ['create'],
      after: {destination_cidr_block: '0.0.0.0/0'},
      unknown: {route_table_id: true},
      expressions: {route_table_id: ref('aws_route_table.a')},
    },
    {address: 'aws_launch_template.t', actions: ['update'], before: {id: 'lt-1'}, after: {id: 'lt-1', name: 't'}},
    {
      address: 'aws_iam_role.r',
      actions: ['update'],
      before: {name: 'web', managed_policy_arns: ['arn:aws:iam::aws:policy/A']},
      after: {name: 'web', assume_role_policy: '{"Statement":[]}', inline_policy: [{name: 'a', policy: '{}'}]},
    },
  ),
  variables: {more: {value: ['sg-1']}},
}
const CHANGES = {
  Changes: [
    {
      ResourceChange: {
        Action: 'Modify',
        LogicalResourceId: 'Web',
        PhysicalResourceId: WEB_GROUP,
        ResourceType: 'AWS::EC2::SecurityGroup',
        Replacement: 'True',
        BeforeContext: '{"Properties":{"VpcId":"vpc-1"}}',
        AfterContext: '{"Properties":{"VpcId":"{{changeSet:KNOWN_AFTER_APPLY}}"}}',
        Details: [{ChangeSource: 'ResourceReference', CausingEntity: 'Vpc', Target: {Path: '/Properties/VpcId'}}],
      },
    },
  ],
}
const template = parseTemplate('t.yaml', TEMPLATE)
const CONTEXT = {
  region: REGION,
  partition: 'aws',
  account: OWNER,
  stackName: 's',
  parameters: {},
  physicalIds: new Map([['TwoGroup', WEB_GROUP]]),
}

type Holder = Record<string, unknown>
interface Spot {
  readonly holder: Holder
  readonly key: string
}
const spotsIn = (value: unknown): readonly Spot[] =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key) => [{holder: value as Holder, key}, ...spotsIn((value as Holder)[key])])
    : []

const JUNK: readonly unknown[] = [
  ...[
    null,
    true,
    -1,
    1e308,
    '',
    '*',
    'constructor',
    '__proto__',
    '0.0.0.0/99',
    '\u001b[2J',
    '{"Version":',
    '${a',
    '${}',
  ],
  ...[
    [],
    {},
    [null],
    [[]],
    {Ref: 'Vpc'},
    {'Fn::GetAtt': []},
    {references: [7, null]},
    {references: 'x'},
    {constant_value: {}},
  ],
  ...['Fn::If', 'Fn::Sub', 'Fn::Cidr', 'Fn::Split', 'Fn::ForEach::X'].map((name) => ({[name]: [null, {}, 3]})),
]

/** The value with some of its parts replaced by something else. */
const broken = (value: unknown): fc.Arbitrary<unknown> =>
  fc.array(fc.tuple(fc.nat(), fc.constantFrom(...JUNK)), {minLength: 1, maxLength: 4}).map((changes) => {
    const copy = structuredClone(value)
    for (const [at, junk] of changes) {
      const spots = spotsIn(copy)
      const spot = spots[at % spots.length]
      if (spot)
        Object.defineProperty(spot.holder, spot.key, {
          value: structuredClone(junk),
          writable: true,
          enumerable: true,
          configurable: true,
        })
    }
    return copy
  })

/** Any plan is examined or rejected in one sentence. */
function endsWell(read: () => ResourcePlan, language: 'terraform' | 'cloudformation'): void {
  try {
    comparePlan(healthy, read(), {file: 'f', language})
  } catch (error) {
    if (!isUsageError(error)) throw error
  }
}

describe('a damaged plan is examined or rejected in one sentence', () => {
  it('of Terraform', () => {
    fc.assert(
      fc.property(broken(PLAN), (json) =>
        endsWell(() => terraformPlan('p', json, {region: REGION, account: OWNER}), 'terraform'),
      ),
      {numRuns: runs(400)},
    )
  })

  it('of CloudFormation', () => {
    fc.assert(
      fc.property(broken(template), (json) => {
        const whole = isObject(json) ? (json as JsonObject) : {}
        endsWell(() => stackChange(templatePlan(template, CONTEXT), whole, CONTEXT), 'cloudformation')
      }),
      {numRuns: runs(150)},
    )
  })

  it('as a change set', () => {
    fc.assert(
      fc.property(broken(CHANGES), (json) =>
        endsWell(() => changeSetPlan(changesIn(json as JsonObject), CONTEXT, template), 'cloudformation'),
      ),
      {numRuns: runs(150)},
    )
  })

  it('with endless nesting', () => {
    let deep: unknown = 'x'
    for (let depth = 0; depth < 20_000; depth++) deep = [deep]
    const plan = planOf({address: 'aws_vpc.a', actions: ['update'], before: {x: deep}, after: {x: deep}})
    expect(() => terraformPlan('p', plan)).toThrow(/nested too deeply/)
    const text = `{"Resources":{"A":{"Type":"AWS::EC2::VPC","Properties":${'['.repeat(20_000)}${']'.repeat(20_000)}}}}`
    expect(() => parseTemplate('t', text)).toThrow(/nested too deeply/)
    expect(() => guardStackOverflow(() => JSON.stringify(deep))).toThrow(/too deeply/)
  })
})
