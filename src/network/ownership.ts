import type {Context, Subnet} from '../model/account.ts'

type Viewer = Pick<Context, 'Caller' | 'AlsoSeenBy'>

/**
 * Whether the caller, or an account whose file is given, owns it. What an owner does not list does not exist; about
 * what others own, a list shows nothing. Without a caller, the lists are assumed to be the owner's.
 */
export const isVisibleTo = ({Caller, AlsoSeenBy = []}: Viewer, owner: string | undefined): boolean =>
  owner === undefined || Caller === undefined || owner === Caller.Account || AlsoSeenBy.includes(owner)

/**
 * A participant of a shared VPC cannot describe what the owner has in it: gateways, endpoints, peering connections and
 * interfaces. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
 */
export const isShared = (viewer: Viewer, subnet: Pick<Subnet, 'OwnerId'>): boolean =>
  !isVisibleTo(viewer, subnet.OwnerId)
