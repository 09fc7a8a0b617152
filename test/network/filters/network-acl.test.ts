import {describe, expect, it} from 'vitest'
import type {NetworkAclEntry} from '../../../src/model/account.ts'
import {cidrRanges} from '../../../src/network/address.ts'
import {evaluateAcl, portsByCell} from '../../../src/network/filters/network-acl.ts'
import {entry} from '../../support/network.ts'

const PEER = cidrRanges(4, ['10.0.0.0/24'])
const EPHEMERAL = {addresses: PEER, ports: [[32768, 61000]]} as const
const HTTPS = {addresses: PEER, ports: [[443, 444]]} as const

const out = (entries: readonly NetworkAclEntry[], traffic: Parameters<typeof evaluateAcl>[3] = HTTPS) =>
  evaluateAcl(entries, true, 4, traffic)

describe('a network ACL', () => {
  // https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
  it('is evaluated by rule number, whatever the order of its rules', () => {
    expect(out([entry(200, true, 'deny'), entry(100, true, 'allow')])).toEqual({
      allowed: [HTTPS],
      deniedBy: [],
    })
    expect(out([entry(200, true, 'allow'), entry(100, true, 'deny')])).toEqual({
      allowed: [],
      deniedBy: [100],
    })
  })

  it('denies what no rule matches', () => {
    expect(out([]).allowed).toEqual([])
    expect(out([entry(100, true, 'allow', '10.1.0.0/16')])).toEqual({allowed: [], deniedBy: []})
    expect(out([entry(100, true, 'allow', '0.0.0.0/0', [80, 442])]).allowed).toEqual([])
  })

  it('has separate rules for each direction', () => {
    expect(out([entry(100, false, 'allow')]).allowed).toEqual([])
    expect(evaluateAcl([entry(100, false, 'allow')], false, 4, HTTPS).allowed).toEqual([HTTPS])
  })

  it('has separate rules for each family', () => {
    const v6: NetworkAclEntry = {
      RuleNumber: 100,
      Egress: true,
      RuleAction: 'allow',
      Protocol: '-1',
      Ipv6CidrBlock: '::/0',
    }
    const traffic = {addresses: cidrRanges(6, ['2001:db8::/64']), ports: [[443, 444]]} as const
    expect(evaluateAcl([v6], true, 6, traffic).allowed).toEqual([traffic])
    expect(evaluateAcl([entry(100, true, 'allow')], true, 6, traffic).allowed).toEqual([])
    expect(out([v6]).allowed).toEqual([])
  })

  it('skips a rule for UDP or ICMP', () => {
    const udp: NetworkAclEntry = {...entry(100, true, 'deny'), Protocol: '17'}
    const icmp: NetworkAclEntry = {...entry(110, true, 'deny'), Protocol: '1'}
    expect(out([udp, icmp, entry(200, true, 'allow')])).toEqual({allowed: [HTTPS], deniedBy: []})
  })

  it('applies a rule for all protocols to all ports, whatever ports it names', () => {
    const all: NetworkAclEntry = {...entry(100, true, 'allow', '0.0.0.0/0', [22, 22]), Protocol: '-1'}
    expect(out([all]).allowed).toEqual([HTTPS])
  })

  it('applies a TCP rule without ports to all ports, and a range without an end to the last one', () => {
    const tcp = {...entry(100, true, 'allow'), Protocol: '6'}
    expect(out([tcp], {addresses: PEER, ports: [[0, 65536]]}).allowed).toEqual([{addresses: PEER, ports: [[0, 65536]]}])
    expect(out([{...tcp, PortRange: {From: 443}}], {addresses: PEER, ports: [[442, 65536]]}).allowed).toEqual([
      {addresses: PEER, ports: [[443, 65536]]},
    ])
    expect(out([{...tcp, PortRange: {To: 443}}], {addresses: PEER, ports: [[0, 445]]}).allowed).toEqual([
      {addresses: PEER, ports: [[0, 444]]},
    ])
  })

  it('allows the last port of a range, but not the next one', () => {
    expect(out([entry(100, true, 'allow', '0.0.0.0/0', [1024, 40000])], EPHEMERAL).allowed).toEqual([
      {addresses: PEER, ports: [[32768, 40001]]},
    ])
  })

  it('continues with the addresses and ports that a rule does not match', () => {
    const entries = [
      entry(100, true, 'deny', '10.0.0.0/25', [40000, 49999]),
      entry(200, true, 'allow', '10.0.0.0/24', [32768, 60999]),
    ]
    expect(out(entries, EPHEMERAL)).toEqual({
      allowed: [
        {addresses: cidrRanges(4, ['10.0.0.128/25']), ports: [[32768, 61000]]},
        {
          addresses: cidrRanges(4, ['10.0.0.0/25']),
          ports: [
            [32768, 40000],
            [50000, 61000],
          ],
        },
      ],
      deniedBy: [100],
    })
  })

  it('names only the rules that denied something', () => {
    const entries = [entry(100, true, 'allow'), entry(200, true, 'deny'), entry(32767, true, 'deny')]
    expect(out(entries)).toEqual({allowed: [HTTPS], deniedBy: []})
  })
})

describe('the addresses split by traffic sets', () => {
  it('each have the ports of all sets that contain them', () => {
    const low = cidrRanges(4, ['10.0.0.0/25'])
    const high = cidrRanges(4, ['10.0.0.128/25'])
    const boxes = [
      {addresses: PEER, ports: [[443, 444]]},
      {addresses: high, ports: [[80, 81]]},
    ] as const
    expect(portsByCell(boxes, PEER)).toEqual([
      {
        addresses: high,
        ports: [
          [80, 81],
          [443, 444],
        ],
      },
      {addresses: low, ports: [[443, 444]]},
    ])
  })

  it('have no ports if no set contains them', () => {
    expect(portsByCell([], PEER)).toEqual([{addresses: PEER, ports: []}])
    expect(portsByCell([{addresses: cidrRanges(4, ['10.0.0.0/25']), ports: [[443, 444]]}], PEER)).toEqual([
      {addresses: cidrRanges(4, ['10.0.0.0/25']), ports: [[443, 444]]},
      {addresses: cidrRanges(4, ['10.0.0.128/25']), ports: []},
    ])
  })
})
