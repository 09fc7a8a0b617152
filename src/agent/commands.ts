import type {Instance} from '../model/account.ts'
import {type MachineFacts, type System, systemOf} from './node.ts'

interface Commands {
  readonly status: string
  readonly start: string
  readonly restart: string
  readonly log: string
  /** Shows whether the clock is set. */
  readonly clock: string
}

/**
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-status-and-restart.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/manually-install-ssm-agent-linux.html
 * On Bottlerocket, from its admin container: https://bottlerocket.dev/en/os/latest/api/settings/host-containers/
 */
const COMMANDS: Readonly<Record<System, Commands>> = {
  linux: {
    status: 'sudo systemctl status amazon-ssm-agent',
    start: 'sudo systemctl enable --now amazon-ssm-agent',
    restart: 'sudo systemctl restart amazon-ssm-agent',
    log: 'sudo tail -n 50 /var/log/amazon/ssm/errors.log',
    clock: 'chronyc tracking; chronyc sources',
  },
  ubuntu: {
    status: 'sudo snap services amazon-ssm-agent',
    start: 'sudo snap start --enable amazon-ssm-agent',
    restart: 'sudo snap restart amazon-ssm-agent',
    log: 'sudo tail -n 50 /var/log/amazon/ssm/errors.log',
    clock: 'timedatectl status',
  },
  bottlerocket: {
    status: 'apiclient get settings.host-containers.control',
    start: 'apiclient set host-containers.control.enabled=true',
    restart:
      'apiclient set host-containers.control.enabled=false && apiclient set host-containers.control.enabled=true',
    log: "sudo sheltie <<< 'journalctl -u host-containers@control.service -n 50'",
    clock: "sudo sheltie <<< 'chronyc tracking'",
  },
  windows: {
    status: 'Get-Service AmazonSSMAgent',
    start: 'Set-Service AmazonSSMAgent -StartupType Automatic; Start-Service AmazonSSMAgent',
    restart: 'Restart-Service AmazonSSMAgent',
    log: 'Get-Content "$env:ProgramData\\Amazon\\SSM\\Logs\\errors.log" -Tail 50',
    clock: 'w32tm /query /status',
  },
  macos: {
    status: 'sudo tail -n 50 /var/log/amazon/ssm/amazon-ssm-agent.log',
    start: 'sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
    restart:
      'sudo launchctl unload /Library/LaunchDaemons/com.amazon.aws.ssm.plist && sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
    log: 'sudo tail -n 50 /var/log/amazon/ssm/errors.log',
    clock: 'sntp time.apple.com',
  },
}

export const commandsFor = (facts: MachineFacts, instance: Instance): Commands => COMMANDS[systemOf(facts, instance)]

/** What to type on the instance so that the agent tries again at once instead of sleeping on. */
export const restartCommand = (facts: MachineFacts, instance: Instance): string => commandsFor(facts, instance).restart
