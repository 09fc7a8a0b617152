import type {Subnet, Vpc} from './account.ts'

/**
 * Blocks that a VPC or subnet no longer has, or never got, stay listed for a while.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcCidrBlockState.html
 */
const isInactive = (state: string | undefined): boolean => state === 'disassociated' || state === 'failed'

export const ipv4BlocksOf = ({CidrBlock, CidrBlockAssociationSet = []}: Vpc): readonly string[] =>
  [
    CidrBlock,
    ...CidrBlockAssociationSet.map((one) => (isInactive(one.CidrBlockState?.State) ? undefined : one.CidrBlock)),
  ].filter((block) => block !== undefined)

/** The IPv6 blocks of a VPC or a subnet. */
export const ipv6BlocksOf = ({
  Ipv6CidrBlockAssociationSet = [],
}: Pick<Vpc | Subnet, 'Ipv6CidrBlockAssociationSet'>): readonly string[] =>
  Ipv6CidrBlockAssociationSet.flatMap(({Ipv6CidrBlock, Ipv6CidrBlockState}) =>
    Ipv6CidrBlock === undefined || isInactive(Ipv6CidrBlockState?.State) ? [] : Ipv6CidrBlock,
  )

/**
 * Those of them that AWS does not advertise on the internet.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcIpv6CidrBlockAssociation.html
 */
export const privateIpv6BlocksOf = ({Ipv6CidrBlockAssociationSet = []}: Vpc): readonly string[] =>
  ipv6BlocksOf({
    Ipv6CidrBlockAssociationSet: Ipv6CidrBlockAssociationSet.filter(
      ({Ipv6AddressAttribute}) => Ipv6AddressAttribute === 'private',
    ),
  })
