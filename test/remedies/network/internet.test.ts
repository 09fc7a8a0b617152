import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {behindNat, IGW, INSTANCE, local, table, to, VPC} from '../../support/network.ts'

type Mode = 'block-ingress' | 'block-bidirectional'

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

describe('an exclusion from VPC Block Public Access', () => {
  const direct: Account = {
    ...behindNat,
    Instances: itemsOf(behindNat.Instances).map((one) => ({
      ...one,
      NetworkInterfaces: one.NetworkInterfaces.map((eni) => ({...eni, Association: {PublicIp: '203.0.113.7'}})),
    })),
    RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW})])],
  }
  const blocked = (account: Account, modeOfVpc: Mode, mode: Mode, options = {}): Account => ({
    ...account,
    VpcBlockPublicAccessOptions: [{InternetGatewayBlockMode: modeOfVpc, ...options}],
    Vpcs: itemsOf(account.Vpcs).map((one) => ({
      ...one,
      BlockPublicAccessStates: {InternetGatewayBlockMode: modeOfVpc},
    })),
    Subnets: itemsOf(account.Subnets).map((one) => ({
      ...one,
      OwnerId: '111122223333',
      BlockPublicAccessStates: {InternetGatewayBlockMode: mode},
    })),
  })
  const choicesOf = (account: Account) =>
    examine(account, INSTANCE).checklist.flatMap((step) => [step, ...step.alternatives])

  it('that allows egress is changed where both directions are needed, by its id, which only AWS lists', () => {
    const [fix] = choicesOf(blocked(direct, 'block-bidirectional', 'block-ingress'))
    expect(fix?.title).toMatch(
      /^Change the exclusion of subnet-\w+ from VPC Block Public Access to allow-bidirectional$/,
    )
    expect(fix?.commands).toEqual([
      expect.stringMatching(
        /^EXCLUSION=\$\(aws ec2 describe-vpc-block-public-access-exclusions .*Name=resource-arn,Values=\[arn:aws:ec2:\S+:111122223333:subnet\/subnet-\w+\]/,
      ),
      expect.stringContaining('modify-vpc-block-public-access-exclusion --exclusion-id "$EXCLUSION"'),
    ])
  })

  it('is an alternative to endpoints under a declarative policy that allows exclusions, and none under one that does not', () => {
    const titlesUnder = (ExclusionsAllowed: string) =>
      choicesOf(
        blocked(behindNat, 'block-bidirectional', 'block-bidirectional', {
          ManagedBy: 'declarative-policy',
          ExclusionsAllowed,
        }),
      ).map(({title}) => title)
    const exclusion = expect.stringMatching(/^Exclude subnet-\w+ from VPC Block Public Access \(allow-egress\)$/)
    expect(titlesUnder('allowed')).toEqual([expect.stringMatching(/^Create interface endpoints/), exclusion])
    expect(titlesUnder('not-allowed')).not.toContainEqual(exclusion)
  })
})
