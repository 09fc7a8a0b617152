import {expect, it} from 'vitest'
import {metadataService} from '../../../src/checks/node/metadata-service.ts'
import {ID, online, web} from '../../agent/fixtures.ts'
import {causesAfterRemedy, causesOf, findingsOf} from '../examine.ts'

const withOptions = (change: object) => ({...web, MetadataOptions: {...web.MetadataOptions, ...change}})
const agent = (AgentVersion: string) => ({InstanceInformationList: [{...online, AgentVersion}]})
const image = (Name: string) => ({InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name}}]})

it('passes with the defaults, explicit or omitted', () => {
  const {MetadataOptions: _, ...untold} = web
  expect(causesOf(metadataService)).toEqual([])
  expect(causesOf(metadataService, {}, untold)).toEqual([])
})

it('fails for a disabled metadata service, which enabling it fixes', () => {
  const off = withOptions({HttpEndpoint: 'disabled'})
  expect(causesOf(metadataService, {}, off)).toEqual(['imds.disabled'])
  expect(causesAfterRemedy(metadataService, {}, off)).toEqual([])
})

it.each([
  ['2.3.813.9', ['imds.token-required-old-agent']],
  ['2.3.814.0', []],
])('knows whether agent %s uses IMDSv2 tokens', (version, causes) => {
  expect(causesOf(metadataService, agent(version))).toEqual(causes)
})

it('is unknown for the version of an agent that never registered', () => {
  expect(causesOf(metadataService, {InstanceInformationList: []})).toEqual([])
})

it('fixes an old agent by updating it while it is online, otherwise by making tokens optional', () => {
  expect(causesAfterRemedy(metadataService, agent('2.3.10.0'))).toEqual([])
  const silent = {
    InstanceInformationList: [{...online, PingStatus: 'ConnectionLost' as const, AgentVersion: '2.3.10.0'}],
  }
  expect(findingsOf(metadataService, silent)[0]?.remedies?.[0]?.title).toContain('Make metadata tokens optional')
  expect(causesAfterRemedy(metadataService, silent)).toEqual([])
})

it('gives advice on a hop limit of 1 only where containers run', () => {
  const near = withOptions({HttpPutResponseHopLimit: 1})
  const absent = {InstanceInformationList: []}
  const eks = image('amazon-eks-node-al2023-x86_64-standard-1.33-v20260101')
  expect(causesOf(metadataService, absent, near)).toEqual([])
  expect(findingsOf(metadataService, {...eks, ...absent}, near)).toMatchObject([
    {cause: 'imds.hop-limit', certainty: 'possible'},
  ])
  // The agent reaches the metadata service: it is online, or on the network of the host.
  expect(causesOf(metadataService, eks, near)).toEqual([])
  expect(causesOf(metadataService, {...image('bottlerocket-aws-ecs-2-x86_64-v1.20.0'), ...absent}, near)).toEqual([])
  expect(metadataService.causes['imds.hop-limit']?.severity).toBe('advises')
})

it('waits for options that are still being applied', () => {
  expect(causesOf(metadataService, {}, withOptions({State: 'pending'}))).toEqual(['imds.pending'])
})

it('believes an agent that never registered: its version, or the call without a token', () => {
  const absent = {InstanceInformationList: []}
  const started = {kind: 'agent-started', version: '2.3.680.0', source: 'errors.log', line: 'v2.3.680.0'} as const
  const denied = {kind: 'metadata-token', source: 'errors.log', line: 'status code: 401'} as const
  expect(causesOf(metadataService, absent, web, [], [started])).toEqual(['imds.token-required-old-agent'])
  expect(causesOf(metadataService, absent, web, [], [denied])).toEqual(['imds.token-required-old-agent'])
  expect(causesOf(metadataService, {}, web, [], [denied])).toEqual([])
  expect(causesOf(metadataService, absent, withOptions({HttpTokens: 'optional'}), [], [denied])).toEqual([])
})
