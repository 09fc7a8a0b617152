import {boolean, option, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {accountFlags, briefFlags, many, outputFlags, remedyFlags, reportFlags, under} from '../cli/input/flags.ts'
import {exitCodeOf} from '../cli/output/exit-code.ts'
import {outputFor} from '../cli/output/output-files.ts'
import {REPORT_FORMATS} from '../cli/output/report-formats.ts'

export default class Preflight extends BaseCommand {
  static override summary = 'Check before a launch whether an instance would become a managed node.'
  static override description =
    'Runs the same checks for an instance that does not exist yet, and says what to change. Exit codes: 0 it would be managed; 1 it would not, or only partly; 2 wrong usage, or AWS could not be queried; 3 undecided.'
  static override usage = ['preflight --subnet ID [--security-group ID...] [FLAGS]']
  static override examples = [
    '<%= config.bin %> <%= command.id %> --subnet subnet-0123456789abcdef0 --role web',
    '<%= config.bin %> <%= command.id %> --subnet subnet-0123456789abcdef0 --account region.json',
  ]
  static override flags = {
    ...under('LAUNCH', {
      subnet: string({summary: 'Subnet to launch into.', required: true, helpValue: 'ID'}),
      'security-group': string({
        summary: "Security group (default: the VPC's default group).",
        helpValue: 'ID',
        ...many,
      }),
      role: string({
        summary: 'Role name or ARN, as if attached through an instance profile.',
        exclusive: ['instance-profile'],
      }),
      'instance-profile': string({summary: 'Instance profile name or ARN.'}),
      'public-ip': boolean({
        summary: "Public IPv4 address (default: the subnet's setting).",
        allowNo: true,
      }),
      image: string({
        summary: 'Image, which decides the operating system and the agent.',
        helpValue: 'AMI',
      }),
      platform: option({
        options: ['linux', 'windows'] as const,
        summary: "Operating system (default: the image's, else linux).",
      })(),
      'instance-type': string({summary: 'Instance type.'}),
    }),
    ...accountFlags,
    ...remedyFlags,
    ...reportFlags,
    ...briefFlags,
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Preflight)
    const output = await outputFor(REPORT_FORMATS, flags, this.config.version)
    const {preflightIn} = await import('../cli/run/preflight.ts')
    const examined = await preflightIn(
      {
        subnet: flags.subnet,
        groups: flags['security-group'] ?? [],
        role: flags.role,
        profile: flags['instance-profile'],
        publicIp: flags['public-ip'],
        image: flags.image,
        platform: flags.platform,
        instanceType: flags['instance-type'],
      },
      flags,
    )
    await output([examined])
    process.exitCode = exitCodeOf([examined.report])
  }
}
