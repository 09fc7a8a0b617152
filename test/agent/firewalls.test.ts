import {describe, expect, it} from 'vitest'
import {kinds} from './log-lines.ts'

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
  ])('%s', (...lines) => expect(kinds(...lines)).toEqual([]))
})
