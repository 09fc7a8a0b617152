import type {Instance, Readings} from '../model/account.ts'
import {find} from '../model/joins.ts'

export type Carries = 'yes' | 'no' | 'unknown'

interface Publication {
  readonly name: RegExp
  /** Accounts that publish it; Amazon's own images carry the alias `amazon` in every partition. */
  readonly owners: readonly string[]
  readonly carries: Carries
}

const AMAZON = ['amazon', '137112412989', '801119661308', '591542846629', '602401143452', '013907871322']
const CANONICAL = ['amazon', '099720109477', '513442679011', '837727238323']
const SUSE = ['amazon', '013907871322']

/**
 * The images on which AWS says the agent is likely to be found, and the publishers' images that are not on that list.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html
 */
const PUBLICATIONS: readonly Publication[] = [
  {name: /^(?:al2023|amzn2)-ami-minimal-/, owners: AMAZON, carries: 'no'},
  {name: /^al2023-ami-(?:20|kernel-|hvm-|ecs-hvm-)/, owners: AMAZON, carries: 'yes'},
  {name: /^amzn2-ami-(?:hvm|kernel|ecs)-/, owners: AMAZON, carries: 'yes'},
  {name: /^amazon-eks-(?:gpu-|arm64-)?node-/, owners: AMAZON, carries: 'yes'},
  // The agent runs in its control container. https://bottlerocket.dev/en/os/latest/concepts/host-containers/
  {name: /^bottlerocket-aws-/, owners: AMAZON, carries: 'yes'},
  {name: /^amzn-ec2-macos-1[345]\./, owners: AMAZON, carries: 'yes'},
  {name: /^Windows_Server-[\w-]*Nano/, owners: AMAZON, carries: 'no'},
  {name: /^Windows_Server-(?:2012-R2|2016|2019|2022|2025)-/, owners: AMAZON, carries: 'yes'},
  {name: /^ubuntu\/images\/\S*-(?:16|18|20|22|24|25)\.04-\S*-server-/, owners: CANONICAL, carries: 'yes'},
  {name: /^suse-sles-15-sp[3-9]-(?!chost|.*-chost)/, owners: SUSE, carries: 'yes'},
  {name: /^AlmaLinux OS /, owners: ['764336703387'], carries: 'yes'},
  {name: /^RHEL-\d/, owners: ['309956199498', '219670896067', '841258680906'], carries: 'no'},
  {name: /^debian-\d/, owners: ['136693071363'], carries: 'no'},
  {name: /^Rocky-\d/, owners: ['792107900819'], carries: 'no'},
  {name: /^CentOS (?:Linux|Stream) /, owners: ['125523088429'], carries: 'no'},
  {name: /^OL\d/, owners: ['131827586825'], carries: 'no'},
]

/** Does the image that the instance was made from carry the agent? A custom image tells nothing of itself. */
export function carriesAgent(facts: Pick<Readings, 'InstanceImageMetadata'>, {InstanceId}: Instance): Carries {
  const image = find(facts.InstanceImageMetadata, 'InstanceId', InstanceId)?.ImageMetadata
  const name = image?.Name
  if (name === undefined) return 'unknown'
  const publishers = [image?.OwnerId, image?.ImageOwnerAlias]
  const publication = PUBLICATIONS.find(
    (each) => each.name.test(name) && publishers.some((who) => who !== undefined && each.owners.includes(who)),
  )
  return publication?.carries ?? 'unknown'
}

export const imageNameOf = (
  facts: Pick<Readings, 'InstanceImageMetadata'>,
  {InstanceId}: Instance,
): string | undefined => find(facts.InstanceImageMetadata, 'InstanceId', InstanceId)?.ImageMetadata?.Name
