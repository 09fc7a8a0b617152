import {readdirSync, readFileSync} from 'node:fs'
import * as cloudtrail from '@aws-sdk/client-cloudtrail'
import * as config from '@aws-sdk/client-config-service'
import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import * as inspector2 from '@aws-sdk/client-inspector2'
import * as organizations from '@aws-sdk/client-organizations'
import * as route53 from '@aws-sdk/client-route-53'
import * as ssm from '@aws-sdk/client-ssm'
import {NormalizedSchema} from '@smithy/core/schema'
import {describe, expect, it} from 'vitest'
import {ITEMS} from '../../src/account-file/kinds.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {isObject, type JsonObject} from '../../src/util/json.ts'

/** A value as AWS's own model describes it, with every field filled. */
function sampleOf(schema: NormalizedSchema, depth = 0): unknown {
  if (schema.isTimestampSchema()) return '2026-11-20T12:00:00.000Z'
  if (schema.isBooleanSchema()) return true
  if (schema.isNumericSchema()) return 7
  if (schema.isListSchema()) return depth > 8 ? [] : [sampleOf(schema.getValueSchema(), depth + 1)]
  if (schema.isMapSchema()) return {key: 'value'}
  if (!schema.isStructSchema()) return 'text'
  const fields = depth > 8 ? [] : [...schema.structIterator()]
  return Object.fromEntries(fields.map(([name, member]) => [name, sampleOf(member, depth + 1)]))
}

function sample(client: object, structure: string): JsonObject {
  const value = sampleOf(NormalizedSchema.of(Reflect.get(client, `${structure}$`)))
  return isObject(value) ? value : {}
}

/** The structure in which AWS returns an item of each kind. */
const MODELS = [
  ['Instances', ec2, 'Instance'],
  ['InstanceStatuses', ec2, 'InstanceStatus'],
  ['InstanceImageMetadata', ec2, 'InstanceImageMetadata'],
  ['IamInstanceProfileAssociations', ec2, 'IamInstanceProfileAssociation'],
  ['ConsoleOutputs', ec2, 'GetConsoleOutputResult'],
  ['InstanceInformationList', ssm, 'InstanceInformation'],
  ['ConnectionStatuses', ssm, 'GetConnectionStatusResponse'],
  ['InstanceAssociations', ssm, 'InstanceAssociationStatusInfo'],
  ['ActivationList', ssm, 'Activation'],
  ['ServiceSettings', ssm, 'ServiceSetting'],
  ['InstanceProfiles', iam, 'InstanceProfile'],
  ['Roles', iam, 'RoleDetail'],
  ['Policies', iam, 'ManagedPolicyDetail'],
  ['Organization', organizations, 'Organization'],
  ['Vpcs', ec2, 'Vpc'],
  ['DhcpOptions', ec2, 'DhcpOptions'],
  ['Subnets', ec2, 'Subnet'],
  ['RouteTables', ec2, 'RouteTable'],
  ['NetworkAcls', ec2, 'NetworkAcl'],
  ['SecurityGroups', ec2, 'SecurityGroup'],
  ['NetworkInterfaces', ec2, 'NetworkInterface'],
  ['InternetGateways', ec2, 'InternetGateway'],
  ['EgressOnlyInternetGateways', ec2, 'EgressOnlyInternetGateway'],
  ['NatGateways', ec2, 'NatGateway'],
  ['VpcEndpoints', ec2, 'VpcEndpoint'],
  ['VpcPeeringConnections', ec2, 'VpcPeeringConnection'],
  ['ManagedPrefixLists', ec2, 'ManagedPrefixList'],
  ['VpcBlockPublicAccessOptions', ec2, 'VpcBlockPublicAccessOptions'],
  ['TransitGateways', ec2, 'TransitGateway'],
  ['TransitGatewayVpcAttachments', ec2, 'TransitGatewayVpcAttachment'],
  ['TransitGatewayRouteTables', ec2, 'TransitGatewayRouteTable'],
  ['HostedZones', route53, 'HostedZone'],
  ['CoveredResources', inspector2, 'CoveredResource'],
  ['AccountStatuses', inspector2, 'AccountState'],
  ['CloudTrailEvents', cloudtrail, 'Event'],
  ['ConfigurationItems', config, 'ConfigurationItem'],
] as const

/** What is put together from several responses, or is a text. */
const COMPOSED: readonly string[] = [
  ...['SessionPreferences', 'PolicySimulations', 'VpcAttributes', 'ServiceNames'],
  ...['ProfileAssociations', 'ProfileResourceAssociations', 'ResolverRules', 'FirewallRuleGroupAssociations'],
]

it('every kind is compared with a structure of AWS, or is none', () => {
  expect([...MODELS.map(([kind]) => kind), ...COMPOSED].sort()).toEqual([...KINDS].sort())
})

describe("AWS's own model, every field filled, fits", () => {
  it.each(MODELS)('%s', (kind, client, structure) => {
    const item = sample(client, structure)
    expect(Object.keys(item).length).toBeGreaterThan(1)
    expect(() => ITEMS[kind](item)).not.toThrow()
  })
})

it('no field is validated that no code reads', () => {
  const source = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.ts'))
  const [shapes, others] = [
    source.filter((file) => isShapes(file)),
    source.filter((file) => !isShapes(file) && !READS_NOTHING.test(file)),
  ]
  const text = (files: readonly string[]) => files.map((file) => readFileSync(`src/${file}`, 'utf8')).join('\n')
  const named = new Set(
    [...text(shapes).matchAll(/'([A-Za-z]\w*)'|[{,]\s*([A-Z]\w*):/g)].map(([, one, other]) => one ?? other),
  )
  const read = new Set(withoutComments(text(others)).match(/\w+/g))
  expect([...named].filter((name) => name !== undefined && !read.has(name))).toEqual([])
})

/** What is only replaced with pseudonyms decides nothing. */
const READS_NOTHING = /^redact[\\/]/
const withoutComments = (code: string) => code.replaceAll(/\/\*[\s\S]*?\*\//g, '')
const isShapes = (file: string): boolean => file.replaceAll('\\', '/') === 'account-file/kinds.ts'
