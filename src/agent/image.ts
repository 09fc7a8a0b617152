import type {Instance, InstanceImageMetadata, Readings} from '../model/account.ts'
import {find} from '../model/lists.ts'

type AgentInImage = 'yes' | 'no' | 'unknown'

interface Publication {
  readonly name: RegExp
  /** Accounts that publish it; Amazon's own images have the owner alias `amazon` in every partition. */
  readonly owners: readonly string[]
  readonly hasAgentPreinstalled: AgentInImage
  /** The date in the name of the first image of which that is true, and what is true of earlier ones. */
  readonly since?: {readonly date: string; readonly before: AgentInImage}
}

const AMAZON = ['amazon', '137112412989', '801119661308', '591542846629', '602401143452', '013907871322']
const CANONICAL = ['amazon', '099720109477', '513442679011', '837727238323']
const SUSE = ['amazon', '013907871322']

/**
 * The images that have the agent preinstalled according to AWS, and publishers' images that are not on that list.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html
 */
const PUBLICATIONS: readonly Publication[] = [
  {name: /^(?:al202[23]|amzn2)-ami-minimal-/, owners: AMAZON, hasAgentPreinstalled: 'no'},
  {name: /^al202[23]-ami-(?:20|kernel-|hvm-|ecs-)/, owners: AMAZON, hasAgentPreinstalled: 'yes'},
  // https://github.com/aws/containers-roadmap/issues/426
  {
    name: /^amzn2-ami-ecs-/,
    owners: AMAZON,
    hasAgentPreinstalled: 'yes',
    since: {date: '20200205', before: 'no'},
  },
  {name: /^amzn2-ami-(?:hvm|kernel)-/, owners: AMAZON, hasAgentPreinstalled: 'yes'},
  // The base images of the first Amazon Linux, which AWS listed while it was supported.
  {name: /^amzn-ami-(?:hvm|pv)-20(?:17\.09|18\.03)\./, owners: AMAZON, hasAgentPreinstalled: 'yes'},
  {name: /^amzn-ami-(?!vpc-nat-)/, owners: AMAZON, hasAgentPreinstalled: 'no'},
  // https://github.com/awslabs/amazon-eks-ami/pull/679
  {
    name: /^amazon-eks-(?:gpu-|arm64-)?node-/,
    owners: AMAZON,
    hasAgentPreinstalled: 'yes',
    since: {date: '20210621', before: 'no'},
  },
  // The agent runs in its control container. https://bottlerocket.dev/en/os/latest/concepts/host-containers/
  {name: /^bottlerocket-aws-/, owners: AMAZON, hasAgentPreinstalled: 'yes'},
  // Their release notes name the version of the agent.
  // https://docs.aws.amazon.com/dlami/latest/devguide/aws-deep-learning-ami-baseqai-aml2-2025-12-31.html
  {
    name: /^Deep Learning /,
    owners: AMAZON,
    hasAgentPreinstalled: 'yes',
    since: {date: '20251226', before: 'unknown'},
  },
  {name: /^amzn-ec2-macos-(?:10\.1[45]|1[1-5]|26)\./, owners: AMAZON, hasAgentPreinstalled: 'yes'},
  {name: /^(?:TPM-|BIOS-|EC2LaunchV2-)?Windows_Server-[\w-]*Nano/, owners: AMAZON, hasAgentPreinstalled: 'no'},
  {
    name: /^(?:TPM-|BIOS-|EC2LaunchV2-)?Windows_Server-(?:2016|2019|2022|2025)-/,
    owners: AMAZON,
    hasAgentPreinstalled: 'yes',
  },
  // EC2Config took the requests of Systems Manager on earlier ones.
  {
    name: /^Windows_Server-(?:2008|2012)-/,
    owners: AMAZON,
    hasAgentPreinstalled: 'yes',
    since: {date: '20161101', before: 'unknown'},
  },
  // The same server in the images for EKS and of Ubuntu Pro: https://github.com/eksctl-io/eksctl/issues/3973
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/agent-install-ubuntu-64-snap.html
  {
    name: /^ubuntu(?:-pro-server|-eks\/k8s_[\d.]+)?\/images\/\S*-(?:16|18|20|22|24|25|26)\.04-\S*-server-/,
    owners: CANONICAL,
    hasAgentPreinstalled: 'yes',
    since: {date: '20180627', before: 'unknown'},
  },
  {name: /^suse-sles-(?:15-sp[3-9]|1[6-9]-\d)-(?!chost|.*-chost)/, owners: SUSE, hasAgentPreinstalled: 'yes'},
  {name: /^AlmaLinux OS /, owners: ['764336703387'], hasAgentPreinstalled: 'yes'},
  // https://github.com/flatcar/scripts/pull/1083
  {
    name: /^Flatcar-[a-z]+-(?:37[6-9]\d|3[89]\d\d|[4-9]\d{3})\./,
    owners: ['075585003325'],
    hasAgentPreinstalled: 'yes',
  },
  {name: /^RHEL-\d/, owners: ['309956199498', '219670896067', '841258680906'], hasAgentPreinstalled: 'no'},
  {name: /^debian-\d/, owners: ['136693071363'], hasAgentPreinstalled: 'no'},
  {name: /^Rocky-\d/, owners: ['792107900819'], hasAgentPreinstalled: 'no'},
  {name: /^CentOS (?:Linux|Stream) /, owners: ['125523088429'], hasAgentPreinstalled: 'no'},
  {name: /^OL\d/, owners: ['131827586825'], hasAgentPreinstalled: 'no'},
]

