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
const proxyOf = (folder: string, unit: string): Repair => ({
  look: [`systemctl show ${unit} --property=Environment`],
  change: [
    `sudo mkdir -p ${folder}`,
    `printf '[Service]\\nEnvironment="http_proxy=${PROXY}"\\nEnvironment="https_proxy=${PROXY}"\\nEnvironment="no_proxy=169.254.169.254"\\n' | sudo tee ${folder}/override.conf`,
    'sudo systemctl daemon-reload',
  ],
})

/** Makes other processes go first; agents from 3.3.4364.0 do it themselves. */
const memoryOf = (folder: string): Repair => ({
  look: ['sudo dmesg | grep -i "out of memory"', 'ps -eo pid,rss,comm --sort=-rss | head'],
  change: [
    `sudo mkdir -p ${folder}`,
    `printf '[Service]\\nOOMScoreAdjust=-900\\n' | sudo tee ${folder}/memory.conf`,
    'sudo systemctl daemon-reload',
  ],
})

/** What belongs to another user, or is on a file system that was mounted read-only, becomes writable. */
const foldersOf = (user: string): Repair => ({
  look: [`sudo ls -ldR ${FOLDER}/Vault; findmnt --target ${FOLDER}; df -h ${FOLDER}`],
  change: [
    `sudo mount -o remount,rw "$(findmnt -n -o TARGET --target ${FOLDER})"`,
    `sudo chown -R ${user} ${FOLDER}`,
    `sudo chmod -R u+rwX ${FOLDER}`,
  ],
})

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
    linux: {
      look: ['journalctl -b -p err; lsblk -f'],
      change: [
        'if [ "$(sudo blkid -o value -s TYPE /dev/ROOT_PARTITION)" = xfs ]; then sudo xfs_repair /dev/ROOT_PARTITION; else sudo fsck -f -y /dev/ROOT_PARTITION; fi',
      ],
    },
    windows: {look: ['Get-Volume'], change: ['chkdsk C: /f']},
    macos: {look: ['diskutil verifyVolume /'], change: ['diskutil repairVolume /']},
    bottlerocket: {look: [onHost('journalctl -b -p err')], change: ['apiclient reboot']},
  }),
  // https://repost.aws/knowledge-center/ec2-linux-emergency-mode
  mounts: (region) => {
    const boot = REPAIRS.boot(region)
    return {
      ...boot,
      linux: {
        look: [...boot.linux.look, 'cat /etc/fstab'],
        change: [
          "sudo mount /dev/ROOT_PARTITION /mnt && sudo sed -E -i.unused 's/^([^#[:space:]]+[[:space:]]+\\/[^[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+[^[:space:]]+)/\\1,nofail/' /mnt/etc/fstab; sudo umount /mnt",
          ...boot.linux.change,
        ],
      },
    }
  },
  network: () => ({
    linux: {
      look: [
        'ip address; ls /etc/netplan /etc/sysconfig/network-scripts',
        'cat /etc/udev/rules.d/70-persistent-net.rules',
      ],
      change: ['sudo rm -f /etc/udev/rules.d/70-persistent-net.rules', 'sudo reboot'],
    },
    windows: {
      look: ['ipconfig /all'],
      change: ['Get-NetAdapter | Set-NetIPInterface -Dhcp Enabled; ipconfig /renew'],
    },
    macos: {look: ['ifconfig'], change: ['sudo ipconfig set en0 DHCP']},
    bottlerocket: {look: [onHost('ip address; networkctl')], change: ['apiclient reboot']},
  }),
  disk: () => ({
    linux: {look: LOOK_AT_DISK, change: ['sudo journalctl --vacuum-size=100M', ...RAISE_INOTIFY]},
    upstart: {look: LOOK_AT_DISK, change: ["sudo find /var/log -name '*.gz' -delete", ...RAISE_INOTIFY]},
    windows: {
      look: ['Get-PSDrive -PSProvider FileSystem'],
      change: ['Dism.exe /Online /Cleanup-Image /StartComponentCleanup'],
    },
    macos: {look: ['df -h /'], change: ['sudo tmutil thinlocalsnapshots / 10000000000 4']},
    bottlerocket: {
      look: [onHost('df -h; df -i')],
      change: [onHost('journalctl --vacuum-size=100M'), inBottlerocket({kernel: {sysctl: INOTIFY}})],
    },
  }),
  folders: () => ({
    linux: foldersOf('"$(systemctl show amazon-ssm-agent --property=User --value | grep . || echo root)"'),
    upstart: foldersOf('root'),
    windows: {
      look: [`icacls ${FOLDER_ON_WINDOWS}; Get-Disk; Get-PSDrive -PSProvider FileSystem`],
      change: [
        'Get-Disk | Where-Object IsReadOnly | Set-Disk -IsReadOnly $false',
        `icacls ${FOLDER_ON_WINDOWS} /grant '*S-1-5-18:(OI)(CI)F' /T`,
      ],
    },
    macos: {
      look: ['sudo ls -ldR /opt/aws/ssm; df -h /'],
      change: ['sudo chown -R root:wheel /opt/aws/ssm', 'sudo chmod -R u+rwX /opt/aws/ssm'],
    },
    bottlerocket: {look: [onHost('df -h; mount')], change: ['apiclient reboot']},
  }),
  memory: () => ({
    linux: memoryOf(SERVICE),
    ubuntu: memoryOf(SNAP_SERVICE),
    upstart: {
      look: memoryOf('').look,
      change: ["echo 'oom score -900' | sudo tee -a /etc/init/amazon-ssm-agent.override", START_AGAIN],
    },
    windows: {
      look: ['Get-Process | Sort-Object WorkingSet64 -Descending | Select-Object -First 10'],
      change: ['Get-CimInstance Win32_ComputerSystem | Set-CimInstance -Property @{AutomaticManagedPagefile=$true}'],
    },
    macos: {look: ['top -l 1 -o mem -n 10'], change: ['sudo purge']},
    bottlerocket: {look: [onHost('dmesg | grep -i "out of memory"')], change: ['apiclient reboot']},
  }),
  trust: () => ({
    linux: {
      look: ['trust list | grep -A2 -i -E "amazon root|starfield"; ls /etc/ssl/certs | grep -i -E "amazon|starfield"'],
      change: [
        'if command -v yum >/dev/null; then sudo yum reinstall -y ca-certificates && sudo update-ca-trust; elif command -v zypper >/dev/null; then sudo zypper --non-interactive install --force ca-certificates ca-certificates-mozilla && sudo update-ca-certificates; else sudo apt-get install --reinstall -y ca-certificates && sudo update-ca-certificates; fi',
      ],
    },
    windows: {
      look: ['Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject -match "Amazon|Starfield"'],
      change: [
        `${WITH_TLS_12}Invoke-WebRequest https://www.amazontrust.com/repository/AmazonRootCA1.cer -OutFile $env:TEMP\\AmazonRootCA1.cer; Import-Certificate $env:TEMP\\AmazonRootCA1.cer -CertStoreLocation Cert:\\LocalMachine\\Root`,
      ],
    },
    macos: {
      look: ['security find-certificate -a -c "Amazon Root" /System/Library/Keychains/SystemRootCertificates.keychain'],
      change: [
        'curl -o /tmp/AmazonRootCA1.pem https://www.amazontrust.com/repository/AmazonRootCA1.pem && sudo security add-trusted-cert -d -k /Library/Keychains/System.keychain /tmp/AmazonRootCA1.pem',
      ],
    },
    bottlerocket: {
      look: ['apiclient get settings.pki'],
      change: [inBottlerocket({pki: {inspection: {data: 'BASE64_OF_CA_PEM', trusted: true}}})],
    },
  }),
  proxy: () => ({
    linux: proxyOf(SERVICE, 'amazon-ssm-agent'),
    ubuntu: proxyOf(SNAP_SERVICE, 'snap.amazon-ssm-agent.amazon-ssm-agent'),
    upstart: {
      look: ['cat /etc/init/amazon-ssm-agent.override'],
      change: [
        `printf 'env http_proxy=${PROXY}\\nenv https_proxy=${PROXY}\\nenv no_proxy=169.254.169.254\\n' | sudo tee -a /etc/init/amazon-ssm-agent.override`,
        START_AGAIN,
      ],
    },
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent-windows.html
    windows: {
      look: ['Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent -Name Environment'],
      change: [
        `New-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent -Name Environment -PropertyType MultiString -Force -Value @('http_proxy=${PROXY}','https_proxy=${PROXY}','no_proxy=169.254.169.254')`,
      ],
    },
    macos: {
      look: [`/usr/libexec/PlistBuddy -c 'Print :EnvironmentVariables' ${PLIST}`],
      change: [
        `sudo /usr/libexec/PlistBuddy -c 'Delete :EnvironmentVariables' ${PLIST}; sudo /usr/libexec/PlistBuddy -c 'Add :EnvironmentVariables:http_proxy string ${PROXY}' -c 'Add :EnvironmentVariables:https_proxy string ${PROXY}' -c 'Add :EnvironmentVariables:no_proxy string 169.254.169.254' ${PLIST}`,
      ],
    },
    bottlerocket: {
      look: ['apiclient get settings.network'],
      change: [inBottlerocket({network: {'https-proxy': 'PROXY_HOST:PORT', 'no-proxy': ['169.254.169.254']}})],
    },
  }),
  metadata: () => ({
    linux: {
      look: ['ip route get 169.254.169.254; sudo iptables -S OUTPUT'],
      change: [
        `sudo ip route replace 169.254.169.254/32 dev "$(ip -4 route show default | awk '{print $5; exit}')"`,
        'sudo iptables -I OUTPUT -d 169.254.169.254 -p tcp --dport 80 -m owner --uid-owner root -j ACCEPT',
      ],
    },
    windows: {
      look: ['route print 169.254.169.254'],
      change: [
        '$default = Get-NetRoute -DestinationPrefix 0.0.0.0/0 | Sort-Object RouteMetric | Select-Object -First 1; Remove-NetRoute -DestinationPrefix 169.254.169.254/32 -Confirm:$false; New-NetRoute -DestinationPrefix 169.254.169.254/32 -InterfaceIndex $default.ifIndex -NextHop $default.NextHop',
      ],
    },
    macos: {
      look: ['route -n get 169.254.169.254'],
      change: [
        `sudo route delete -host 169.254.169.254; sudo route add -host 169.254.169.254 -interface "$(route -n get default | awk '/interface:/{print $2}')"`,
      ],
    },
    bottlerocket: {
      look: [onHost('ip route get 169.254.169.254')],
      change: [onHost('ip route replace 169.254.169.254/32 dev eth0')],
    },
  }),
  configuration: () => ({
    linux: {
      look: ['cat /etc/amazon/ssm/amazon-ssm-agent.json'],
      change: ['sudo mv /etc/amazon/ssm/amazon-ssm-agent.json /etc/amazon/ssm/amazon-ssm-agent.json.unused'],
    },
    windows: {
      look: ['Get-Content "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.json"'],
      change: ['Rename-Item "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.json" amazon-ssm-agent.json.unused'],
    },
    macos: {
      look: ['cat /opt/aws/ssm/amazon-ssm-agent.json'],
      change: ['sudo mv /opt/aws/ssm/amazon-ssm-agent.json /opt/aws/ssm/amazon-ssm-agent.json.unused'],
    },
    bottlerocket: {
      look: ['apiclient get settings.host-containers.control'],
      change: [inBottlerocket({'host-containers': {control: {'user-data': ''}}})],
    },
  }),
  credentials: () => ({
    linux: {
      look: ['sudo ls -l /root/.aws'],
      change: ['sudo mv /root/.aws/credentials /root/.aws/credentials.unused'],
    },
    windows: {
      look: [`Get-ChildItem ${CREDENTIALS_ON_WINDOWS}"`],
      change: [`Rename-Item ${CREDENTIALS_ON_WINDOWS}\\credentials" credentials.unused`],
    },
    macos: {
      look: ['sudo ls -l /var/root/.aws'],
      change: ['sudo mv /var/root/.aws/credentials /var/root/.aws/credentials.unused'],
    },
    bottlerocket: {look: ['apiclient get settings.aws'], change: [inBottlerocket({aws: {credentials: ''}})]},
  }),
  firewall: () => ({
    linux: {
      look: ['sudo iptables -S OUTPUT; sudo nft list ruleset; cat /etc/resolv.conf'],
      change: [
        'if sudo ufw status 2>/dev/null | grep -qw active; then sudo ufw allow out 443/tcp; else sudo iptables -I OUTPUT -p tcp --dport 443 -j ACCEPT; fi',
      ],
    },
    windows: {
      look: ['Get-NetFirewallRule -Direction Outbound -Action Block -Enabled True'],
      change: [
        "New-NetFirewallRule -DisplayName 'SSM Agent' -Direction Outbound -Action Allow -Protocol TCP -RemotePort 443",
      ],
    },
    macos: {
      look: ['sudo pfctl -sr; scutil --dns'],
      change: ["echo 'pass out quick proto tcp to any port 443' | sudo pfctl -a com.apple/ssm -f -"],
    },
    bottlerocket: {
      look: [onHost('iptables -S OUTPUT')],
      change: [onHost('iptables -I OUTPUT -p tcp --dport 443 -j ACCEPT')],
    },
  }),
  names: (region) => ({
    linux: {look: ['cat /etc/hosts /etc/resolv.conf'], change: [withoutNames(region)]},
    windows: {
      look: [`Get-Content ${HOSTS_ON_WINDOWS}; Get-DnsClientServerAddress`],
      change: [
        `(Get-Content ${HOSTS_ON_WINDOWS}) -notmatch '${namesIn(region)}' | Set-Content ${HOSTS_ON_WINDOWS}; Clear-DnsClientCache`,
      ],
    },
    macos: {
      look: ['cat /etc/hosts; scutil --dns'],
      change: [withoutNames(region), 'sudo dscacheutil -flushcache; sudo killall -HUP mDNSResponder'],
    },
    bottlerocket: {
      look: ['apiclient get settings.network.hosts settings.dns'],
      change: [inBottlerocket({network: {hosts: []}})],
    },
  }),
}

/** The commands for the operating system of the instance; both lists have at least one. */
export function repairFor(fault: Fault, facts: MachineFacts & {readonly Region: string}, instance: Instance): Repair {
  const repairs = REPAIRS[fault](facts.Region)
  return repairs[systemOf(facts, instance)] ?? repairs.linux
}
