import type {Context, Instance} from '../model/account.ts'
import {hostOf} from '../model/partition.ts'
import {commandsFor} from './commands.ts'
import {imageNameOf} from './image.ts'
import {type MachineFacts, nodeOf, systemOf} from './node.ts'

const ARCHITECTURE: Readonly<Record<string, string>> = {arm64: 'arm64', arm64_mac: 'arm64', i386: '386'}

/** Command lines are printed as they are, so only what looks like a Region is put into one. */
export const isRegion = (text: string): boolean => /^[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/.test(text)

/**
 * Amazon S3 requires TLS 1.2, which Windows PowerShell up to Windows Server 2016 does not use by default.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-ssm-agent-install-windows.html
 */
export const WITH_TLS_12 = "[Net.ServicePointManager]::SecurityProtocol = 'Tls12'; "

/**
 * The commands in the AWS documentation for each operating system, with the bucket of the instance's Region.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/manually-install-ssm-agent-linux.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/manually-install-ssm-agent-windows.html
 */
export function installCommands(facts: MachineFacts & Context, instance: Instance): readonly string[] {
  if (!isRegion(facts.Region)) return []
  const bucket = `https://${hostOf('s3', facts)}/amazon-ssm-${facts.Region}/latest`
  const architecture = ARCHITECTURE[instance.Architecture ?? ''] ?? 'amd64'
  // What the node reported; the name of an image that was made from it may not show its system.
  const system = nodeOf(facts, instance)?.PlatformName ?? imageNameOf(facts, instance) ?? ''
  switch (systemOf(facts, instance)) {
    case 'windows':
      return [
        `${WITH_TLS_12}Invoke-WebRequest ${bucket}/windows_amd64/AmazonSSMAgentSetup.exe -OutFile $env:TEMP\\AmazonSSMAgentSetup.exe`,
        'Start-Process $env:TEMP\\AmazonSSMAgentSetup.exe -ArgumentList "/S" -Wait',
        'Restart-Service AmazonSSMAgent',
      ]
    case 'ubuntu':
      return ['sudo snap install amazon-ssm-agent --classic', 'sudo snap start --enable amazon-ssm-agent']
    case 'bottlerocket':
      return [commandsFor(facts, instance).start]
    case 'macos':
      return [
        `curl -o /tmp/amazon-ssm-agent.pkg ${bucket}/darwin_${architecture}/amazon-ssm-agent.pkg`,
        'sudo installer -pkg /tmp/amazon-ssm-agent.pkg -target /',
      ]
    case 'upstart':
      return [...onLinux(`${bucket}/`, architecture, system), commandsFor(facts, instance).start]
    case 'linux':
      return [...onLinux(`${bucket}/`, architecture, system), 'sudo systemctl enable --now amazon-ssm-agent']
  }
}

const onLinux = (bucket: string, architecture: string, system: string): readonly string[] =>
  /debian|ubuntu/i.test(system)
    ? [
        `curl -o /tmp/amazon-ssm-agent.deb ${bucket}debian_${architecture}/amazon-ssm-agent.deb`,
        'sudo dpkg -i /tmp/amazon-ssm-agent.deb',
      ]
    : [
        `sudo ${/sles/i.test(system) ? 'rpm -ivh' : 'yum install -y'} ${bucket}linux_${architecture}/amazon-ssm-agent.rpm`,
      ]
