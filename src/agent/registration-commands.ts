import type {Instance} from '../model/account.ts'
import {isRegion} from './install.ts'
import {type MachineFacts, systemOf} from './node.ts'

/** Shows under which id the agent of a host is registered. */
export function identityLine(facts: MachineFacts, instance: Instance): string {
  switch (systemOf(facts, instance)) {
    case 'windows':
      return '& "$env:ProgramFiles\\Amazon\\SSM\\ssm-cli.exe" get-instance-information'
    case 'ubuntu':
      return 'sudo /snap/amazon-ssm-agent/current/ssm-cli get-instance-information'
    default:
      return 'sudo ssm-cli get-instance-information'
  }
}

/**
 * Clears the hybrid registration of a host, after which the agent uses the identity of EC2.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-deregister-hybrid-nodes.html
 */
export const clearLines = (facts: MachineFacts, instance: Instance): readonly string[] =>
  registration(facts, instance, '-clear')

/**
 * Registers a machine with an activation, whose code and id the user fills in. A machine that was registered before needs
 * another activation than that of then.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeregisterManagedInstance.html
 */
export const registerLines = (facts: MachineFacts & {readonly Region: string}, instance: Instance): readonly string[] =>
  registration(
    facts,
    instance,
    `-code ACTIVATION_CODE -id ACTIVATION_ID -region ${isRegion(facts.Region) ? facts.Region : 'REGION'}`,
  )

function registration(facts: MachineFacts, instance: Instance, how: string): readonly string[] {
  switch (systemOf(facts, instance)) {
    case 'windows':
      return [
        'Stop-Service AmazonSSMAgent',
        `& "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.exe" -register ${how}`,
        'Start-Service AmazonSSMAgent',
      ]
    case 'ubuntu':
      return [
        'sudo snap stop amazon-ssm-agent',
        `sudo /snap/amazon-ssm-agent/current/amazon-ssm-agent -register ${how}`,
        'sudo snap start amazon-ssm-agent',
      ]
    case 'upstart':
      return ['sudo stop amazon-ssm-agent', `sudo amazon-ssm-agent -register ${how}`, 'sudo start amazon-ssm-agent']
    default:
      return [
        'sudo systemctl stop amazon-ssm-agent',
        `sudo amazon-ssm-agent -register ${how}`,
        'sudo systemctl start amazon-ssm-agent',
      ]
  }
}
