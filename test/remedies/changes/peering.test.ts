import {describe, expect, it} from 'vitest'
import {commandLine} from '../../../src/remedies/core/command-line.ts'
import {remediesFor} from '../network/apply-remedies.ts'
import {behindPeering, PCX, peering} from '../network/other-accounts.ts'

describe('a peering connection', () => {
  it.each([
    ['us-east-1', 'us-east-1'],
    ['eu-central-1', 'eu-central-1'],
    [undefined, 'us-east-1'],
  ])('with an accepter in %s is accepted, and deleted again, in Region %s', (Region, region) => {
    const waiting = peering('pending-acceptance')
    const {Region: _, ...AccepterVpcInfo} = waiting.AccepterVpcInfo
    const connection = {...waiting, AccepterVpcInfo: {...AccepterVpcInfo, ...(Region && {Region})}}
    const account = {...behindPeering('pending-acceptance'), VpcPeeringConnections: [connection]}
    const [accept] = remediesFor(account, 'pcx.not-active')[0] ?? []
    const lines = [...(accept?.steps ?? []), ...(accept?.undo ?? [])].map((step) =>
      commandLine(step, 'sh', {region: 'us-east-1'}),
    )
    const named = `--vpc-peering-connection-id ${PCX} --region ${region}`
    expect(lines).toEqual([
      `aws ec2 accept-vpc-peering-connection ${named}`,
      `aws ec2 delete-vpc-peering-connection ${named}`,
    ])
  })
})
