import {describe, expect, it} from 'vitest'
import type {FirewallRule, NetworkAclEntry} from '../../../src/model/account.ts'
import {commandLine} from '../../../src/remedies/core/command-line.ts'
import * as a from './account.ts'
import {remediesFor} from './apply-remedies.ts'

const first = (account: Parameters<typeof remediesFor>[0], cause: string) => {
  const remedy = remediesFor(account, cause)[0]?.[0]
  return {
    title: remedy?.title,
    commands: remedy?.steps.map((step) => commandLine(step, 'sh', {region: 'us-east-1'})),
    undo: remedy?.undo?.map((step) => commandLine(step, 'sh', {region: 'us-east-1'})),
  }
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html */
describe('a network ACL without a free number before the rule that denies', () => {
  const acl = (...rules: readonly NetworkAclEntry[]) => ({
    ...a.behindNat,
    NetworkAcls: [
      a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B], [...a.OPEN, ...rules]),
      a.acl(a.PUBLIC_ACL, [a.PUBLIC_A], a.OPEN),
    ],
  })
  const deny = a.rule(true, 1, 'deny', [443, 443])

  it('allows in its place, after the rule was copied to the next number', () => {
    expect(first(acl(deny), 'nacl.egress-443')).toEqual({
      title: `Allow outbound TCP 443 to 0.0.0.0/0 in network ACL ${a.ACL} before outbound rule 1 (renumbered to 2)`,
      commands: [
        `aws ec2 create-network-acl-entry --network-acl-id ${a.ACL} --egress --rule-number 2 --rule-action deny --protocol 6 --cidr-block 0.0.0.0/0 --port-range 'From=443,To=443' --region us-east-1`,
        `aws ec2 replace-network-acl-entry --network-acl-id ${a.ACL} --rule-number 1 --egress --rule-action allow --protocol 6 --cidr-block 0.0.0.0/0 --port-range 'From=443,To=443' --region us-east-1`,
      ],
      undo: [
        `aws ec2 replace-network-acl-entry --network-acl-id ${a.ACL} --egress --rule-number 1 --rule-action deny --protocol 6 --cidr-block 0.0.0.0/0 --port-range 'From=443,To=443' --region us-east-1`,
        `aws ec2 delete-network-acl-entry --network-acl-id ${a.ACL} --rule-number 2 --egress --region us-east-1`,
      ],
    })
  })

  it('copies the rule past others that deny', () => {
    expect(first(acl(deny, a.rule(true, 2, 'deny', [25, 25])), 'nacl.egress-443').title).toContain(
      'before outbound rule 1 (renumbered to 3)',
    )
  })

  it('has its rules renumbered by hand if the next one allows what the rule may deny', () => {
    expect(first(acl(deny, a.rule(true, 2, 'allow', [8443, 8443])), 'nacl.egress-443')).toEqual({
      title: `Renumber the rules of network ACL ${a.ACL} to make room for an allow rule before the deny rules`,
      commands: [],
      undo: undefined,
    })
  })
})

it('opens a network ACL of the subnets of instance and NAT gateway by one rule that covers the ports of both', () => {
  const inbound = a.rule(false, 100, 'allow', [443, 40_000])
  const rules = [inbound, ...a.OPEN.filter(({Egress}) => Egress)]
  const shared = {...a.behindNat, NetworkAcls: [a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B, a.PUBLIC_A], rules)]}
  const {title, commands} = first(shared, 'nacl.partial-ephemeral')
  expect(title).toBe(`Allow inbound TCP 1024-65535 from 0.0.0.0/0 in network ACL ${a.ACL}`)
  expect(commands).toHaveLength(1)
})

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html */
describe('a DNS Firewall group without a free priority before the rule that blocks', () => {
  const group = a.id('rslvr-frg', 1)
  const list = a.id('rslvr-fdl', 3)
  const firewall = (...FirewallRules: readonly FirewallRule[]) => ({
    ...a.behindEndpoints,
    FirewallRuleGroupAssociations: [
      {Id: a.id('rslvr-frgassoc', 1), FirewallRuleGroupId: group, VpcId: a.VPC, Priority: 101, FirewallRules},
    ],
  })
  const block: FirewallRule = {
    Name: 'no-aws',
    Priority: 1,
    Action: 'BLOCK',
    FirewallDomainListId: list,
    Domains: ['*.amazonaws.com'],
  }

  it('gives that rule the next priority, and allows the names before it', () => {
    const {title, commands, undo} = first(firewall(block), 'dns.firewall-block')
    expect(title).toMatch(/ before rule no-aws \(moved to priority 2\)$/)
    expect(commands?.[0]).toBe(
      `aws route53resolver update-firewall-rule --firewall-rule-group-id ${group} --firewall-domain-list-id ${list} --priority 2 --region us-east-1`,
    )
    expect(commands?.at(-1)).toMatch(/^aws route53resolver create-firewall-rule .* --priority 1 --action ALLOW/)
    expect(undo?.at(-1)).toBe(
      `aws route53resolver update-firewall-rule --firewall-rule-group-id ${group} --firewall-domain-list-id ${list} --priority 1 --region us-east-1`,
    )
  })

  it('names the query type of the rule, which is a part of its key', () => {
    const {commands} = first(firewall({...block, Qtype: 'A'}), 'dns.firewall-block')
    expect(commands?.[0]).toContain(' --qtype A ')
  })

  it.each<readonly [string, readonly FirewallRule[]]>([
    ['the next rule lets queries pass', [block, {...block, Priority: 2, Action: 'ALERT', Domains: ['*.example.com']}]],
    ['the rule has no domain list', [{Name: 'no-aws', Priority: 1, Action: 'BLOCK', Domains: ['*.amazonaws.com']}]],
  ])('is left to its owner if %s', (_, rules) => {
    const {title, commands} = first(firewall(...rules), 'dns.firewall-block')
    expect(title).toMatch(/^Add a rule to DNS Firewall group /)
    expect(commands).toEqual([])
  })
})
