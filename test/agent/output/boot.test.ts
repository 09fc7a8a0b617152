import {describe, expect, it} from 'vitest'
import {classifyConsole} from '../../../src/agent/output/console.ts'

const kinds = (text: string) => classifyConsole(text).map(({kind}) => kind)

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/TroubleshootingInstances.html */
it.each([
  'ERROR: mmu_update failed with -22',
  'request_module: runaway loop modprobe binfmt-464c',
  'FATAL: kernel too old',
  'FATAL: Could not load /lib/modules/5.10.0/modules.dep: No such file or directory',
  'ALERT! /dev/nvme0n1p1 does not exist. Dropping to a shell!',
  'ERROR Invalid kernel: elf_xen_note_check: ERROR: Will only load images built for the generic loader',
  'fsck.ext3: No such file or directory while trying to open /dev/sdh',
  'General error mounting filesystems.',
  'Error: Unable to determine major/minor number of root device',
  'fsck died with exit status 8',
  '/dev/xvda: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
  'grubdom>',
  'grub rescue>',
  'dracut-emergency[300]: Warning: /dev/sda1 does not exist',
  'VFS: Cannot open root device "sda1" or unknown-block(0,0)',
  'Minimal BASH-like line editing is supported.',
  'Unable to load SELinux Policy. Machine is in enforcing mode. Halting now.',
  'XENBUS: Timeout connecting to devices!',
  'Cannot open access to console, the root account is locked.',
  'Welcome to emergency mode! After logging in, type "journalctl -xb" to view system logs',
  'BdsDxe: No bootable option or device was found.',
  '[    5.1] systemd[1]: Freezing execution.',
  'Entering emergency mode. Exit the shell to continue.',
  'You are in emergency mode.',
  'You are in rescue mode. After logging in, type "journalctl -xb" to view system logs',
  '[DEPEND] Dependency failed for Local File Systems.',
  '[DEPEND] Dependency failed for local-fs.target - Local File Systems.',
  '[  191.1] dracut-initqueue[300]: Warning: Could not boot.',
  'Boot failed: not a bootable disk',
  'Missing operating system',
  'Error loading operating system',
  'UEFI Interactive Shell v2.2',
  'Windows failed to start. A recent hardware or software change might be the',
  'error: ../../grub-core/loader/i386/efi/linux.c:98:you need to load the kernel first.',
  '(initramfs) ',
  '[FAILED] Failed to start Bottlerocket userdata configuration system.',
  'BOOTMGR is missing',
  'BOOTMGR is compressed',
])('did not boot: %s', (line) => expect(kinds(line)).toEqual(['boot-failure']))

it.each([
  '/dev/sda1 has gone 361 days without being checked, check forced',
  '[  2.1] blk_update_request: I/O error, dev fd0, sector 0',
  '[  9.1] ISO 9660 Extensions: mounting read-only file system',
  '[  9.1] EXT4-fs (nvme0n1p1): recovery complete',
  '[DEPEND] Dependency failed for /data.',
  '[DEPEND] Dependency failed for data.mount - /data.',
  '[  9.1] dracut-initqueue[300]: Warning: dracut-initqueue timeout - starting timeout scripts',
  'BdsDxe: failed to load Boot0001 "UEFI vol1 1": Not Found',
  '[FAILED] Failed to start Crash recovery kernel arming.',
  '[  0.0] Command line: BOOT_IMAGE=/vmlinuz panic=1 console=ttyS0 rd.emergency=poweroff',
])('booted all the same: %s', (line) => expect(kinds(line)).toEqual([]))

it('reads that the disk fails, and not that a removable one does', () => {
  expect(kinds('[  100.1] blk_update_request: I/O error, dev nvme0n1, sector 4096')).toEqual(['file-system'])
  expect(kinds('[  100.1] EXT4-fs (xvda1): Remounting filesystem read-only')).toEqual(['file-system'])
  expect(kinds('[ 9.2] XFS (nvme0n1p1): Filesystem has been shut down due to log error (0x2).')).toEqual([
    'file-system',
  ])
  expect(kinds('[ 9.2] BTRFS info (device nvme0n1p3: state EA): forced readonly')).toEqual(['file-system'])
})

