import {anyOf} from './boot.ts'

/**
 * What iptables, ufw, nftables and Windows print of a firewall that blocks what no rule allows, as the commands of the
 * checklist show it.
 * https://learn.microsoft.com/powershell/module/netsecurity/get-netfirewallprofile
 */
export const OUTBOUND_BLOCKED = anyOf([
  /^-P OUTPUT (?:DROP|REJECT)\b/,
  /^Chain OUTPUT \(policy (?:DROP|REJECT)\b/,
  /^Default: .{0,40}(?:deny|reject) \(outgoing\)/,
  /\bhook output .{0,60}\bpolicy drop;/,
  /^DefaultOutboundAction\s{1,20}: Block\b/,
  /^Firewall Policy\s{1,60}\S{0,40}BlockOutbound/,
])

/** A rule that allows HTTPS, or may: one of another chain, which the output may not show. */
export const OUTBOUND_ALLOWED = anyOf([
  /^-A (?!INPUT|FORWARD)\S{1,60} .{0,200}--dports? (?:[\d:,]{0,100},)?443\b.{0,200}-j ACCEPT/,
  /^-A OUTPUT (?:-o (?!lo )\S{1,20} )?(?:-p tcp )?-j ACCEPT/,
  /^-A OUTPUT .{0,200}-j (?!ACCEPT|DROP|REJECT|LOG)\S/,
  /^(?!DROP|REJECT|LOG)\S{1,60} .{0,200}(?:dpt:|dports .{0,100})(?:443|https)\b/,
  /^(?!DROP|REJECT|LOG|target|Chain)\S{1,60}\s{1,20}(?:all|tcp|0|6)\s{1,20}--.{1,80}(?:anywhere|0\.0\.0\.0\/0)\s{1,30}(?:anywhere|0\.0\.0\.0\/0)\s{0,60}$/,
  /^(?:.{0,60}\b443\b|Anywhere\b).{0,60} ALLOW OUT\b/,
  /\bdport (?:\{[^}]{0,100})?(?:443|https)\b.{0,200}\baccept\b/,
])
