import {expect, it} from 'vitest'
import {ipv4BlocksOf, ipv6BlocksOf} from '../../src/model/blocks.ts'
import {pathTo} from '../../src/network/walk.ts'
import {instance, REGION, VPC, vpc, withHubEndpoints} from '../support/network.ts'

const inactive = (CidrBlock: string, State: 'disassociated' | 'failed') => ({CidrBlock, CidrBlockState: {State}})

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcCidrBlockState.html
it('blocks that are still listed after they were removed, or that were never added, belong to no VPC', () => {
  const own = vpc(VPC, '10.0.0.0/16', {
    CidrBlockAssociationSet: [inactive('10.8.0.0/16', 'disassociated'), inactive('10.9.0.0/16', 'failed')],
    Ipv6CidrBlockAssociationSet: [
      {Ipv6CidrBlock: '2001:db8:1::/56', Ipv6CidrBlockState: {State: 'disassociated'}},
      {Ipv6CidrBlock: '2001:db8:2::/56', Ipv6CidrBlockState: {State: 'associated'}},
    ],
  })
  expect(ipv4BlocksOf(own)).toEqual(['10.0.0.0/16'])
  expect(ipv6BlocksOf(own)).toEqual(['2001:db8:2::/56'])
})

it('an address of another network is not one of the VPC because the VPC once had its block', () => {
  const own = vpc(VPC, '10.0.0.0/16', {CidrBlockAssociationSet: [inactive('10.8.0.0/16', 'disassociated')]})
  const ofOthers = {NetworkInterfaces: [], Vpcs: [own], VpcEndpoints: []}
  const zone = {
    Id: '/hostedzone/Z0',
    Name: `ssm.${REGION}.amazonaws.com.`,
    VPCs: [{VPCId: VPC}],
    ResourceRecordSets: [{Name: `ssm.${REGION}.amazonaws.com.`, Type: 'A', ResourceRecords: [{Value: '10.8.6.20'}]}],
  }
  const path = pathTo({...withHubEndpoints, ...ofOthers, HostedZones: [zone]}, instance(), {
    service: 'ssm',
    host: `ssm.${REGION}.amazonaws.com`,
    port: 443,
  })
  expect(path.hops.flatMap(({fault}) => fault?.cause ?? [])).not.toContain('dns.phz-shadow')
  expect(path.verdict).toBe('unknown')
})
