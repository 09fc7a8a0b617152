import type {Instance} from '../model/account.ts'
import {type MachineFacts, type System, systemOf} from './node.ts'

interface Commands {
  readonly status: string
  readonly start: string
  readonly restart: string
  readonly log: string
  /** Shows why the operating system does not start the agent. */
  readonly journal: string
  /** Allows the service to be started again. */
  readonly unmask?: string
  /** Shows whether the clock is set. */
  readonly clock: string
  /** Sets the clock by the Amazon Time Sync Service. */
  readonly setClock: string
  readonly diagnostics: string
  /** Shows under which id the agent of a host is registered. */
  readonly identity: string
  readonly name: (host: string) => string
  readonly route: (host: string) => string
  /** Shows who issued the certificate that arrives: for AWS it is Amazon. */
  readonly certificate: (host: string) => string
}

const withCli = (ssmCli: string): Pick<Commands, 'diagnostics' | 'identity'> => ({
  diagnostics: `${ssmCli} get-diagnostics --output table`,
  identity: `${ssmCli} get-instance-information`,
})

const certificate = (host: string): string =>
  `curl -kvs -o /dev/null https://${host} 2>&1 | grep -i -E 'subject:|issuer|expire'`

const ON_LINUX = {
  // The journal of Amazon Linux 2 and RHEL 7 is that of systemd 219, which has no `--grep`: it came with systemd 237.
  // https://www.freedesktop.org/software/systemd/man/latest/journalctl.html
  journal: "sudo journalctl -b --no-pager | grep -E 'ssm-agent|avc: .*denied|apparmor=.DENIED' | tail -n 50",
  unmask: 'sudo systemctl unmask amazon-ssm-agent',
  certificate,
  log: 'sudo tail -n 50 /var/log/amazon/ssm/errors.log',
  ...withCli('sudo ssm-cli'),
  name: (host: string) => `getent ahosts ${host}`,
  route: (host: string) => `ip route get "$(getent ahostsv4 ${host} | awk '{print $1; exit}')"`,
}

/**
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-status-and-restart.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/manually-install-ssm-agent-linux.html
 * On Bottlerocket, from its admin container: https://bottlerocket.dev/en/os/latest/api/settings/host-containers/
 */
const COMMANDS: Readonly<Record<System, Commands>> = {
  linux: {
    ...ON_LINUX,
    status: 'sudo systemctl status amazon-ssm-agent',
    start: 'sudo systemctl enable --now amazon-ssm-agent',
    restart: 'sudo systemctl restart amazon-ssm-agent',
    clock: 'chronyc tracking; chronyc sources',
    setClock: 'sudo chronyc makestep',
  },
  // Amazon Linux 1 starts its services with Upstart.
  upstart: {
    ...ON_LINUX,
    journal: 'sudo grep -i ssm-agent /var/log/messages | tail -n 50',
    unmask: 'sudo rm -f /etc/init/amazon-ssm-agent.override',
    status: 'sudo status amazon-ssm-agent',
    start: 'sudo start amazon-ssm-agent',
    restart: 'sudo restart amazon-ssm-agent',
    clock: 'ntpq -p',
    setClock: 'sudo service ntpd stop; sudo ntpdate 169.254.169.123; sudo service ntpd start',
  },
  ubuntu: {
    ...ON_LINUX,
    unmask: 'sudo systemctl unmask snap.amazon-ssm-agent.amazon-ssm-agent',
    status: 'sudo snap services amazon-ssm-agent',
    start: 'sudo snap start --enable amazon-ssm-agent',
    restart: 'sudo snap restart amazon-ssm-agent',
    clock: 'timedatectl status',
    setClock: 'sudo timedatectl set-ntp true',
    ...withCli('sudo /snap/amazon-ssm-agent/current/ssm-cli'),
  },
  bottlerocket: {
    status: 'apiclient get settings.host-containers.control',
    start: 'apiclient set host-containers.control.enabled=true',
    restart:
      'apiclient set host-containers.control.enabled=false && apiclient set host-containers.control.enabled=true',
    log: "sudo sheltie <<< 'journalctl -u host-containers@control.service -n 50'",
    journal: "sudo sheltie <<< 'journalctl -b -p err -n 50'",
    clock: "sudo sheltie <<< 'chronyc tracking'",
    setClock: "sudo sheltie <<< 'chronyc makestep'",
    ...withCli('apiclient exec control ssm-cli'),
    name: (host) => `sudo sheltie <<< 'getent ahosts ${host}'`,
    route: () => "sudo sheltie <<< 'ip route'",
    certificate,
  },
  windows: {
    status: 'Get-Service AmazonSSMAgent',
    start: 'Set-Service AmazonSSMAgent -StartupType Automatic; Start-Service AmazonSSMAgent',
    restart: 'Restart-Service AmazonSSMAgent',
    log: 'Get-Content "$env:ProgramData\\Amazon\\SSM\\Logs\\errors.log" -Tail 50',
    journal:
      "Get-WinEvent -FilterHashtable @{LogName='System'; ProviderName='Service Control Manager'} -MaxEvents 200 | Where-Object Message -match 'SSM'",
    // The status alone does not show how far the clock is off.
    clock: 'w32tm /query /status; w32tm /stripchart /computer:169.254.169.123 /dataonly /samples:1',
    // w32tm fails while the time service is stopped, which may be why the clock is wrong.
    setClock:
      'Start-Service W32Time; w32tm /config /manualpeerlist:169.254.169.123 /syncfromflags:manual /update; w32tm /resync /force',
    ...withCli('& "$env:ProgramFiles\\Amazon\\SSM\\ssm-cli.exe"'),
    name: (host) => `Resolve-DnsName ${host}`,
    route: (host) => `Test-NetConnection ${host} -Port 443 -InformationLevel Detailed`,
    certificate: (host) =>
      `$client = New-Object Net.Sockets.TcpClient ${host}, 443; $tls = New-Object Net.Security.SslStream $client.GetStream(), $false, {$true}; $tls.AuthenticateAsClient('${host}', $null, 'Tls12', $false); $tls.RemoteCertificate | Format-List Issuer, Subject`,
  },
  macos: {
    status: 'sudo tail -n 50 /var/log/amazon/ssm/amazon-ssm-agent.log',
    start: 'sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
    restart:
      'sudo launchctl unload /Library/LaunchDaemons/com.amazon.aws.ssm.plist && sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
    log: 'sudo tail -n 50 /var/log/amazon/ssm/errors.log',
    journal: 'log show --last 1h --predicate \'eventMessage CONTAINS "com.amazon.aws.ssm"\'',
    clock: 'sntp 169.254.169.123',
    setClock: 'sudo sntp -sS 169.254.169.123',
    ...withCli('sudo /opt/aws/ssm/bin/ssm-cli'),
    name: (host) => `dscacheutil -q host -a name ${host}`,
    route: (host) => `route -n get ${host}`,
    certificate,
  },
}

export const commandsFor = (facts: MachineFacts, instance: Instance): Commands => COMMANDS[systemOf(facts, instance)]

/** The commands on the instance that make the agent retry immediately instead of waiting. */
export const restartCommand = (facts: MachineFacts, instance: Instance): string => commandsFor(facts, instance).restart
