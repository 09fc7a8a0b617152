import {expect, it} from 'vitest'
import {allowDomains} from '../../../src/remedies/changes/names.ts'

// The public name of a bucket is a CNAME: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRule.html
it('a new rule of DNS Firewall allows what the names are redirected to', () => {
  const {steps} = allowDomains('rslvr-frg-1', 5, ['*.s3.eu-west-1.amazonaws.com'])
  expect(steps.at(-1)).toMatchObject({
    operation: 'CreateFirewallRule',
    input: {Action: 'ALLOW', FirewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN'},
  })
})
