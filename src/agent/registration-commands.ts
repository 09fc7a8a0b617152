import type {Instance} from '../model/account.ts'
import {commandsFor} from './commands.ts'
import {isRegion} from './install.ts'
import {type MachineFacts, type System, systemOf} from './node.ts'

/**
 * Clears the hybrid registration of a host, after which the agent uses the identity of EC2.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-deregister-hybrid-nodes.html
 */
export function clearLines(facts: MachineFacts, instance: Instance): readonly string[] {
  const system = systemOf(facts, instance)
  return system === 'bottlerocket'
    ? withoutActivation(commandsFor(facts, instance).restart)
    : registration(system, '-clear', ec2Identity(system))
}

/**
 * `ssm-setup-cli` and AWS IoT Greengrass leave the agent the hybrid identity alone, which then has none once that is
 * cleared. https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-ssm-agent-install-linux.html
 * The first Amazon Linux has no such agent.
 */
function ec2Identity(system: System): readonly string[] {
  switch (system) {
    case 'linux':
    case 'ubuntu':
      return [inConfiguration('/etc/amazon/ssm/amazon-ssm-agent.json')]
    case 'macos':
      return [inConfiguration('/opt/aws/ssm/amazon-ssm-agent.json')]
    case 'windows':
      return [
        `$file = "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.json"; if (Test-Path $file) {(Get-Content $file -Raw) -replace '"OnPrem"(\\s*\\])', '"EC2"$1' | Set-Content $file}`,
      ]
    default:
      return []
  }
}

const inConfiguration = (file: string): string =>
  `if [ -f ${file} ]; then sudo sed -E -i.unused 's/"OnPrem"( *\\]|$)/"EC2"\\1/' ${file}; fi`

/**
 * The control container of Bottlerocket registers with the activation in its user data, unless it is registered.
 * https://github.com/bottlerocket-os/bottlerocket-control-container/blob/develop/README.md
 */
const withoutActivation = (...then: readonly string[]): readonly string[] => [
  `apiclient set -j '{"host-containers":{"control":{"user-data":""}}}'`,
  'apiclient exec control amazon-ssm-agent -register -clear',
  ...then,
]

/**
 * Registers a machine with an activation, whose code and id the user fills in. A machine that was registered before needs
 * another activation than that of then.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeregisterManagedInstance.html
 */
export function registerLines(facts: MachineFacts & {readonly Region: string}, instance: Instance): readonly string[] {
  const region = isRegion(facts.Region) ? facts.Region : 'REGION'
  const system = systemOf(facts, instance)
  if (system !== 'bottlerocket')
    return registration(system, `-code ACTIVATION_CODE -id ACTIVATION_ID -region ${region}`)
  const ssm = {'activation-id': 'ACTIVATION_ID', 'activation-code': 'ACTIVATION_CODE', region}
  return withoutActivation(
    `apiclient set host-containers.control.user-data="$(echo '${JSON.stringify({ssm})}' | base64 -w 0)"`,
    commandsFor(facts, instance).restart,
  )
}

/** How the agent is stopped, called and started again. */
const SERVICES: Readonly<
  Record<Exclude<System, 'bottlerocket'>, readonly [stop: string, agent: string, start: string]>
> = {
  linux: ['sudo systemctl stop amazon-ssm-agent', 'sudo amazon-ssm-agent', 'sudo systemctl start amazon-ssm-agent'],
  upstart: ['sudo stop amazon-ssm-agent', 'sudo amazon-ssm-agent', 'sudo start amazon-ssm-agent'],
  ubuntu: [
    'sudo snap stop amazon-ssm-agent',
    'sudo /snap/amazon-ssm-agent/current/amazon-ssm-agent',
    'sudo snap start amazon-ssm-agent',
  ],
  // https://github.com/aws/amazon-ssm-agent/blob/mainline/packaging/darwin/com.amazon.aws.ssm.plist
  macos: [
    'sudo launchctl unload /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
    'sudo /opt/aws/ssm/bin/amazon-ssm-agent',
    'sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
  ],
  windows: [
    'Stop-Service AmazonSSMAgent',
    '& "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.exe"',
    'Start-Service AmazonSSMAgent',
  ],
}

function registration(system: keyof typeof SERVICES, how: string, before: readonly string[] = []): readonly string[] {
  const [stop, agent, start] = SERVICES[system]
  return [stop, ...before, `${agent} -register ${how}`, start]
}
