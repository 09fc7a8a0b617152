/**
 * What the firmware, the boot loader, the kernel and the init system print when a system does not come up, the first
 * group from AWS's page.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/TroubleshootingInstances.html
 */
const NOT_BOOTED: readonly RegExp[] = [
  /ERROR: mmu_update failed/,
  /request_module: runaway loop modprobe/,
  /FATAL: (?:kernel too old|Could not load \/lib\/modules)/,
  /ERROR Invalid kernel/,
  /Dropping to a shell!/,
  /General error mounting filesystems/,
  /Unable to determine major\/minor number of root device/,
  /fsck died with exit status|RUN fsck MANUALLY|while trying to open \/dev\//,
  /grubdom>|grub rescue>|Minimal BASH-like line editing|you need to load the kernel first/,
  /^\(initramfs\) /,
  // https://github.com/bottlerocket-os/bottlerocket/issues/1346
  /Failed to start Bottlerocket userdata configuration system/,
  /Unable to load SELinux Policy/i,
  /XENBUS: Timeout connecting to devices/,
  /Kernel panic - not syncing/,
  /(?:Entering|You are in|Welcome to) (?:emergency|rescue) mode|Dependency failed for (?:local-fs\.target - )?Local File Systems/,
  /Give root password for maintenance|the root account is locked/,
  /dracut-emergency|dracut-initqueue\[\d{1,9}\]: Warning: Could not boot|Cannot open root device/,
  /systemd\[1\]: Freezing execution/,
  // The boot manager of Windows where it uses the serial port, and its boot sector.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-sac.html
  /Windows failed to start\. A recent hardware|BOOTMGR is (?:missing|compressed)/,
  /No bootable option or device|not a bootable disk|(?:Missing|Error loading) operating system|UEFI Interactive Shell/,
]

/** What the network of the system prints when its interface gets no address. */
const WITHOUT_NETWORK: readonly RegExp[] = [
  /has different MAC address than expected, ignoring/,
  /No DHCPOFFERS received|No broadcast interfaces found|'ip-config-unavailable'/,
  /does not seem to be present, delaying initialization/,
  /\/etc\/netplan\/\S{1,80}: (?:Error in network definition|Invalid YAML)/,
  /Failed to start Raise network interfaces/,
  /ci-info: \|\s{1,20}(?!lo\b)\w{1,20}\s{1,20}\|\s{1,20}False/,
]

const WITH_NETWORK: readonly RegExp[] = [
  /DHCPACK (?:of|from)|bound to \d{1,3}\.|state changed new lease/,
  /ci-info: \|\s{1,20}(?!lo\b|docker|veth)\w{1,20}\s{1,20}\|\s{1,20}True/,
]

export const anyOf = (patterns: readonly RegExp[], flags?: string): RegExp =>
  new RegExp(patterns.map(({source}) => source).join('|'), flags)

/**
 * The last line of a kernel that the `halt` command stopped. EC2 shows such an instance as running.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingInstanceInitiatedShutdownBehavior.html
 */
export const HALTED = /\breboot: System halted/

export const BOOT_FAILURE = anyOf(NOT_BOOTED, 'i')
export const NETWORK_DOWN = anyOf(WITHOUT_NETWORK, 'i')
export const NETWORK_UP = anyOf(WITH_NETWORK, 'i')
