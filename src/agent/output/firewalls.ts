import {anyOf} from './boot.ts'

/**
 * What iptables, ufw and nftables print of a firewall that blocks what no rule allows, as the commands of the checklist
 * show it.
 */
export const OUTBOUND_BLOCKED = anyOf([
  /^-P OUTPUT (?:DROP|REJECT)\b/,
  /^Chain OUTPUT \(policy (?:DROP|REJECT)\b/,
  /^Default: .{0,40}(?:deny|reject) \(outgoing\)/,
  /\bhook output .{0,60}\bpolicy drop;/,
])

/**
 * What Windows shows of each of its profiles, of which one is active.
 * https://learn.microsoft.com/powershell/module/netsecurity/get-netfirewallprofile
 */
export const OUTBOUND_BLOCKED_BY_PROFILE = anyOf([
  /^DefaultOutboundAction\s{1,20}: Block\b/,
  /^Firewall Policy\s{1,60}\S{0,40}BlockOutbound/,
])

/**
 * A policy that allows what no rule blocks, which a later listing shows once it was changed, or a firewall that was
 * disabled; and a rule that allows HTTPS, or may: one of another chain, which the output may not show, or for some addresses or users.
 * Rules for the loopback interface, other protocols or ports and replies do not.
 */
export const OUTBOUND_ALLOWED = anyOf([
  /^-P OUTPUT ACCEPT\b/,
  /^Chain OUTPUT \(policy ACCEPT\b/,
  /^Default: .{0,40}allow \(outgoing\)/,
  /^Status: inactive$/,
  /\bfilter hook output priority (?:filter|0); policy accept;/,
  /^-A (?!INPUT|FORWARD|.{0,200}(?: -o lo | -p (?:udp|icmp|ipv6-icmp) | --sports? |--(?:ct)?state (?!\S{0,60}NEW)| --dports? (?!(?:\S{0,100},)?443\b|\S{0,100}:))).{0,300} -j ACCEPT/,
  /^-A OUTPUT .{0,300} ?-j (?!ACCEPT|DROP|REJECT|LOG)\S/,
  /^(?:\s{0,10}\S{1,8}\s{1,10}\S{1,8}\s{1,10})?(?!DROP|REJECT|LOG|target|Chain)[A-Za-z]\S{1,60}\s{1,20}(?:all|tcp|0|6)\s{1,20}--(?!.{0,200}(?:\slo\s| spts?:|state (?!\S{0,60}NEW)[A-Z]| dpt:(?!443\b|https\b)|dports (?!\S{0,100}(?:443|https|:))))/,
  /^(?!(?!443\b)\d{1,5}(?:,(?!443\b)\d{1,5}){0,20}(?:\/\w{3})?\s).{0,80}\sALLOW OUT\b/,
  /^\s{1,40}(?!.{0,300}(?: hook |\blo\b|\budp\b|icmp|\bsport\b|ct state (?!\S{0,60}new)|\bdport (?!\{[^}]{0,100}(?:443|https)|443\b|https\b|\S{0,40}[-@]))).{0,300}\b(?:accept|jump|goto)\b/,
])

/** Where iptables and nftables begin to show rules for IPv6, or another table than the one that filters. */
const OF_OTHER_TABLE =
  /^table (?!ip |inet )|^(?!-).{0,200}\b(?:ip6tables\b|iptables\b.{0,100} (?:-t|--table)[ =]?(?!filter\b))|^(?:-P|Chain) PREROUTING\b/
const OF_FILTER = /^table |^(?!-).{0,200}\b(?:iptables|nft|ufw)\b/

/** Without what concerns no connection of the agent, which are over IPv4: IPv6 is often blocked where it is not used. */
export function withoutOtherTables(lines: readonly string[]): readonly string[] {
  let isOther = false
  return lines.filter((line) => {
    if (OF_OTHER_TABLE.test(line)) isOther = true
    else if (OF_FILTER.test(line)) isOther = false
    return !(isOther && (OUTBOUND_BLOCKED.test(line) || OUTBOUND_ALLOWED.test(line)))
  })
}
