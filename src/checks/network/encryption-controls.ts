import {vpcGuide} from '../../model/documentation.ts'
import {find} from '../../model/lists.ts'
import {advises, defineCheck, statedFinding} from '../check.ts'

/**
 * Monitor mode never blocks. Enforce mode denies gateways that it does not exclude, so it appears as a path that is
 * missing. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
 */
export const encryptionControls = defineCheck({
  id: 'encryption-controls',
  title: 'VPC encryption controls',
  why: 'In enforce mode, a VPC can have an internet gateway, a NAT gateway or a peering connection only as an exclusion of the control.',
  causes: {
    'enc.enforce': advises('VPC encryption controls in enforce mode', vpcGuide('vpc-encryption-controls')),
  },
  dependsOn: ['path'],
  requiredKinds: ['Vpcs'],
  run: ({Vpcs}, {VpcId}, paths) => {
    const control = find(Vpcs, 'VpcId', VpcId)?.EncryptionControl
    if (VpcId === undefined || control?.Mode !== 'enforce') return [{skip: 'The VPC does not enforce encryption.'}]
    if (paths.find(({service}) => service === 'ssm')?.verdict === 'open')
      return [{fact: `VPC ${VpcId} enforces encryption, and the path to Systems Manager is open.`}]
    const fact = `VPC ${VpcId} enforces encryption, so it can only have gateways that are excluded from the control.`
    const advice = 'Review the exclusions before adding a NAT or internet gateway.'
    return [statedFinding({cause: 'enc.enforce', resource: VpcId}, fact, 'ec2:DescribeVpcs', advice)]
  },
})
