import {expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type VpcEndpoint} from '../../src/model/account.ts'
import {checklistWithModel} from '../support/checklist-with-model.ts'
import {
  behindEndpoints,
  behindNat,
  endpoint,
  eni,
  group,
  INSTANCE,
  id,
  OWNER,
  online,
  REGION,
} from '../support/network.ts'

/**
 * The scanner of Inspector sends to its own service, through an endpoint where the VPC has one.
 * https://docs.aws.amazon.com/inspector/latest/user/scanning-ec2.html
 */

const SENDS = {Effect: 'Allow', Action: 'inspector2-telemetry:*', Resource: '*'}

/** An online node that Inspector scans with its own scanner, and one more endpoint. */
const scanned = (
  account: Account,
  change: Partial<VpcEndpoint> = {},
  statements: readonly object[] = [SENDS],
): Account => ({
  ...online(account),
  CoveredResources: [
    {
      accountId: OWNER,
      resourceId: INSTANCE,
      resourceType: 'AWS_EC2_INSTANCE',
      scanType: 'PACKAGE',
      scanMode: 'EC2_INSPECTOR_AGENT_BASED',
      scanStatus: {statusCode: 'ACTIVE', reason: 'SUCCESSFUL'},
    },
  ] as Account['CoveredResources'],
  AccountStatuses: [],
  ServiceNames: [...itemsOf(account.ServiceNames), `com.amazonaws.${REGION}.inspector2-telemetry`],
  Roles: itemsOf(account.Roles).map((role) => ({
    ...role,
    RolePolicyList: [{PolicyName: 'own', PolicyDocument: {Statement: statements}}],
  })) as Account['Roles'],
  VpcEndpoints: [...itemsOf(account.VpcEndpoints), endpoint(6, 'inspector2-telemetry', [2], change)],
  SecurityGroups: [...itemsOf(account.SecurityGroups), group(7, [], [])],
  NetworkInterfaces: [
    ...itemsOf(account.NetworkInterfaces),
    eni(
      602,
      2,
      '10.0.2.60',
      (change.Groups ?? [{GroupId: id('sg', 2)}]).map(({GroupId}) => GroupId ?? ''),
    ),
  ],
})
const closed = {Groups: [{GroupId: id('sg', 7)}]}

const seen = (account: Account) => {
  const {verdict, causes} = examine(account, INSTANCE)
  const shown = causes.filter(({severity}) => ['blocks', 'degrades'].includes(severity))
  return [verdict, ...shown.map(({id: cause, resource}) => `${cause} ${resource}`)]
}
const broken = (resource: string) => ['degraded', `inspector.telemetry-endpoint ${resource}`]

it.each<[string, Account, readonly string[]]>([
  ['that works', scanned(behindEndpoints), ['managed']],
  ['without private DNS', scanned(behindEndpoints, {PrivateDnsEnabled: false}), broken(id('vpce', 6))],
  ['that is rejected', scanned(behindEndpoints, {State: 'Rejected'}), broken(id('vpce', 6))],
  ['with a closed group', scanned(behindEndpoints, closed), broken(id('sg', 7))],
  ['with a closed group, which owns the name beside a NAT gateway', scanned(behindNat, closed), broken(id('sg', 7))],
  ['without private DNS beside a NAT gateway', scanned(behindNat, {PrivateDnsEnabled: false}), ['managed']],
])('an endpoint %s', (_, account, expected) => {
  expect(seen(account)).toEqual(expected)
})

it('is fixed by what fixes the endpoint', () => {
  for (const change of [{PrivateDnsEnabled: false}, closed]) {
    const account = scanned(behindEndpoints, change)
    const [instance] = itemsOf(account.Instances)
    expect(seen(checklistWithModel(account, instance!, diagnose(account, instance!)).account)).toEqual(['managed'])
  }
})

it('shares a fault with Systems Manager, which is reported once', () => {
  const account = scanned(behindEndpoints)
  const SecurityGroups = itemsOf(account.SecurityGroups).map((one) =>
    one.GroupId === id('sg', 2) ? {...one, IpPermissions: []} : one,
  )
  expect(seen({...account, SecurityGroups})).toEqual(['at-risk', `endpoint.sg-blocks ${id('sg', 2)}`])
})

it.each([
  [id('vpce', 6), ['managed']],
  [id('vpce', 5), ['degraded', `inspector.telemetry-permission arn:aws:iam::${OWNER}:role/web`]],
])('may be allowed through %s only', (vpce, expected) => {
  const through = {...SENDS, Condition: {StringEquals: {'aws:SourceVpce': vpce}}}
  expect(seen(scanned(behindEndpoints, {}, [through]))).toEqual(expected)
})

it('proposes no further Allow where a Deny refuses the scanner', () => {
  const account = scanned(behindEndpoints, {}, [SENDS, {...SENDS, Effect: 'Deny'}])
  const {outcomes} = diagnose(account, itemsOf(account.Instances)[0]!, {includeFallback: false})
  const found = outcomes.flatMap(({findings}) => findings).find(({cause}) => cause === 'inspector.telemetry-permission')
  expect(found).toMatchObject({
    message: expect.stringContaining('inspector2-telemetry:SendTelemetry'),
    remedies: [{title: expect.stringContaining('from statement 2 of inline policy own of role web'), steps: []}],
  })
})

it('is fixed by a change of each policy that denies the scanner', () => {
  const account = scanned(behindEndpoints)
  const denied = {Statement: [{...SENDS, Effect: 'Deny', Action: 'inspector2-telemetry:SendTelemetry'}]}
  const both: Account = {
    ...account,
    Roles: itemsOf(account.Roles).map((role) => ({
      ...role,
      RolePolicyList: [
        {PolicyName: 'own', PolicyDocument: {Statement: [SENDS]}},
        {PolicyName: 'first', PolicyDocument: denied},
        {PolicyName: 'second', PolicyDocument: denied},
      ],
    })) as Account['Roles'],
  }
  const [instance] = itemsOf(both.Instances)
  const {steps} = checklistWithModel(both, instance!, diagnose(both, instance!))
  expect(steps.filter(({part}) => part === 'fix').map(({remedy}) => remedy.title)).toEqual([
    'Remove inspector2-telemetry:SendTelemetry from statement 1 of inline policy first of role web',
    'Remove inspector2-telemetry:SendTelemetry from statement 1 of inline policy second of role web',
  ])
})

it('most likely lost its permission after the last scan, if that was successful', () => {
  const certaintyAfter = (reason: string) => {
    const account = scanned(behindEndpoints, {}, [])
    const rows = itemsOf(account.CoveredResources).map((row) => ({...row, scanStatus: {statusCode: 'ACTIVE', reason}}))
    const {causes} = examine({...account, CoveredResources: rows as Account['CoveredResources']}, INSTANCE)
    return causes.find(({id: cause}) => cause === 'inspector.telemetry-permission')?.certainty
  }
  expect(['SUCCESSFUL', 'PENDING_INITIAL_SCAN'].map(certaintyAfter)).toEqual(['likely', 'proven'])
})
