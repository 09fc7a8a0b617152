import {readFileSync} from 'node:fs'
import {Ajv2020} from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import {expect, it} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {writeAccount} from '../../src/account-file/write-account.ts'
import type {Account} from '../../src/model/account.ts'
import {describedBy, KINDS} from '../../src/model/kinds.ts'
import {redact} from '../../src/redact/redact.ts'
import {isUsageError} from '../../src/util/usage-error.ts'
import {fileWith, fullAccountFile} from './full-account-file.ts'

const schema = JSON.parse(readFileSync(new URL('../../schema/account.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false})
formats.default(ajv)
const validate = ajv.compile(schema)
const problems = (json: unknown) => (validate(json) ? [] : validate.errors)
const isRead = (json: unknown): boolean => {
  try {
    return parseAccounts([{name: 'a', json}]).accounts.length === 1
  } catch (error) {
    if (isUsageError(error)) return false
    throw error
  }
}
const account = parseAccounts([{name: 'a', json: fullAccountFile}]).accounts[0] as Account

it('knows every kind, and no other', () => {
  expect(Object.keys(schema.properties)).toEqual(['Format', 'Partition', 'Region', 'ReadAt', 'Caller', ...KINDS])
})

it('matches what is read, written and redacted', () => {
  expect(problems(fullAccountFile)).toEqual([])
  expect(problems(JSON.parse(writeAccount(account)))).toEqual([])
  expect(problems(JSON.parse(writeAccount(redact(account))))).toEqual([])
})

const WITHOUT_REQUIRED_KEY = ['AccountStatuses', 'IamInstanceProfileAssociations', 'VpcBlockPublicAccessOptions']

it.each(KINDS.filter((kind) => describedBy(kind).key !== undefined && !WITHOUT_REQUIRED_KEY.includes(kind)))(
  'rejects an item of %s without its key',
  (kind) => {
    expect(problems(fileWith({[kind]: [{}]}))).not.toEqual([])
  },
)

it.each([
  {Instances: 'i-1'},
  {Vpcs: [null]},
  {Subnets: {unreadable: 1}},
  {Format: 'other'},
  {Caller: {}},
  {ReadAt: 'yesterday'},
  {NetworkAcls: [{NetworkAclId: 'a', Entries: [{RuleNumber: '1'}]}]},
])('rejects, like the reader: %j', (change) => {
  expect(problems(fileWith(change))).not.toEqual([])
  expect(isRead(fileWith(change))).toBe(false)
})

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html: serviceName is of endpoints of services,
// resourceConfigurationArn of endpoints of resources.
it('accepts, like the reader, an endpoint of a resource, which has no service name', () => {
  const endpoint = {
    VpcEndpointId: 'vpce-0a1b2c3d4e5f600c1',
    VpcEndpointType: 'Resource',
    VpcId: 'vpc-1',
    State: 'available',
  }
  expect(problems(fileWith({VpcEndpoints: [endpoint]}))).toEqual([])
  expect(isRead(fileWith({VpcEndpoints: [endpoint]}))).toBe(true)
})
