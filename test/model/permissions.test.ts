import * as cloudtrail from '@aws-sdk/client-cloudtrail'
import * as config from '@aws-sdk/client-config-service'
import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import * as inspector2 from '@aws-sdk/client-inspector2'
import * as organizations from '@aws-sdk/client-organizations'
import * as route53 from '@aws-sdk/client-route-53'
import * as route53resolver from '@aws-sdk/client-route53resolver'
import * as ssm from '@aws-sdk/client-ssm'
import {describe, expect, it} from 'vitest'
import * as route53profiles from '../../src/collect/client/route53-profiles-client.ts'
import {describedBy, KINDS} from '../../src/model/kinds.ts'
import {actionsFor, policyFor} from '../../src/model/permissions.ts'

const clients: Readonly<Record<string, object>> = {
  ...{cloudtrail, config, ec2, iam, inspector2, organizations, route53, route53profiles, route53resolver, ssm},
}

describe('the table of calls', () => {
  it.each(KINDS.flatMap((kind) => describedBy(kind).calls))(
    '$action is an operation that reads',
    ({service, operation}) => {
      expect(clients[service]).toHaveProperty(`${operation}Command`)
      expect(operation).toMatch(/^(?:BatchGet|Describe|Get|List|Lookup|Search|Simulate)/)
    },
  )

  it('spells commands as the AWS CLI does', () => {
    const spelt = KINDS.flatMap((kind) => describedBy(kind).calls).map(({command}) =>
      command.split(' ').slice(0, 3).join(' '),
    )
    expect(spelt).toContain('aws route53 list-hosted-zones-by-vpc')
    expect(spelt).toContain('aws ec2 describe-vpc-block-public-access-options')
    expect(spelt).toContain('aws ssm describe-instance-associations-status')
  })
})

describe('permissions', () => {
  it('are named for a kind', () => {
    expect(actionsFor(['VpcEndpoints'])).toEqual(['ec2:DescribeVpcEndpoints'])
    expect(actionsFor(['ManagedPrefixLists'])).toEqual([
      'ec2:DescribeManagedPrefixLists',
      'ec2:GetManagedPrefixListEntries',
    ])
  })

  it('read all roles at once only for a whole Region', () => {
    expect(actionsFor(['Roles'])).not.toContain('iam:GetAccountAuthorizationDetails')
    expect(actionsFor(['Roles'], 'region')).toContain('iam:GetAccountAuthorizationDetails')
  })

  it('are a policy with each action once, and one resource where one is enough', () => {
    const {Statement} = policyFor(KINDS, 'aws-cn')
    const actions = Statement.flatMap(({Action}) => Action)
    expect(new Set(actions).size).toBe(actions.length)
    expect([...actions].sort()).toEqual([...new Set([...actionsFor(KINDS), 'ec2:DescribeRegions'])].sort())
    expect(actions.some((action) => action.startsWith('sts:'))).toBe(false)
    expect(Statement).toContainEqual({
      Sid: 'GetServiceSetting',
      Effect: 'Allow',
      Action: ['ssm:GetServiceSetting'],
      Resource: 'arn:aws-cn:ssm:*:*:servicesetting/ssm/managed-instance/*',
    })
  })

  it('fit into one managed policy', () => {
    expect(JSON.stringify(policyFor(KINDS, 'aws-us-gov', 'region')).length).toBeLessThan(6144)
  })
})
