import {expect, it} from 'vitest'
import {isAgentPreinstalled} from '../../src/agent/image.ts'
import {ID, web} from './fixtures.ts'

it.each([
  ['al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', '137112412989', 'yes'],
  ['al2023-ami-minimal-2023.9.20251014.0-kernel-6.1-x86_64', '137112412989', 'no'],
  ['amzn2-ami-kernel-5.10-hvm-2.0.20260101.0-x86_64-gp2', '137112412989', 'yes'],
  ['amzn2-ami-ecs-hvm-2.0.20260101-x86_64-ebs', '591542846629', 'yes'],
  ['amazon-eks-node-al2023-x86_64-standard-1.33-v20260101', '602401143452', 'yes'],
  ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260101', '099720109477', 'yes'],
  ['ubuntu-minimal/images/hvm-ssd/ubuntu-noble-24.04-amd64-minimal-20260101', '099720109477', 'unknown'],
  ['Windows_Server-2025-English-Full-Base-2026.10.14', '801119661308', 'yes'],
  ['Windows_Server-2012-R2_RTM-English-64Bit-Base-2023.10.11', '801119661308', 'yes'],
  ['Windows_Server-2016-English-Nano-Base-2018.01.12', '801119661308', 'no'],
  ['TPM-Windows_Server-2022-English-Full-Base-2026.10.14', '801119661308', 'yes'],
  ['EC2LaunchV2-Windows_Server-2019-English-Full-Base-2026.10.14', '801119661308', 'yes'],
  ['al2023-ami-ecs-neuron-hvm-2023.0.20261101-kernel-6.1-x86_64-ebs', '591542846629', 'yes'],
  ['suse-sles-15-sp6-v20260101-hvm-ssd-x86_64', '013907871322', 'yes'],
  ['suse-sles-15-sp2-v20220101-hvm-ssd-x86_64', '013907871322', 'unknown'],
  ['bottlerocket-aws-k8s-1.33-x86_64-v1.48.0-0123abcd', 'amazon', 'yes'],
  ['RHEL-9.6.0_HVM-20260101-x86_64-0-Hourly2-GP3', '309956199498', 'no'],
  ['debian-12-amd64-20260914-2230', '136693071363', 'no'],
  ['al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', '111122223333', 'unknown'],
  ['golden-image-7', '111122223333', 'unknown'],
])('%s of %s: %s', (Name, OwnerId, carries) => {
  expect(isAgentPreinstalled({InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name, OwnerId}}]}, web)).toBe(
    carries,
  )
})

it('trusts the Amazon owner alias in every partition', () => {
  const ImageMetadata = {
    Name: 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64',
    OwnerId: '210953353124',
    ImageOwnerAlias: 'amazon',
  }
  expect(isAgentPreinstalled({InstanceImageMetadata: [{InstanceId: ID, ImageMetadata}]}, web)).toBe('yes')
})

it('knows nothing about an image that was not read', () => {
  expect(isAgentPreinstalled({InstanceImageMetadata: {unreadable: 'no'}}, web)).toBe('unknown')
})