/** Does the image of the instance include the agent? For a custom image that is unknown. */
export function isAgentPreinstalled(
  facts: Pick<Readings, 'InstanceImageMetadata'>,
  {InstanceId}: Instance,
): AgentInImage {
  const image = imageOf(facts, InstanceId)
  const publication = publicationOf(image)
  if (image?.Name === undefined || publication === undefined) return 'unknown'
  const {Name: name} = image
  const {hasAgentPreinstalled, since} = publication
  return since !== undefined && isEarlier(name, since.date) ? since.before : hasAgentPreinstalled
}

type Image = InstanceImageMetadata['ImageMetadata']

/**
 * An image of Amazon, of a seller on AWS Marketplace or of a publisher above: its name is no secret.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageMetadata.html
 */
export const isPublicImage = (image: Image): boolean =>
  ['amazon', 'aws-marketplace'].includes(image?.ImageOwnerAlias ?? '') || publicationOf(image) !== undefined

function publicationOf(image: Image): Publication | undefined {
  const publishers = [image?.OwnerId, image?.ImageOwnerAlias]
  return PUBLICATIONS.find(
    ({name, owners}) =>
      image?.Name !== undefined &&
      name.test(image.Name) &&
      publishers.some((who) => who !== undefined && owners.includes(who)),
  )
}

/** The day of the image: when it was created, or, if that is earlier, after which its publisher named it. */
export function dayOf(image: Image): string | undefined {
  const named =
    publicationOf(image) &&
    DAY.exec(image?.Name ?? '')
      ?.slice(1)
      .join('-')
  return [createdOn(image), named].filter((day) => day !== undefined).toSorted()[0]
}

/** EC2 returns it as text. */
export const createdOn = (image: Image): string | undefined => /^\d{4}-\d\d-\d\d/.exec(image?.CreationDate ?? '')?.[0]

const DAY = /(20\d\d)\.?(0[1-9]|1[0-2])\.?(0[1-9]|[12]\d|3[01])(?!\d)/
const DAYS = new RegExp(DAY, 'g')

/** The last date in a name is that of its image: `v20210526`, `2016.10.18`, `2.0.20200205-x86_64-ebs`. */
function isEarlier(name: string, date: string): boolean {
  const [, year, month, day] = [...name.matchAll(DAYS)].at(-1) ?? []
  return year !== undefined && `${year}${month}${day}` < date
}

export const imageOf = ({InstanceImageMetadata}: Pick<Readings, 'InstanceImageMetadata'>, instanceId: string) =>
  find(InstanceImageMetadata, 'InstanceId', instanceId)?.ImageMetadata

export const imageNameOf = (
  facts: Pick<Readings, 'InstanceImageMetadata'>,
  {InstanceId}: Instance,
): string | undefined => imageOf(facts, InstanceId)?.Name
