import type {Instance} from '../model/account.ts'
import {commandsFor} from './commands.ts'
import {isRegion} from './install.ts'
import {type MachineFacts, type System, systemOf} from './node.ts'

/** https://github.com/aws/amazon-ssm-agent/blob/mainline/packaging/darwin/com.amazon.aws.ssm.plist */
const ON_MACOS = '/opt/aws/ssm/bin'
const MACOS_SERVICE = '/Library/LaunchDaemons/com.amazon.aws.ssm.plist'

/** Shows under which id the agent of a host is registered. */
export function identityLine(facts: MachineFacts, instance: Instance): string {
  switch (systemOf(facts, instance)) {
    case 'windows':
      return '& "$env:ProgramFiles\\Amazon\\SSM\\ssm-cli.exe" get-instance-information'
    case 'ubuntu':
      return 'sudo /snap/amazon-ssm-agent/current/ssm-cli get-instance-information'
    case 'macos':
      return `sudo ${ON_MACOS}/ssm-cli get-instance-information`
    case 'bottlerocket':
      return 'apiclient exec control ssm-cli get-instance-information'
    default:
      return 'sudo ssm-cli get-instance-information'
  }
}

/**
 * Clears the hybrid registration of a host, after which the agent uses the identity of EC2.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-deregister-hybrid-nodes.html
 */
export const clearLines = (facts: MachineFacts, instance: Instance): readonly string[] =>
  systemOf(facts, instance) === 'bottlerocket'
    ? withoutActivation(commandsFor(facts, instance).restart)
    : registration(facts, instance, '-clear', ec2Identity(systemOf(facts, instance)))

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
  if (systemOf(facts, instance) !== 'bottlerocket')
    return registration(facts, instance, `-code ACTIVATION_CODE -id ACTIVATION_ID -region ${region}`)
  const ssm = {'activation-id': 'ACTIVATION_ID', 'activation-code': 'ACTIVATION_CODE', region}
  return withoutActivation(
    `apiclient set host-containers.control.user-data="$(echo '${JSON.stringify({ssm})}' | base64 -w 0)"`,
    commandsFor(facts, instance).restart,
  )
}

function registration(
  facts: MachineFacts,
  instance: Instance,
  how: string,
  before: readonly string[] = [],
): readonly string[] {
  switch (systemOf(facts, instance)) {
    case 'windows':
      return [
        'Stop-Service AmazonSSMAgent',
        ...before,
        `& "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.exe" -register ${how}`,
        'Start-Service AmazonSSMAgent',
      ]
    case 'ubuntu':
      return [
        'sudo snap stop amazon-ssm-agent',
        ...before,
        `sudo /snap/amazon-ssm-agent/current/amazon-ssm-agent -register ${how}`,
        'sudo snap start amazon-ssm-agent',
      ]
    case 'macos':
      return [
        `sudo launchctl unload ${MACOS_SERVICE}`,
        ...before,
        `sudo ${ON_MACOS}/amazon-ssm-agent -register ${how}`,
        `sudo launchctl load -w ${MACOS_SERVICE}`,
      ]
    case 'upstart':
      return ['sudo stop amazon-ssm-agent', `sudo amazon-ssm-agent -register ${how}`, 'sudo start amazon-ssm-agent']
    default:
      return [
        'sudo systemctl stop amazon-ssm-agent',
        ...before,
        `sudo amazon-ssm-agent -register ${how}`,
        'sudo systemctl start amazon-ssm-agent',
      ]
  }
}
