import type {Instance} from '../model/account.ts'
import {isRegion, WITH_TLS_12} from './install.ts'
import {type MachineFacts, systemOf} from './node.ts'

/** What can be wrong with a machine and be changed on it. */
export type Fault =
  | 'boot'
  | 'configuration'
  | 'credentials'
  | 'disk'
  | 'firewall'
  | 'folders'
  | 'memory'
  | 'metadata'
  | 'mounts'
  | 'names'
  | 'network'
  | 'proxy'
  | 'trust'

/** The commands that show a fault, and those that change it. */
export interface Repair {
  readonly look: readonly string[]
  readonly change: readonly string[]
}

const repair = (look: string | readonly string[], ...change: readonly string[]): Repair => ({
  look: [look].flat(),
  change,
})

type OfSystem = Readonly<Record<'linux' | 'windows' | 'macos' | 'bottlerocket', Repair>> &
  Readonly<Partial<Record<'ubuntu' | 'upstart', Repair>>>

const onHost = (command: string): string => `sudo sheltie <<< '${command}'`
const inBottlerocket = (settings: object): string => `apiclient set -j '${JSON.stringify(settings)}'`

/**
 * For instances AWS gives the number.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-troubleshooting.html
 */
const INOTIFY = {'fs.inotify.max_user_instances': '8192', 'fs.inotify.max_user_watches': '524288'}
const RAISE_INOTIFY = [
  `printf '${Object.entries(INOTIFY)
    .map(([name, value]) => `${name}=${value}\\n`)
    .join('')}' | sudo tee /etc/sysctl.d/60-inotify.conf`,
  'sudo sysctl --system',
]
/** Where the agent keeps its registration; its service runs as root unless its unit names another user. */
const FOLDER = '/var/lib/amazon/ssm'
const FOLDER_ON_WINDOWS = '"$env:ProgramData\\Amazon\\SSM"'
const LOOK_AT_DISK = ['df -h; df -i; sudo ls -ldR /var/lib/amazon/ssm/Vault', 'sysctl fs.inotify']

const SERVICE = '/etc/systemd/system/amazon-ssm-agent.service.d'
const SNAP_SERVICE = '/etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service.d'
const PROXY = 'http://PROXY_HOST:PORT'

/** Upstart restarts a job with the settings that it was started with, so AWS stops and starts it for new ones. */
const START_AGAIN = 'sudo stop amazon-ssm-agent; sudo start amazon-ssm-agent'

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent.html */
const proxyOf = (folder: string, unit: string): Repair =>
  repair(
    `systemctl show ${unit} --property=Environment`,
    `sudo mkdir -p ${folder}`,
    `printf '[Service]\\nEnvironment="http_proxy=${PROXY}"\\nEnvironment="https_proxy=${PROXY}"\\nEnvironment="no_proxy=169.254.169.254"\\n' | sudo tee ${folder}/override.conf`,
    'sudo systemctl daemon-reload',
  )

/** Makes other processes go first; agents from 3.3.4364.0 do it themselves. */
const memoryOf = (folder: string): Repair =>
  repair(
    ['sudo dmesg | grep -i "out of memory"', 'ps -eo pid,rss,comm --sort=-rss | head'],
    `sudo mkdir -p ${folder}`,
    `printf '[Service]\\nOOMScoreAdjust=-900\\n' | sudo tee ${folder}/memory.conf`,
    'sudo systemctl daemon-reload',
  )

/** What belongs to another user, or is on a file system that was mounted read-only, becomes writable. */
const foldersOf = (user: string): Repair =>
  repair(
    `sudo ls -ldR ${FOLDER}/Vault; findmnt --target ${FOLDER}; df -h ${FOLDER}`,
    `sudo mount -o remount,rw "$(findmnt -n -o TARGET --target ${FOLDER})"`,
    `sudo chown -R ${user} ${FOLDER}`,
    `sudo chmod -R u+rwX ${FOLDER}`,
  )

const PLIST = '/Library/LaunchDaemons/com.amazon.aws.ssm.plist'
const CREDENTIALS_ON_WINDOWS = '"$env:SystemRoot\\System32\\config\\systemprofile\\.aws'
const HOSTS_ON_WINDOWS = '"$env:SystemRoot\\System32\\drivers\\etc\\hosts"'

