import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, type Instance, itemsOf} from '../../../src/model/account.ts'
import {pathTo} from '../../../src/network/walk.ts'
import {audited} from '../../support/audits.ts'
import {
  acl,
  bare,
  behindNat,
  entry,
  group,
  INSTANCE,
  id,
  local,
  NAT,
  OPEN_ACL,
  online,
  REGION,
  rule,
  table,
  to,
  VPC,
} from '../../support/network.ts'

const LIST = 'pl-0123456789abcdef0'

/** An instance whose security group allows outbound port 443 to the prefix list of one AWS service. */
const letOutTo = (service: string): Account => ({
  ...behindNat,
  SecurityGroups: [
    group(1, [], [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{PrefixListId: LIST}]}]),
  ],
  ManagedPrefixLists: [
    {
      PrefixListId: LIST,
      PrefixListName: `com.amazonaws.${REGION}.${service}`,
      OwnerId: 'AWS',
      Entries: [{Cidr: '52.94.0.0/22'}],
    },
  ],
})

const groupHop = (account: Account, service: string, host = `${service}.${REGION}.amazonaws.com`) => {
  const [instance] = account.Instances as readonly Instance[]
  return pathTo(account, instance!, {service, host, port: 443}).hops.find(({at}) => at === 'security-group')
}

// https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
describe('a group that allows outbound traffic to an AWS-managed prefix list', () => {
  it('does not reach a service without such a list', () => {
    expect(groupHop(letOutTo('dynamodb'), 'kms')).toMatchObject({
      verdict: 'blocked',
      fault: {cause: 'sg.egress-prefix-list-only'},
    })
  })

  it('may reach a name outside AWS', () => {
    expect(groupHop(letOutTo('s3'), 'example', 'db.example.net')?.verdict).toBe('unknown')
  })

  it('reaches the service whose addresses it lists', () => {
    expect(groupHop(letOutTo('dynamodb'), 'dynamodb')?.verdict).toBe('open')
    expect(groupHop(letOutTo('s3'), 's3')?.verdict).toBe('open')
  })

  it('is reported as allowing only part of the internet, if everything was read', () => {
    expect(groupHop(letOutTo('s3'), 'example', 'db.example.net')?.because).toMatch(
      /its rules allow outbound TCP 443 to some of public addresses only/,
    )
  })
})

describe('without a route to public addresses', () => {
  it('a group that allows nothing is said to allow neither those nor the addresses of the VPC', () => {
    const shut: Account = {...bare, SecurityGroups: [group(1, [], [])]}
    expect(groupHop(shut, 'ssm')?.because).toMatch(
      /^sg-\S+ does not allow outbound TCP 443 to public addresses or 10\.0\.0\.0\/16,/,
    )
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html
describe('a part of the public addresses, in which the services may be', () => {
  const blackhole = to('128.0.0.0/1', {NatGatewayId: id('nat', 9), State: 'blackhole'})
  const halves = [local('10.0.0.0/16'), to('0.0.0.0/1', {NatGatewayId: NAT}), blackhole]
  const denied = entry(50, true, 'deny', '128.0.0.0/1')
  const accounts: readonly (readonly [string, string, Account])[] = [
    [
      'sg.no-egress-443',
      'whether sg-',
      {...behindNat, SecurityGroups: [group(1, [], [rule(443, {cidr: '0.0.0.0/1'})])]},
    ],
    [
      'nacl.egress-443',
      'whether acl-',
      {...behindNat, NetworkAcls: [acl(1, VPC, [1], [denied, ...OPEN_ACL]), acl(9, VPC, [9])]},
    ],
    [
      'route.unfollowed',
      'where rtb-',
      {...behindNat, RouteTables: [table(1, VPC, [1], halves), ...itemsOf(behindNat.RouteTables).slice(1)]},
    ],
  ]

  it.each(accounts)(
    'leaves %s undetermined, and the addresses that the instance resolves decide',
    (cause, what, account) => {
      const {causes, checklist} = examine(account, INSTANCE)
      expect(causes).toContainEqual(expect.objectContaining({id: cause, severity: 'undecided'}))
      expect(checklist).toContainEqual(
        expect.objectContaining({
          part: 'investigate',
          title: expect.stringMatching(new RegExp(`^Resolve ssm\\..* on i-.*, and check ${what}`)),
          commands: expect.arrayContaining([expect.stringContaining(`getent ahosts ssm.${REGION}.amazonaws.com`)]),
        }),
      )
    },
  )

  it.each(accounts)('is found out before %s is changed, in an audit too', (cause, _, account) => {
    const {groups} = audited(account)
    expect(groups.find((group) => group.cause === cause)?.change).toMatchObject({
      title: expect.stringMatching(/^Resolve ssm\./),
      fixes: null,
    })
  })

  it.each(accounts)('is no question about %s for a node that is online', (cause, _, account) => {
    expect(examine(online(account), INSTANCE).causes.map((one) => one.id)).not.toContain(cause)
  })

  it.each(accounts)('is a question about %s for a node that pings and whose channel is closed', (cause, _, account) => {
    const closed = {ConnectionStatuses: [{Target: INSTANCE, Status: 'notconnected' as const}]}
    const {verdict, causes} = examine({...online(account), ...closed}, INSTANCE)
    expect(verdict).toBe('degraded')
    expect(causes).toContainEqual(expect.objectContaining({id: cause, severity: 'undecided'}))
  })

  it('is not said to stop a service that may be in it, where it stops another', () => {
    const {causes} = examine(
      {...behindNat, SecurityGroups: [group(1, [], [rule(443, {cidr: '44.0.0.0/8'})])]},
      INSTANCE,
    )
    const found = causes.find((one) => one.id === 'sg.no-egress-443')
    expect(found?.severity).toBe('degrades')
    expect(found?.message).toMatch(/This affects s3\.$/)
  })
})
