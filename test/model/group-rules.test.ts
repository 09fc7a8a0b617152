import {describe, expect, it} from 'vitest'
import {peerProperty, ruleKey, ruleOf, singleRules, withoutRules} from '../../src/model/group-rules.ts'

const https = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443}
const ten = {...https, IpRanges: [{CidrIp: '10.0.0.0/8'}]}
const web = {...https, UserIdGroupPairs: [{GroupId: 'sg-0a'}]}

describe('a rule of a security group', () => {
  it.each([
    ['6', {protocol: '6', from: 443, to: 443}, https],
    ['TCP', {protocol: 'TCP', from: 443, to: 443}, https],
    ['all, which has no ports', {protocol: 'all', from: 0, to: 65_535}, {IpProtocol: '-1'}],
    ['none, which means all', {protocol: undefined, from: undefined, to: undefined}, {IpProtocol: '-1'}],
    ['icmp, with a type', {protocol: '1', from: 8, to: -1}, {IpProtocol: 'icmp', FromPort: 8, ToPort: -1}],
  ])('with protocol %s is written as EC2 writes it', (_, ports, expected) => {
    expect(ruleOf(ports, {CidrIp: '10.0.0.0/8'})).toEqual([{...expected, IpRanges: [{CidrIp: '10.0.0.0/8'}]}])
  })

  it('is not one without a peer', () => {
    expect(ruleOf({protocol: 'tcp', from: 443, to: 443}, {CidrIp: undefined})).toEqual([])
  })

  it('is one of several in a permission with several peers, whose other fields it keeps', () => {
    const described = {CidrIp: '10.0.0.0/8', Description: 'office'}
    expect(singleRules({...web, IpRanges: [described, {CidrIp: '192.0.2.0/24'}]})).toEqual([
      {...https, IpRanges: [described]},
      {...https, IpRanges: [{CidrIp: '192.0.2.0/24'}]},
      web,
    ])
  })

  it('is the same whatever its protocol is called, its description, and the ports of all protocols', () => {
    const named = {...ten, IpProtocol: '6', IpRanges: [{CidrIp: '10.0.0.0/8', Description: 'office'}]}
    expect(ruleKey(named)).toBe(ruleKey(ten))
    const all = {IpProtocol: '-1', UserIdGroupPairs: [{GroupId: 'sg-0a'}]}
    expect(ruleKey({...all, FromPort: -1, ToPort: -1})).toBe(ruleKey(all))
  })

  it.each([
    ['another port', {...ten, ToPort: 444}],
    ['another protocol', {...ten, IpProtocol: 'udp'}],
    ['another peer', web],
  ])('is another one with %s', (_, rule) => expect(ruleKey(rule)).not.toBe(ruleKey(ten)))

  it('is removed alone: the other peers of its permission stay', () => {
    const both = {...web, IpRanges: [{CidrIp: '10.0.0.0/8'}]}
    expect(withoutRules([both], [ten])).toEqual([web])
    expect(withoutRules([ten], [ten])).toEqual([])
  })

  it('has a peer for which CloudFormation has a name in each direction', () => {
    expect(peerProperty('Ingress', 'GroupId')).toBe('SourceSecurityGroupId')
    expect(peerProperty('Egress', 'PrefixListId')).toBe('DestinationPrefixListId')
    expect(peerProperty('Egress', 'CidrIp')).toBe('CidrIp')
  })
})
