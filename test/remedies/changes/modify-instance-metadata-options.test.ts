import {expect, it} from 'vitest'
import {
  allowMetadataWithoutToken,
  enableMetadataService,
  raiseHopLimit,
} from '../../../src/remedies/changes/modify-instance-metadata-options.ts'
import {healthyAccount, ID, web} from '../../agent/fixtures.ts'

const off = {
  ...web,
  MetadataOptions: {HttpEndpoint: 'disabled' as const, HttpTokens: 'required' as const, HttpPutResponseHopLimit: 1},
}

it('changes one option, keeps the others, and restores the earlier value', () => {
  const remedy = enableMetadataService(off)
  const call = {service: 'ec2', operation: 'ModifyInstanceMetadataOptions'}
  expect(remedy.steps).toEqual([{...call, input: {InstanceId: ID, HttpEndpoint: 'enabled'}}])
  expect(remedy.undo).toEqual([{...call, input: {InstanceId: ID, HttpEndpoint: 'disabled'}}])
  expect(remedy.apply?.({...healthyAccount, Instances: [off]}).Instances).toMatchObject([
    {MetadataOptions: {State: 'applied', HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1}},
  ])
})

it.each([
  [allowMetadataWithoutToken(off), {HttpTokens: 'optional'}],
  [raiseHopLimit(off), {HttpPutResponseHopLimit: 2}],
])('%o', (remedy, options) => {
  expect(remedy.apply?.({...healthyAccount, Instances: [off]}).Instances).toMatchObject([{MetadataOptions: options}])
})

it('does not change other instances', () => {
  const other = {...off, InstanceId: 'i-0a1b2c3d4e5f60099'}
  expect(enableMetadataService(off).apply?.({...healthyAccount, Instances: [other]}).Instances).toEqual([other])
})
