import {describe, expect, it} from 'vitest'
import {leftIn} from '../../src/diagnosis/checklist/progress.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type ResourceRecordSet, type VpcEndpoint} from '../../src/model/account.ts'
import {resolve} from '../../src/network/dns/resolve.ts'
import {
  behindEndpoints,
  behindNat,
  HUB,
  INSTANCE,
  id,
  instance,
  REGION,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'

const SSM = `ssm.${REGION}.amazonaws.com`
const SSM_ENDPOINT = id('vpce', 1)
const withSsmEndpoint = (change: Partial<VpcEndpoint>): Account => ({
  ...withHubEndpoints,
  VpcEndpoints: itemsOf(withHubEndpoints.VpcEndpoints).map((one) =>
    one.VpcEndpointId === SSM_ENDPOINT ? {...one, ...change} : one,
  ),
})
const stepsFor = (account: Account, cause: string) =>
  examine(account, INSTANCE).checklist.filter(({causes}) => causes.includes(cause))
const commandsFor = (account: Account, cause: string) =>
  stepsFor(account, cause)
    .flatMap(({commands}) => commands)
    .join('\n')

describe('an endpoint of the hub that failed', () => {
  const failed = withSsmEndpoint({State: 'failed'})

  it('is recreated without private DNS, and the private zone that names it points to the new one', () => {
    const [step, ...others] = stepsFor(failed, 'endpoint.not-available')
    expect([step?.title, others]).toEqual([`Recreate endpoint ${SSM_ENDPOINT} for ssm`, []])
    expect(commandsFor(failed, 'endpoint.not-available')).toMatch(
      new RegExp(
        `create-vpc-endpoint .*--vpc-id ${HUB} .*--no-private-dns-enabled(?:.|\\n)*change-resource-record-sets --hosted-zone-id /hostedzone/Z0 .*"\\$SSM_ENDPOINT_NAME"`,
      ),
    )
    expect(examine(failed, INSTANCE).verified).toBe(true)
  })
  it('is recreated with private DNS if no zone names it', () => {
    const own: Account = {
      ...behindEndpoints,
      VpcEndpoints: itemsOf(behindEndpoints.VpcEndpoints).map((one) =>
        one.VpcEndpointId === SSM_ENDPOINT ? {...one, State: 'failed', PrivateDnsEnabled: false} : one,
      ),
    }
    expect(commandsFor(own, 'endpoint.not-available')).toMatch(/create-vpc-endpoint .*--private-dns-enabled/)
  })
})

describe('a private zone that other VPCs use, and endpoints in the VPC instead', () => {
  const isInOrder = (commands: string) =>
    /disassociate-vpc-from-hosted-zone --hosted-zone-id \/hostedzone\/Z0.*create-vpc-endpoint [^\n]*\.ssm [^\n]*--private-dns-enabled/s.test(
      commands,
    )

  it('leaves the VPC first, because AWS rejects private DNS while it is associated', () => {
    const ipv6 = withSsmEndpoint({IpAddressType: 'ipv6', DnsOptions: {DnsRecordIpType: 'ipv6'}})
    expect(isInOrder(commandsFor(ipv6, 'endpoint.ip-family'))).toBe(true)
  })
  it('leaves the VPC if its endpoint was deleted, and its record stays for the others', () => {
    const deleted: Account = {
      ...withHubEndpoints,
      VpcEndpoints: itemsOf(withHubEndpoints.VpcEndpoints).filter(({VpcEndpointId}) => VpcEndpointId !== SSM_ENDPOINT),
    }
    const {checklist, verified} = examine(deleted, INSTANCE)
    const commands = checklist.flatMap((step) => step.commands).join('\n')
    expect(isInOrder(commands)).toBe(true)
    expect(commands).not.toContain('change-resource-record-sets')
    expect(verified).toBe(true)
  })
  it('owns the name on a model that has both', () => {
    const [zone] = itemsOf(withHubEndpoints.HostedZones)
    const both: Account = {
      ...behindEndpoints,
      HostedZones: [{...zone!, ResourceRecordSets: [{Name: SSM, Type: 'A', ResourceRecords: [{Value: '10.0.2.99'}]}]}],
    }
    expect(resolve(both, instance(), VPC, SSM)).toMatchObject({is: 'addresses'})
  })
})

describe('a private zone whose record for the name is wrong', () => {
  const withRecords = (...records: readonly ResourceRecordSet[]): Account => ({
    ...withHubEndpoints,
    HostedZones: itemsOf(withHubEndpoints.HostedZones).map((zone) =>
      zone.Name.startsWith('ssm.') ? {...zone, ResourceRecordSets: records} : zone,
    ),
  })
  const wrong = (Value: string): ResourceRecordSet => ({Name: `${SSM}.`, Type: 'A', ResourceRecords: [{Value}]})
  const commands = (account: Account) =>
    examine(account, INSTANCE)
      .checklist.flatMap((step) => step.commands)
      .join('\n')

  it('gets a record for the endpoint in its place', () => {
    expect(commands(withRecords(wrong('10.0.1.99')))).toContain('change-resource-record-sets')
  })
  it('gets none next to records with a routing policy, which AWS rejects', () => {
    expect(commands(withRecords(wrong('10.0.1.98'), wrong('10.0.1.99')))).not.toContain('change-resource-record-sets')
  })
  it('gets none next to a CNAME, which AWS rejects', () => {
    const cname = {Name: `${SSM}.`, Type: 'CNAME', ResourceRecords: [{Value: `old.${SSM}.`}]}
    const target = {...wrong('10.0.1.99'), Name: `old.${SSM}.`}
    expect(commands(withRecords(cname, target))).not.toContain('change-resource-record-sets')
  })
})

describe('what a change leaves', () => {
  it('includes the paths that are unknown after it', () => {
    const forwarded: Account = {
      ...behindNat,
      ResolverRules: [
        {Id: 'rslvr-rr-1', DomainName: 'ssm.eu-west-1.amazonaws.com', RuleType: 'FORWARD', VPCIds: [VPC]},
      ],
    }
    const left = (account: Account) => [...leftIn(diagnose(account, instance(), {includeFallback: false}))]
    expect(left(forwarded)).toEqual(['unknown path to ssm'])
    expect(left(behindNat)).toEqual([])
  })
})
