import {describe, expect, it} from 'vitest'
import {type Fault, repairFor} from '../../src/agent/repairs.ts'
import {outputOf} from '../support/programs.ts'
import {IMAGES, machineWith, type SystemName} from './fixtures.ts'

function repairOn(system: SystemName, fault: Fault, region = 'us-east-1') {
  const {instance, ...facts} = machineWith(system)
  return repairFor(fault, {Region: region, ...facts}, instance)
}

const FAULTS: readonly Fault[] = [
  ...(['boot', 'configuration', 'credentials', 'disk', 'firewall', 'folders', 'memory'] as const),
  ...(['metadata', 'mounts', 'names', 'network', 'proxy', 'trust'] as const),
]

/** What a system does not have. */
const FOREIGN: Readonly<Record<SystemName, RegExp>> = {
  linux: /apiclient|sheltie|PlistBuddy|launchctl|\$env:|Get-|snap\.|\/etc\/init\//,
  ubuntu: /apiclient|sheltie|PlistBuddy|launchctl|\$env:|Get-|\/etc\/init\//,
  upstart: /apiclient|sheltie|PlistBuddy|launchctl|\$env:|Get-|snap\.|--vacuum|systemctl.*amazon-ssm-agent/,
  bottlerocket: /PlistBuddy|launchctl|\$env:|Get-|snap\.|\/etc\/|\/root\/|yum|apt-get/,
  windows: /apiclient|sheltie|PlistBuddy|launchctl|systemctl|sudo|\/etc\/|\/root\//,
  macos: /apiclient|sheltie|systemctl|iptables|apt-get|yum|\$env:|Get-|\/etc\/systemd|\/root\/\.|ip route|sysctl/,
}

describe.each(Object.keys(IMAGES) as SystemName[])('on %s', (system) => {
  it.each(FAULTS)('a fault of %s has commands that show and that change it, of that system', (fault) => {
    const {look, change} = repairOn(system, fault)
    expect(look).not.toEqual([])
    expect(change).not.toEqual([])
    for (const command of [...look, ...change].map((line) => line.replaceAll('/var/root/', '')))
      expect(command).not.toMatch(FOREIGN[system])
  })
})

it.each([
  ['linux', 'proxy', 'sudo mkdir -p /etc/systemd/system/amazon-ssm-agent.service.d'],
  ['ubuntu', 'proxy', 'sudo mkdir -p /etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service.d'],
  [
    'bottlerocket',
    'proxy',
    `apiclient set -j '{"network":{"https-proxy":"PROXY_HOST:PORT","no-proxy":["169.254.169.254"]}}'`,
  ],
  [
    'linux',
    'memory',
    "printf '[Service]\\nOOMScoreAdjust=-900\\n' | sudo tee /etc/systemd/system/amazon-ssm-agent.service.d/memory.conf",
  ],
  [
    'linux',
    'disk',
    "printf 'fs.inotify.max_user_instances=8192\\nfs.inotify.max_user_watches=524288\\n' | sudo tee /etc/sysctl.d/60-inotify.conf",
  ],
  ['linux', 'names', "sudo sed -i.unused '/\\.us-east-1\\.amazonaws\\.com/d' /etc/hosts"],
  [
    'linux',
    'metadata',
    'sudo iptables -I OUTPUT -d 169.254.169.254 -p tcp --dport 80 -m owner --uid-owner root -j ACCEPT',
  ],
  [
    'linux',
    'configuration',
    'sudo mv /etc/amazon/ssm/amazon-ssm-agent.json /etc/amazon/ssm/amazon-ssm-agent.json.unused',
  ],
  ['macos', 'configuration', 'sudo mv /opt/aws/ssm/amazon-ssm-agent.json /opt/aws/ssm/amazon-ssm-agent.json.unused'],
  ['macos', 'credentials', 'sudo mv /var/root/.aws/credentials /var/root/.aws/credentials.unused'],
  [
    'windows',
    'credentials',
    'Rename-Item "$env:SystemRoot\\System32\\config\\systemprofile\\.aws\\credentials" credentials.unused',
  ],
  [
    'windows',
    'firewall',
    "New-NetFirewallRule -DisplayName 'SSM Agent' -Direction Outbound -Action Allow -Protocol TCP -RemotePort 443",
  ],
] as const)('on %s, %s is changed with %s', (system, fault, command) =>
  expect(repairOn(system, fault).change).toContain(command),
)

it('repairs XFS, the file system of Amazon Linux and RHEL, which fsck does not', () => {
  expect(repairOn('linux', 'boot').change.join()).toMatch(
    /= xfs \]; then sudo xfs_repair \/dev\/ROOT_PARTITION; else sudo fsck/,
  )
})

it('installs the certificates with the package manager of SUSE as well', () => {
  const [line = ''] = repairOn('linux', 'trust').change
  expect(line).toMatch(/elif command -v zypper .*zypper --non-interactive install --force ca-certificates/)
  expect(outputOf('sh', ['-n'], {input: line})).toBe('')
})

it.each(['proxy', 'memory'] as const)(
  'stops and starts the agent of Upstart, which a restart gives no new %s settings',
  (fault) => {
    expect(repairOn('upstart', fault).change.at(-1)).toBe('sudo stop amazon-ssm-agent; sudo start amazon-ssm-agent')
  },
)

it('puts nothing into a command that does not look like a Region', () => {
  expect(repairOn('linux', 'names', "x'; rm -rf /").change).toEqual([
    "sudo sed -i.unused '/\\.amazonaws\\.com/d' /etc/hosts",
  ])
})
