import {expect, it} from 'vitest'
import {untilAvailable} from '../../../src/remedies/changes/endpoints.ts'
import {createEndpointGroup} from '../../../src/remedies/changes/filters.ts'
import {createNatGateway} from '../../../src/remedies/changes/gateways.ts'
import {commandLine} from '../../../src/remedies/core/command-line.ts'
import type {Step} from '../../../src/remedies/core/remedy.ts'
import {bare, subnet, VPC} from '../../support/network.ts'
import {outputOf} from '../../support/programs.ts'

const waitsIn = (steps: readonly Step[] = []) =>
  steps.filter((step) => 'wait' in step).map((step) => commandLine(step, 'sh', {region: 'eu-west-1'}))

it('a NAT gateway is available before a route leads to it, and deleted before its address is released', () => {
  const {steps, undo} = createNatGateway(subnet(9, '10.0.9.0/24'))
  const waiting = (state: string) =>
    `aws ec2 wait nat-gateway-${state} --nat-gateway-ids "$NAT_GATEWAY" --region eu-west-1`
  expect([waitsIn(steps), waitsIn(undo)]).toEqual([[waiting('available')], [waiting('deleted')]])
})

it('an endpoint is available before its addresses are looked up', () => {
  expect(waitsIn([untilAvailable('ssm')])).toEqual([
    `n=0; until [ $n -eq 90 ] || [ "$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$SSM_ENDPOINT" --region eu-west-1 --query 'VpcEndpoints[0].State' --output text)" = 'available' ]; do sleep 10; n=$((n + 1)); done; [ $n -lt 90 ]`,
  ])
})

it('a group has no interfaces before it is deleted', () => {
  const {undo} = createEndpointGroup(bare, VPC, ['10.0.0.0/16'])
  expect(waitsIn(undo).join()).toMatch(
    /describe-network-interfaces .*"\$ENDPOINT_GROUP".* = '0' \]; do sleep 10; n=.*; done; /,
  )
})

it('what never reaches the state that is waited for ends the wait, and fails the step', () => {
  const [wait] = waitsIn([untilAvailable('ssm')])
  const waitedFor = (state: string) =>
    outputOf('sh', [
      '-c',
      `set -u; SSM_ENDPOINT=vpce-1; aws() { echo ${state}; }; sleep() { :; }; ${wait} || echo failed`,
    ])
  expect([waitedFor('failed'), waitedFor('available')]).toEqual(['failed\n', ''])
})
