import {
  type Account,
  type Instance,
  type ItemOf,
  isUnreadable,
  type NetworkAcl,
  type RouteTable,
  type Unreadable,
} from './account.ts'
import {allWith} from './lists.ts'

/**
 * The association of the instance with its profile, if it is not ending: such a one can be neither replaced nor ended.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileAssociation.html
 */
export function profileAssociationOf(
  {IamInstanceProfileAssociations}: Pick<Account, 'IamInstanceProfileAssociations'>,
  {InstanceId}: Pick<Instance, 'InstanceId'>,
): ItemOf<'IamInstanceProfileAssociations'> | undefined {
  const all = allWith(IamInstanceProfileAssociations, 'InstanceId', InstanceId).filter(
    ({State}) => State !== 'disassociating' && State !== 'disassociated',
  )
  return all.find(({State}) => State === 'associated') ?? all[0]
}

type TableAssociation = RouteTable['Associations'][number]

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTableAssociationState.html */
const hasEnded = ({AssociationState}: TableAssociation): boolean =>
  AssociationState?.State === 'disassociated' || AssociationState?.State === 'failed'

/** Whether an association of the table counts that is for the subnet. */
export const isAssociatedWith = ({Associations}: RouteTable, subnetId: string): boolean =>
  Associations.some((one) => one.SubnetId === subnetId && !hasEnded(one))

/** The route table of the subnet: its own, or the main route table of the VPC. */
export function routeTableOf(
  {RouteTables}: Pick<Account, 'RouteTables'>,
  subnet: {readonly SubnetId: string; readonly VpcId: string},
): RouteTable | Unreadable | undefined {
  const inVpc = allWith(RouteTables, 'VpcId', subnet.VpcId)
  return (
    inVpc.find((table) => isAssociatedWith(table, subnet.SubnetId)) ??
    (isUnreadable(RouteTables)
      ? RouteTables
      : inVpc.find(({Associations}) => Associations.some((one) => one.Main && !hasEnded(one))))
  )
}

/** The same, where it was read. */
export function knownTableOf(...place: Parameters<typeof routeTableOf>): RouteTable | undefined {
  const table = routeTableOf(...place)
  return isUnreadable(table) ? undefined : table
}

const subnetsOfAcl = ({Associations}: NetworkAcl) => Associations.map(({SubnetId}) => SubnetId)

export const networkAclOf = (
  {NetworkAcls}: Pick<Account, 'NetworkAcls'>,
  subnetId: string,
): NetworkAcl | Unreadable | undefined =>
  allWith(NetworkAcls, subnetsOfAcl, subnetId).at(-1) ?? (isUnreadable(NetworkAcls) ? NetworkAcls : undefined)