describe('an interface without an address', () => {
  const row = (name: string, up: string) => `[ 30.1] cloud-init[900]: ci-info: |  ${name} | ${up} | . | . |`

  it.each([
    'Bringing up interface eth0:  Device eth0 has different MAC address than expected, ignoring.',
    '[   20.1] dhclient[801]: No DHCPOFFERS received.',
    '[FAILED] Failed to start Raise network interfaces.',
    '[   20.1] dhclient[500]: No broadcast interfaces found - exiting.',
    "[   60.1] NetworkManager[6]: device (eth0): state change: ip-config -> failed (reason 'ip-config-unavailable')",
    'Bringing up interface eth0:  Device eth0 does not seem to be present, delaying initialization.',
    '[   20.1] netplan[4]: /etc/netplan/50-cloud-init.yaml:4:5: Error in network definition: unknown key',
    '[   20.1] netplan[4]: /etc/netplan/50-cloud-init.yaml:4:5: Invalid YAML: inconsistent indentation',
    row('ens5', 'False'),
  ])('is read from %s', (line) => expect(kinds(line)).toEqual(['network-down']))

  it.each([
    '[ 30.1] NetworkManager[6]: <info>  dhcp4 (eth0): state changed new lease, address=10.0.1.10',
    '[ 30.1] dhclient[8]: DHCPACK of 10.0.1.10 from 10.0.1.1',
    '[ 30.1] dhclient[8]: DHCPACK from 10.0.1.1',
    '[ 30.1] dhclient[8]: bound to 10.0.1.10 -- renewal in 1700 seconds.',
  ])('is not the only one if another gets an address: %s', (line) => expect(kinds(line)).toEqual(['network-up']))

  it('is one of several, or the loopback', () => {
    expect(kinds(`${row('ens5', 'True')}\n${row('ens6', 'False')}`)).toEqual(['network-up', 'network-down'])
    expect(kinds(row('lo', 'False'))).toEqual([])
    for (const inner of ['lo', 'docker0', 'veth1a2b']) expect(kinds(row(inner, 'True'))).toEqual([])
  })
})

it('reads that cloud-init does not reach the metadata service, until it names EC2 as its data source', () => {
  const local =
    "[ 130.2] cloud-init[80]: 2026-11-20 08:02:00,000 - DataSourceEc2.py[WARNING]: IMDS's HTTP endpoint is probably disabled"
  const end = (source: string) =>
    `[ 140.2] cloud-init[90]: Cloud-init v. 24.4 finished at Fri, 20 Nov 2026 08:02:10 +0000. Datasource ${source}.  Up 140.20 seconds`
  expect(kinds(`${local}\n${end('DataSourceNone')}`)).toEqual(['metadata'])
  expect(kinds(`${local}\n${'a line\n'.repeat(400)}${end('DataSourceEc2')}`)).toEqual([])
})

it('reads that the agent does not reach the metadata service, although cloud-init did before', () => {
  const agent =
    '[ 135.2] amazon-ssm-agent[95]: Get "http://169.254.169.254/latest/meta-data/instance-id": dial tcp 169.254.169.254:80: i/o timeout'
  const end = '[ 140.2] cloud-init[90]: Cloud-init v. 24.4 finished. Datasource DataSourceEc2Local.  Up 140.20 seconds'
  expect(kinds(`${agent}\n${end}`)).toEqual(['metadata'])
})

it('forgets what came before the agent started', () => {
  const lines = ['You are in emergency mode.', '2026/11/20 08:05:00Z: Amazon SSM Agent v3.3.3270.0 is running']
  expect(kinds(lines.join('\n'))).toEqual(['agent-started'])
  expect(kinds(lines.reverse().join('\n'))).toEqual(['agent-started', 'boot-failure'])
})

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2launchv2-troubleshooting.html */
describe('EC2Launch', () => {
  it.each(['Waiting for meta-data accessibility...', 'Waiting for access to metadata...'])(
    'waits for the metadata service until it says that it was answered: %s',
    (line) => {
      const waiting = `2026/11/20 08:00:05Z: Message: ${line}`
      expect(kinds(waiting)).toEqual(['metadata'])
      expect(kinds(`${waiting}\n2026/11/20 08:00:06Z: Message: Meta-data is now available.`)).toEqual([])
    },
  )

  it.each(['Windows sysprep configuration complete.', 'Message: Windows is Ready to use'])(
    'waits for sysprep, and for a system that did not boot before, until it says: %s',
    (line) => {
      const waiting = "2026/11/20 08:00:05Z: Windows is being configured. 'SysprepState is IMAGE_STATE_UNDEPLOYABLE'"
      const ready = `2026/11/20 08:02:00Z: ${line}`
      expect(kinds(`${ready}\n${waiting}`)).toEqual(['sysprep'])
      expect(kinds(`BOOTMGR is missing\n${waiting}\n${ready}`)).toEqual([])
    },
  )
})

it('reads the old wording of the kernel', () => {
  expect(kinds('[115879.7] Out of memory: kill process 20273 (httpd) score 1285879')).toEqual(['out-of-memory'])
})