/** The names that a hosts file must not contain. */
const namesIn = (region: string): string => `${isRegion(region) ? `\\.${region}` : ''}\\.amazonaws\\.com`

const withoutNames = (region: string): string => `sudo sed -i.unused '/${namesIn(region)}/d' /etc/hosts`

/**
 * The settings of Bottlerocket: https://bottlerocket.dev/en/os/latest/api/settings/
 * macOS keeps the files of the agent in /opt/aws/ssm, and root's in /var/root.
 */
const REPAIRS: Readonly<Record<Fault, (region: string) => OfSystem>> = {
  boot: () => ({
    // The root file system of Amazon Linux and RHEL is XFS, which fsck does not check.
    linux: repair(
      'journalctl -b -p err; lsblk -f',
      'if [ "$(sudo blkid -o value -s TYPE /dev/ROOT_PARTITION)" = xfs ]; then sudo xfs_repair /dev/ROOT_PARTITION; else sudo fsck -f -y /dev/ROOT_PARTITION; fi',
    ),
    windows: repair('Get-Volume', 'chkdsk C: /f'),
    macos: repair('diskutil verifyVolume /', 'diskutil repairVolume /'),
    bottlerocket: repair(onHost('journalctl -b -p err'), 'apiclient reboot'),
  }),
  // https://repost.aws/knowledge-center/ec2-linux-emergency-mode
  mounts: (region) => {
    const boot = REPAIRS.boot(region)
    return {
      ...boot,
      linux: repair(
        [...boot.linux.look, 'cat /etc/fstab'],
        "sudo mount /dev/ROOT_PARTITION /mnt && sudo sed -E -i.unused 's/^([^#[:space:]]+[[:space:]]+\\/[^[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+[^[:space:]]+)/\\1,nofail/' /mnt/etc/fstab; sudo umount /mnt",
        ...boot.linux.change,
      ),
    }
  },
  network: () => ({
    linux: repair(
      ['ip address; ls /etc/netplan /etc/sysconfig/network-scripts', 'cat /etc/udev/rules.d/70-persistent-net.rules'],
      'sudo rm -f /etc/udev/rules.d/70-persistent-net.rules',
      'sudo reboot',
    ),
    windows: repair('ipconfig /all', 'Get-NetAdapter | Set-NetIPInterface -Dhcp Enabled; ipconfig /renew'),
    macos: repair('ifconfig', 'sudo ipconfig set en0 DHCP'),
    bottlerocket: repair(onHost('ip address; networkctl'), 'apiclient reboot'),
  }),
  disk: () => ({
    linux: repair(LOOK_AT_DISK, 'sudo journalctl --vacuum-size=100M', ...RAISE_INOTIFY),
    upstart: repair(LOOK_AT_DISK, "sudo find /var/log -name '*.gz' -delete", ...RAISE_INOTIFY),
    windows: repair('Get-PSDrive -PSProvider FileSystem', 'Dism.exe /Online /Cleanup-Image /StartComponentCleanup'),
    macos: repair('df -h /', 'sudo tmutil thinlocalsnapshots / 10000000000 4'),
    bottlerocket: repair(
      onHost('df -h; df -i'),
      onHost('journalctl --vacuum-size=100M'),
      inBottlerocket({kernel: {sysctl: INOTIFY}}),
    ),
  }),
  folders: () => ({
    linux: foldersOf('"$(systemctl show amazon-ssm-agent --property=User --value | grep . || echo root)"'),
    upstart: foldersOf('root'),
    windows: repair(
      `icacls ${FOLDER_ON_WINDOWS}; Get-Disk; Get-PSDrive -PSProvider FileSystem`,
      'Get-Disk | Where-Object IsReadOnly | Set-Disk -IsReadOnly $false',
      `icacls ${FOLDER_ON_WINDOWS} /grant '*S-1-5-18:(OI)(CI)F' /T`,
    ),
    macos: repair(
      'sudo ls -ldR /opt/aws/ssm; df -h /',
      'sudo chown -R root:wheel /opt/aws/ssm',
      'sudo chmod -R u+rwX /opt/aws/ssm',
    ),
    bottlerocket: repair(onHost('df -h; mount'), 'apiclient reboot'),
  }),
  memory: () => ({
    linux: memoryOf(SERVICE),
    ubuntu: memoryOf(SNAP_SERVICE),
    upstart: repair(
      memoryOf('').look,
      "echo 'oom score -900' | sudo tee -a /etc/init/amazon-ssm-agent.override",
      START_AGAIN,
    ),
    windows: repair(
      'Get-Process | Sort-Object WorkingSet64 -Descending | Select-Object -First 10',
      'Get-CimInstance Win32_ComputerSystem | Set-CimInstance -Property @{AutomaticManagedPagefile=$true}',
    ),
    macos: repair('top -l 1 -o mem -n 10', 'sudo purge'),
    bottlerocket: repair(onHost('dmesg | grep -i "out of memory"'), 'apiclient reboot'),
  }),
  trust: () => ({
    linux: repair(
      'trust list | grep -A2 -i -E "amazon root|starfield"; ls /etc/ssl/certs | grep -i -E "amazon|starfield"',
      'if command -v yum >/dev/null; then sudo yum reinstall -y ca-certificates && sudo update-ca-trust; elif command -v zypper >/dev/null; then sudo zypper --non-interactive install --force ca-certificates ca-certificates-mozilla && sudo update-ca-certificates; else sudo apt-get install --reinstall -y ca-certificates && sudo update-ca-certificates; fi',
    ),
    windows: repair(
      'Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject -match "Amazon|Starfield"',
      `${WITH_TLS_12}Invoke-WebRequest https://www.amazontrust.com/repository/AmazonRootCA1.cer -OutFile $env:TEMP\\AmazonRootCA1.cer; Import-Certificate $env:TEMP\\AmazonRootCA1.cer -CertStoreLocation Cert:\\LocalMachine\\Root`,
    ),
    macos: repair(
      'security find-certificate -a -c "Amazon Root" /System/Library/Keychains/SystemRootCertificates.keychain',
      'curl -o /tmp/AmazonRootCA1.pem https://www.amazontrust.com/repository/AmazonRootCA1.pem && sudo security add-trusted-cert -d -k /Library/Keychains/System.keychain /tmp/AmazonRootCA1.pem',
    ),
    bottlerocket: repair(
      'apiclient get settings.pki',
      inBottlerocket({pki: {inspection: {data: 'BASE64_OF_CA_PEM', trusted: true}}}),
    ),
  }),
  proxy: () => ({
    linux: proxyOf(SERVICE, 'amazon-ssm-agent'),
    ubuntu: proxyOf(SNAP_SERVICE, 'snap.amazon-ssm-agent.amazon-ssm-agent'),
    upstart: repair(
      'cat /etc/init/amazon-ssm-agent.override',
      `printf 'env http_proxy=${PROXY}\\nenv https_proxy=${PROXY}\\nenv no_proxy=169.254.169.254\\n' | sudo tee -a /etc/init/amazon-ssm-agent.override`,
      START_AGAIN,
    ),
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent-windows.html
    windows: repair(
      'Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent -Name Environment',
      `New-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent -Name Environment -PropertyType MultiString -Force -Value @('http_proxy=${PROXY}','https_proxy=${PROXY}','no_proxy=169.254.169.254')`,
    ),
    macos: repair(
      `/usr/libexec/PlistBuddy -c 'Print :EnvironmentVariables' ${PLIST}`,
      `sudo /usr/libexec/PlistBuddy -c 'Delete :EnvironmentVariables' ${PLIST}; sudo /usr/libexec/PlistBuddy -c 'Add :EnvironmentVariables:http_proxy string ${PROXY}' -c 'Add :EnvironmentVariables:https_proxy string ${PROXY}' -c 'Add :EnvironmentVariables:no_proxy string 169.254.169.254' ${PLIST}`,
    ),
    bottlerocket: repair(
      'apiclient get settings.network',
      inBottlerocket({network: {'https-proxy': 'PROXY_HOST:PORT', 'no-proxy': ['169.254.169.254']}}),
    ),
  }),
  metadata: () => ({
    linux: repair(
      'ip route get 169.254.169.254; sudo iptables -S OUTPUT',
      `sudo ip route replace 169.254.169.254/32 dev "$(ip -4 route show default | awk '{print $5; exit}')"`,
      'sudo iptables -I OUTPUT -d 169.254.169.254 -p tcp --dport 80 -m owner --uid-owner root -j ACCEPT',
    ),
    windows: repair(
      'route print 169.254.169.254',
      '$default = Get-NetRoute -DestinationPrefix 0.0.0.0/0 | Sort-Object RouteMetric | Select-Object -First 1; Remove-NetRoute -DestinationPrefix 169.254.169.254/32 -Confirm:$false; New-NetRoute -DestinationPrefix 169.254.169.254/32 -InterfaceIndex $default.ifIndex -NextHop $default.NextHop',
    ),
    macos: repair(
      'route -n get 169.254.169.254',
      `sudo route delete -host 169.254.169.254; sudo route add -host 169.254.169.254 -interface "$(route -n get default | awk '/interface:/{print $2}')"`,
    ),
    bottlerocket: repair(
      onHost('ip route get 169.254.169.254'),
      onHost('ip route replace 169.254.169.254/32 dev eth0'),
    ),
  }),
  configuration: () => ({
    linux: repair(
      'cat /etc/amazon/ssm/amazon-ssm-agent.json',
      'sudo mv /etc/amazon/ssm/amazon-ssm-agent.json /etc/amazon/ssm/amazon-ssm-agent.json.unused',
    ),
    windows: repair(
      'Get-Content "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.json"',
      'Rename-Item "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.json" amazon-ssm-agent.json.unused',
    ),
    macos: repair(
      'cat /opt/aws/ssm/amazon-ssm-agent.json',
      'sudo mv /opt/aws/ssm/amazon-ssm-agent.json /opt/aws/ssm/amazon-ssm-agent.json.unused',
    ),
    bottlerocket: repair(
      'apiclient get settings.host-containers.control',
      inBottlerocket({'host-containers': {control: {'user-data': ''}}}),
    ),
  }),
  credentials: () => ({
    linux: repair('sudo ls -l /root/.aws', 'sudo mv /root/.aws/credentials /root/.aws/credentials.unused'),
    windows: repair(
      `Get-ChildItem ${CREDENTIALS_ON_WINDOWS}"`,
      `Rename-Item ${CREDENTIALS_ON_WINDOWS}\\credentials" credentials.unused`,
    ),
    macos: repair('sudo ls -l /var/root/.aws', 'sudo mv /var/root/.aws/credentials /var/root/.aws/credentials.unused'),
    bottlerocket: repair('apiclient get settings.aws', inBottlerocket({aws: {credentials: ''}})),
  }),
  firewall: () => ({
    linux: repair(
      'sudo iptables -S OUTPUT; sudo nft list ruleset; cat /etc/resolv.conf',
      'if sudo ufw status 2>/dev/null | grep -qw active; then sudo ufw allow out 443/tcp; else sudo iptables -I OUTPUT -p tcp --dport 443 -j ACCEPT; fi',
    ),
    windows: repair(
      'Get-NetFirewallRule -Direction Outbound -Action Block -Enabled True',
      "New-NetFirewallRule -DisplayName 'SSM Agent' -Direction Outbound -Action Allow -Protocol TCP -RemotePort 443",
    ),
    macos: repair(
      'sudo pfctl -sr; scutil --dns',
      "echo 'pass out quick proto tcp to any port 443' | sudo pfctl -a com.apple/ssm -f -",
    ),
    bottlerocket: repair(onHost('iptables -S OUTPUT'), onHost('iptables -I OUTPUT -p tcp --dport 443 -j ACCEPT')),
  }),
  names: (region) => ({
    linux: repair('cat /etc/hosts /etc/resolv.conf', withoutNames(region)),
    windows: repair(
      `Get-Content ${HOSTS_ON_WINDOWS}; Get-DnsClientServerAddress`,
      `(Get-Content ${HOSTS_ON_WINDOWS}) -notmatch '${namesIn(region)}' | Set-Content ${HOSTS_ON_WINDOWS}; Clear-DnsClientCache`,
    ),
    macos: repair(
      'cat /etc/hosts; scutil --dns',
      withoutNames(region),
      'sudo dscacheutil -flushcache; sudo killall -HUP mDNSResponder',
    ),
    bottlerocket: repair('apiclient get settings.network.hosts settings.dns', inBottlerocket({network: {hosts: []}})),
  }),
}

/** The commands for the operating system of the instance; both lists have at least one. */
export function repairFor(fault: Fault, facts: MachineFacts & {readonly Region: string}, instance: Instance): Repair {
  const repairs = REPAIRS[fault](facts.Region)
  return repairs[systemOf(facts, instance)] ?? repairs.linux
}
