import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import type {Account} from '../../../src/model/account.ts'
import {behindNat, IGW, INSTANCE, VPC} from '../../support/network.ts'

const withAttachment = (State: 'attaching' | 'detaching'): Account => ({
  ...behindNat,
  InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: VPC, State}]}],
})
const stepsFor = (account: Account) => {
  const {causes, checklist} = examine(account, INSTANCE)
  expect(causes.filter(({severity}) => severity === 'blocks')).toMatchObject([{id: 'igw.detached', resource: IGW}])
  return checklist.flatMap(({title, alternatives}) => [title, ...alternatives.map((one) => one.title)])
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html
describe('an internet gateway that is neither attached nor detached', () => {
  it('is attached again, and never replaced by itself', () => {
    const steps = stepsFor(withAttachment('detaching'))
    expect(steps[0]).toBe(`Attach internet gateway ${IGW} to VPC ${VPC}`)
    expect(steps).not.toContainEqual(expect.stringContaining('Change the routes'))
  })
  it('is attached in a moment', () => {
    expect(stepsFor(withAttachment('attaching'))).toContain(`Wait until internet gateway ${IGW} is available`)
  })
})
