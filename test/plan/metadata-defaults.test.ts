import {expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {SUBNET, WEB, WEB_GROUP} from '../support/healthy.ts'
import {applied, ref, report, totals} from './odd-plan.ts'
import {type Change, planOf} from './plans.ts'

const defaults = (http_endpoint: string) => ({
  address: 'aws_ec2_instance_metadata_defaults.all',
  actions: ['create'],
  after: {http_endpoint, http_tokens: 'required'},
})

const launched = (more: object = {}) => ({
  address: 'aws_instance.new',
  actions: ['create'],
  after: {subnet_id: SUBNET, vpc_security_group_ids: [WEB_GROUP], iam_instance_profile: 'web', ...more},
  expressions: {subnet_id: {}, vpc_security_group_ids: {}, iam_instance_profile: {}},
})

const disabledIn = (...changes: readonly Change[]) =>
  report(planOf(...changes)).instances.map(({causes}) => causes.some(({id}) => id === 'imds.disabled'))

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
it('the metadata options of an account apply to what the plan launches without its own', () => {
  expect(disabledIn(defaults('disabled'), launched())).toEqual([true])
  const own = launched({metadata_options: [{http_endpoint: 'enabled'}]})
  expect(disabledIn(defaults('disabled'), own)).toEqual([false])
  expect(disabledIn(defaults('no-preference'), launched())).toEqual([false])
})

it('the metadata options of an account apply to groups whose launch template sets none', () => {
  const template = {
    address: 'aws_launch_template.web',
    actions: ['create'],
    after: {name: 'web', vpc_security_group_ids: [WEB_GROUP], iam_instance_profile: [{name: 'web'}]},
    unknown: {id: true},
  }
  const group = {
    address: 'aws_autoscaling_group.web',
    actions: ['create'],
    after: {name: 'web', vpc_zone_identifier: [SUBNET], launch_template: [{version: '$Latest'}]},
    unknown: {launch_template: [{id: true}]},
    expressions: {launch_template: [{id: ref('aws_launch_template.web.id', 'aws_launch_template.web')}]},
  }
  expect(disabledIn(defaults('disabled'), template, group)).toEqual([true])
})

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
it('the hop limit of an account applies to what the plan launches, and -1 is no preference', () => {
  const limitWith = (http_put_response_hop_limit: number) => {
    const plan = planOf({...defaults(''), after: {http_put_response_hop_limit}}, launched())
    const made = itemsOf(applied(plan).Instances).find(({InstanceId}) => InstanceId === 'i-aws_instance.new')
    return made?.MetadataOptions?.HttpPutResponseHopLimit
  }
  expect([3, -1].map(limitWith)).toEqual([3, limitWith(2)])
})

it('the metadata options of an account do not apply to instances that exist', () => {
  const existing = {id: WEB, subnet_id: SUBNET, vpc_security_group_ids: [WEB_GROUP], iam_instance_profile: 'web'}
  const tagged = {address: 'aws_instance.web', actions: ['update'], before: existing, after: existing}
  expect(totals(planOf(defaults('disabled'), tagged))).toMatchObject({lost: 0, unchanged: 1})
})
