import {expect, it} from 'vitest'
import {installCommands} from '../../src/agent/install.ts'
import {healthyAccount, ID, online, web} from './fixtures.ts'

const image = (Name: string) => ({
  InstanceInformationList: [],
  InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name}}],
})
const BUCKET = 'https://s3.us-east-1.amazonaws.com/amazon-ssm-us-east-1/latest'

it.each([
  ['RHEL-9.6.0_HVM', {}, `sudo yum install -y ${BUCKET}/linux_amd64/amazon-ssm-agent.rpm`],
  [
    'debian-12-arm64',
    {Architecture: 'arm64' as const},
    `curl -o /tmp/amazon-ssm-agent.deb ${BUCKET}/debian_arm64/amazon-ssm-agent.deb`,
  ],
  ['ubuntu/images/x', {}, 'sudo snap install amazon-ssm-agent --classic'],
  ['bottlerocket-aws-k8s-1.33-x86_64-v1.48.0-0123abcd', {}, 'apiclient set host-containers.control.enabled=true'],
  [
    'Windows_Server-2016',
    {PlatformDetails: 'Windows'},
    `[Net.ServicePointManager]::SecurityProtocol = 'Tls12'; Invoke-WebRequest ${BUCKET}/windows_amd64/AmazonSSMAgentSetup.exe -OutFile $env:TEMP\\AmazonSSMAgentSetup.exe`,
  ],
])('%s', (name, change, first) => {
  expect(installCommands({...healthyAccount, ...image(name)}, {...web, ...change})[0]).toBe(first)
})

it('knows the system by what the node reported, where its image or a machine outside EC2 shows none', () => {
  const node = {...online, PlatformName: 'Debian GNU/Linux'}
  const account = {...healthyAccount, ...image('golden-7'), InstanceInformationList: [node]}
  expect(installCommands(account, web)[1]).toBe('sudo dpkg -i /tmp/amazon-ssm-agent.deb')
})

it('installs the package on an Ubuntu that has no snaps', () => {
  const trusty = image('ubuntu/images/hvm-ssd/ubuntu-trusty-14.04-amd64-server-20190514')
  expect(installCommands({...healthyAccount, ...trusty}, web)).toEqual([
    `curl -o /tmp/amazon-ssm-agent.deb ${BUCKET}/debian_amd64/amazon-ssm-agent.deb`,
    'sudo dpkg -i /tmp/amazon-ssm-agent.deb',
    'sudo start amazon-ssm-agent',
  ])
})

it('uses the bucket domain of the partition', () => {
  const china = {...healthyAccount, ...image('RHEL-9'), Partition: 'aws-cn', Region: 'cn-north-1'}
  expect(installCommands(china, web)[0]).toContain('https://s3.cn-north-1.amazonaws.com.cn/amazon-ssm-cn-north-1/')
})

it('puts nothing but a Region name into a command line', () => {
  expect(
    installCommands({...healthyAccount, Region: 'us-east-1; echo', InstanceInformationList: [online]}, web),
  ).toEqual([])
})
