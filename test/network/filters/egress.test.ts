import {describe, expect, it} from 'vitest'
import type {Account, Instance} from '../../../src/model/account.ts'
import {pathTo} from '../../../src/network/walk.ts'
import {bare, behindNat, group, REGION} from '../../support/network.ts'

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
