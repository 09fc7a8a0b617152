import {boolean, option, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {accountFlags, remedyFlags, reportFlags} from '../cli/input/flags.ts'
import {exitCodeOf} from '../cli/output/exit-code.ts'
import {printed} from '../cli/output/print-reports.ts'

export default class Preflight extends BaseCommand {
  static override summary = 'Says before a launch whether the instance would be a managed node, and what to change.'
  static override description =
    'The same checks, paths and checklist as of an instance that runs, for one that does not exist yet. Exit codes: 0 it would be managed; 1 it would not, or not everything would work; 2 wrong usage or nothing could be asked; 3 undecided.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --subnet subnet-0123456789abcdef0 --security-group sg-0123456789abcdef0 --role web',
    '<%= config.bin %> <%= command.id %> --subnet subnet-0123456789abcdef0 --public-ip --account region.json',
  ]
  static override flags = {
    subnet: string({summary: 'Subnet.', required: true, helpValue: 'ID', helpGroup: 'THE LAUNCH'}),
    'security-group': string({
      summary: "Security group; without any, the VPC's default group.",
      helpValue: 'ID',
      helpGroup: 'THE LAUNCH',
      multiple: true,
      multipleNonGreedy: true,
    }),
    role: string({
      summary: 'Role, by name or ARN, as if a profile held it.',
      helpGroup: 'THE LAUNCH',
      exclusive: ['instance-profile'],
    }),
    'instance-profile': string({summary: 'Instance profile, by name or ARN.', helpGroup: 'THE LAUNCH'}),
    'public-ip': boolean({
      summary: "A public IPv4 address; unsaid, the subnet's own setting decides.",
      helpGroup: 'THE LAUNCH',
      allowNo: true,
    }),
    image: string({summary: 'Image.', helpValue: 'AMI', helpGroup: 'THE LAUNCH'}),
    platform: option({
      options: ['linux', 'windows'] as const,
      summary: 'Operating system; unsaid, that of the image, else linux.',
      helpGroup: 'THE LAUNCH',
    })(),
    'instance-type': string({summary: 'Instance type.', helpGroup: 'THE LAUNCH'}),
    ...accountFlags,
    ...remedyFlags,
    ...reportFlags,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Preflight)
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
    this.print(printed([examined], flags, process.stdout))
    process.exitCode = exitCodeOf([examined.report])
  }
}
