import {isUnreadable} from '../../model/account.ts'
import {withItems} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {answer} from '../core/remedy.ts'

/**
 * A rule of a DNS Firewall group that allows names before the rule that blocks them.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-groups-working.html
 */
export function allowDomains(FirewallRuleGroupId: string, Priority: number, domains: readonly string[]): Change {
  const Name = 'ssm-doctor-allow-systems-manager'
  const FirewallDomainListId = answer('DOMAIN_LIST')
  const reference = modelId('rslvr-fdl', FirewallRuleGroupId, ...domains)
  return {
    steps: [
      {
        service: 'route53resolver',
        operation: 'CreateFirewallDomainList',
        input: {CreatorRequestId: reference, Name},
        save: {as: 'DOMAIN_LIST', query: 'FirewallDomainList.Id'},
      },
      {
        service: 'route53resolver',
        operation: 'UpdateFirewallDomains',
        input: {FirewallDomainListId, Operation: 'ADD', Domains: domains},
      },
      {
        service: 'route53resolver',
        operation: 'CreateFirewallRule',
        input: {
          CreatorRequestId: reference,
          FirewallRuleGroupId,
          FirewallDomainListId,
          Priority,
          Action: 'ALLOW',
          Name,
        },
      },
    ],
    undo: [
      {
        service: 'route53resolver',
        operation: 'DeleteFirewallRule',
        input: {FirewallRuleGroupId, FirewallDomainListId},
      },
      {service: 'route53resolver', operation: 'DeleteFirewallDomainList', input: {FirewallDomainListId}},
    ],
    apply: (account) =>
      withItems(account, 'FirewallRuleGroupAssociations', (associations) =>
        associations.map((association) =>
          association.FirewallRuleGroupId !== FirewallRuleGroupId || isUnreadable(association.FirewallRules)
            ? association
            : {
                ...association,
                FirewallRules: [
                  ...association.FirewallRules,
                  {Name, Priority, Action: 'ALLOW', FirewallDomainListId: reference, Domains: domains},
                ],
              },
        ),
      ),
  }
}
