import {describe, expect, it} from 'vitest'
import {kinds, log} from './log-lines.ts'

const CHAIN = 'Chain OUTPUT (policy DROP)'
const NFTABLES = '\t\ttype filter hook output priority filter; policy drop;'
const UFW = 'Default: deny (incoming), deny (outgoing), disabled (routed)'

describe('a firewall blocks outbound connections', () => {
  it.each([
    ['-P INPUT ACCEPT', '-P OUTPUT DROP', '-A OUTPUT -o lo -j ACCEPT', '-A OUTPUT -p tcp -m tcp --dport 22 -j ACCEPT'],
    ['-P OUTPUT DROP', '-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', '-A OUTPUT -p udp -j ACCEPT'],
    ['Chain INPUT (policy ACCEPT)', 'ACCEPT  tcp -- anywhere anywhere tcp dpt:https', CHAIN],
    [CHAIN, ' 0     0 ACCEPT     all  --  *      lo      0.0.0.0/0            0.0.0.0/0'],
    [CHAIN, 'ACCEPT     all  --  anywhere             anywhere             ctstate RELATED,ESTABLISHED'],
    [NFTABLES, '\t\tct state established,related accept', '\t\toifname "lo" accept', '\t\tudp dport 53 accept'],
    [UFW, '53                         ALLOW OUT   Anywhere'],
    ['-P OUTPUT DROP', '-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT', '-A OUTPUT -j LOG'],
    [CHAIN, 'target     prot opt source               destination', 'ACCEPT  tcp -- anywhere anywhere tcp dpt:domain'],
    [CHAIN, 'DROP       tcp  --  anywhere             anywhere             tcp dpt:https'],
    [NFTABLES, '\t\ttcp dport 22 accept'],
    [UFW, '22/tcp                     ALLOW IN    Anywhere'],
    ['DefaultOutboundAction           : Block'],
    ['Firewall Policy                       BlockInbound,BlockOutbound'],
  ])('%s', (...lines) => expect(kinds(...lines)).toEqual(['outbound-blocked']))
})

it.each([
  ['DefaultOutboundAction           : Block', true],
  ['Firewall Policy                       BlockInbound,BlockOutbound', true],
  [`${NFTABLES} comment "Outbound"`, undefined],
])('that it is of a profile, which may not be the active one, is said of Windows alone: %s', (line, isOfProfile) =>
  expect(log(line)[0]?.isOfProfile).toBe(isOfProfile),
)

describe('a firewall allows HTTPS, or may', () => {
  it.each([
    ['-P OUTPUT DROP', '-A OUTPUT -p tcp -m multiport --dports 80,443 -j ACCEPT'],
    ['-P OUTPUT DROP', '-A OUTPUT -j ACCEPT'],
    ['-P OUTPUT DROP', '-A OUTPUT -j ufw-before-output'],
    ['-P OUTPUT DROP', '-A OUTPUT -m owner --uid-owner 0 -j ACCEPT'],
    ['-P OUTPUT DROP', '-A OUTPUT -d 10.0.0.0/16 -j ACCEPT'],
    ['-P OUTPUT DROP', '-A OUTPUT -m state --state NEW,ESTABLISHED -j ACCEPT'],
    ['-P OUTPUT DROP', '-A OUTPUT -p tcp -m tcp --dport 1:1024 -j ACCEPT'],
    [CHAIN, 'ACCEPT     tcp  --  anywhere             anywhere             tcp dpt:https'],
    [CHAIN, ' 0     0 ACCEPT     tcp  --  *      ens5    0.0.0.0/0            0.0.0.0/0'],
    [CHAIN, 'OUT-WEB    all  --  anywhere             anywhere'],
    [NFTABLES, '\t\toifname "ens5" accept'],
    [NFTABLES, '\t\tcounter packets 1 bytes 1 jump out-allow'],
    [UFW, '10.0.0.0/16                ALLOW OUT   Anywhere'],
    [CHAIN, 'ACCEPT     all  --  0.0.0.0/0            0.0.0.0/0'],
    [NFTABLES, '\t\ttcp dport { 80, 443 } accept'],
    [UFW, '443/tcp                    ALLOW OUT   Anywhere'],
    ['-P OUTPUT ACCEPT', 'Chain OUTPUT (policy ACCEPT)', 'Default: deny (incoming), allow (outgoing)'],
    ['-P OUTPUT DROP', '$ sudo iptables -P OUTPUT ACCEPT', '$ sudo iptables -S OUTPUT', '-P OUTPUT ACCEPT'],
    [CHAIN, 'Chain OUTPUT (policy ACCEPT 12 packets, 900 bytes)'],
    [NFTABLES, '\t\ttype filter hook output priority filter; policy accept;'],
    [UFW, 'Default: deny (incoming), allow (outgoing), disabled (routed)'],
    [UFW, '$ sudo ufw status verbose', 'Status: inactive'],
  ])('%s', (...lines) => expect(kinds(...lines)).toEqual([]))
})

describe('IPv6 and tables that do not filter', () => {
  const V4 = ['table ip filter {', NFTABLES]
  const V6 = ['# Warning: table ip6 filter is managed by iptables-nft, do not touch!', 'table ip6 filter {', NFTABLES]
  const OPEN = '\t\ttype filter hook output priority filter; policy accept;'
  const NAT = ['Chain PREROUTING (policy ACCEPT)', 'Chain OUTPUT (policy ACCEPT)']

  it.each([
    ['$ sudo ip6tables -S OUTPUT', '-P OUTPUT DROP'],
    ['$ sudo iptables -S OUTPUT', '-P OUTPUT ACCEPT', '$ sudo ip6tables -S OUTPUT', '-P OUTPUT DROP'],
    V6,
    ['table ip filter {', OPEN, '}', ...V6],
    ['$ sudo iptables -t mangle -S', '-P OUTPUT DROP'],
  ])('block no connection of the agent: %s', (...lines) => expect(kinds(...lines)).toEqual([]))

  it.each([
    [...V4, '}', 'table ip6 filter {', OPEN],
    [...V6, '}', ...V4],
    ['$ sudo ip6tables -S OUTPUT', '-P OUTPUT ACCEPT', '$ sudo iptables -S OUTPUT', '-P OUTPUT DROP'],
    ['-P OUTPUT DROP', '$ sudo iptables -t nat -S', '-P OUTPUT ACCEPT'],
    [CHAIN, ...NAT],
  ])('allow none: %s', (...lines) => expect(kinds(...lines)).toEqual(['outbound-blocked']))
})
