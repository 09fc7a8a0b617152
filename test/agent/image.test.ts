import {expect, it} from 'vitest'
import {isAgentPreinstalled} from '../../src/agent/image.ts'
import {ID, web} from './fixtures.ts'

it.each([
  ['al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', '137112412989', 'yes'],
  ['al2023-ami-minimal-2023.9.20251014.0-kernel-6.1-x86_64', '137112412989', 'no'],
  ['amzn2-ami-kernel-5.10-hvm-2.0.20260101.0-x86_64-gp2', '137112412989', 'yes'],
  ['amzn2-ami-ecs-hvm-2.0.20260101-x86_64-ebs', '591542846629', 'yes'],
  ['amzn2-ami-ecs-hvm-2.0.20200205-x86_64-ebs', '591542846629', 'yes'],
  ['amzn2-ami-ecs-gpu-hvm-2.0.20190815-x86_64-ebs', '591542846629', 'no'],
  ['amazon-eks-node-al2023-x86_64-standard-1.33-v20260101', '602401143452', 'yes'],
  ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260101', '099720109477', 'yes'],
  ['ubuntu-pro-server/images/hvm-ssd/ubuntu-jammy-22.04-amd64-pro-server-20260101', '099720109477', 'yes'],
  ['ubuntu-eks/k8s_1.33/images/hvm-ssd/ubuntu-noble-24.04-amd64-server-20260101', '099720109477', 'yes'],
  ['ubuntu/images/hvm-ssd/ubuntu-bionic-18.04-amd64-server-20180627', '099720109477', 'yes'],
  ['ubuntu/images/hvm-ssd/ubuntu-bionic-18.04-amd64-server-20180522', '099720109477', 'unknown'],
  ['ubuntu-minimal/images/hvm-ssd/ubuntu-noble-24.04-amd64-minimal-20260101', '099720109477', 'unknown'],
  ['Windows_Server-2025-English-Full-Base-2026.10.14', '801119661308', 'yes'],
  // Its unit was disabled: https://github.com/amazonlinux/amazon-linux-2023/issues/166
  ['al2022-ami-2022.0.20220810.0-kernel-5.15-x86_64', '137112412989', 'yes'],
  ['al2022-ami-minimal-2022.0.20220928.0-kernel-5.15-x86_64', '137112412989', 'no'],
  ['amazon-eks-node-1.19-v20210526', '602401143452', 'no'],
  ['amazon-eks-gpu-node-1.20-v20210621', '602401143452', 'yes'],
  ['amazon-eks-arm64-node-1.22-20220526', '602401143452', 'yes'],
  ['amzn-ami-hvm-2018.03.0.20230306.1-x86_64-gp2', '137112412989', 'yes'],
  ['amzn-ami-hvm-2017.03.1.20170812-x86_64-gp2', '137112412989', 'no'],
  ['amzn-ami-minimal-hvm-2018.03.0.20220907.3-x86_64-ebs', '137112412989', 'no'],
  ['amzn-ami-2018.03.a-amazon-ecs-optimized', '591542846629', 'no'],
  ['amzn-ami-vpc-nat-2018.03.0.20230807.0-x86_64-ebs', '137112412989', 'unknown'],
  ['amzn-ec2-macos-11.7.10-20240105-165931', '100343932686', 'unknown'],
  ['Windows_Server-2012-R2_RTM-English-64Bit-Base-2023.10.11', '801119661308', 'yes'],
  ['Windows_Server-2012-RTM-English-64Bit-Base-2016.11.23', '801119661308', 'yes'],
  ['Windows_Server-2012-R2_RTM-English-64Bit-Base-2016.10.18', '801119661308', 'unknown'],
  ['Windows_Server-2008-R2_SP1-English-64Bit-Base-2019.11.13', '801119661308', 'yes'],
  ['Windows_Server-2016-English-Nano-Base-2018.01.12', '801119661308', 'no'],
  ['TPM-Windows_Server-2022-English-Full-Base-2026.10.14', '801119661308', 'yes'],
  // https://docs.aws.amazon.com/ec2/latest/windows-ami-reference/windows-amis.html
  ['BIOS-Windows_Server-2025-English-Full-Base-2026.10.14', '801119661308', 'yes'],
  ['EC2LaunchV2-Windows_Server-2019-English-Full-Base-2026.10.14', '801119661308', 'yes'],
  ['al2023-ami-ecs-neuron-hvm-2023.0.20261101-kernel-6.1-x86_64-ebs', '591542846629', 'yes'],
  ['suse-sles-15-sp6-v20260101-hvm-ssd-x86_64', '013907871322', 'yes'],
  ['suse-sles-16-0-v20251103-hvm-ssd-x86_64', '013907871322', 'yes'],
  ['suse-sles-15-sp2-v20220101-hvm-ssd-x86_64', '013907871322', 'unknown'],
  ['bottlerocket-aws-k8s-1.33-x86_64-v1.48.0-0123abcd', 'amazon', 'yes'],
  ['Deep Learning Base AMI with Single CUDA (Ubuntu 22.04) 20260102', 'amazon', 'yes'],
  ['Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) 20240716', 'amazon', 'unknown'],
  ['Flatcar-stable-4152.2.1-hvm', '075585003325', 'yes'],
  ['Flatcar-lts-3510.3.2-hvm', '075585003325', 'unknown'],
  ['RHEL-9.6.0_HVM-20260101-x86_64-0-Hourly2-GP3', '309956199498', 'no'],
  ['debian-12-amd64-20260914-2230', '136693071363', 'no'],
  ['al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', '111122223333', 'unknown'],
  ['golden-image-7', '111122223333', 'unknown'],
])('%s of %s: %s', (Name, OwnerId, carries) => {
  expect(isAgentPreinstalled({InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name, OwnerId}}]}, web)).toBe(
    carries,
  )
})

it.each(['10.14.6', '10.15.7', '11.7.10', '12.7.3', '15.1', '26.0'])('macOS %s', (version) => {
  const ImageMetadata = {Name: `amzn-ec2-macos-${version}-20240105-165931`, ImageOwnerAlias: 'amazon'}
  expect(isAgentPreinstalled({InstanceImageMetadata: [{InstanceId: ID, ImageMetadata}]}, web)).toBe('yes')
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
