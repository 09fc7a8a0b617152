import type {NetworkContext} from '../../iam/policy/context.ts'
import {type Denying, type Editable, endpointsListedIn, isEditable, withEndpoints} from '../../iam/policy/edit.ts'
import type {Account, PolicyDocument} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {inList} from '../../util/list-in-words.ts'

/**
 * A perimeter that lists endpoints of a VPC may lack others of it: each service has its own. The document that also lists
 * those of the calls, if each is in the VPC of one that every statement lists, and what is done to a policy.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
export function listingTheirEndpoints(
  {VpcEndpoints}: Pick<Account, 'VpcEndpoints'>,
  document: PolicyDocument | undefined,
  denying: Denying,
  networks: readonly (NetworkContext | undefined)[],
): {readonly document: Editable; readonly title: string} | undefined {
  if (!isEditable(document)) return undefined
  const theirs = networks.flatMap((one) => (typeof one === 'object' && 'endpoint' in one ? one.endpoint : []))
  const listed = denying.map((index) => endpointsListedIn(document, index).map(String))
  const isBesideListed = theirs.every(({VpcId}) =>
    listed.every((ids) => ids.some((id) => find(VpcEndpoints, 'VpcEndpointId', id)?.VpcId === VpcId)),
  )
  const ids = [...new Set(theirs.map(({VpcEndpointId}) => VpcEndpointId))]
  const added = ids.filter((id) => !listed.every((one) => one.includes(id)))
  if (theirs.length < networks.length || !isBesideListed || added.length === 0) return undefined
  return {
    document: withEndpoints(document, denying, added),
    title: `Add ${inList(added)}, which the agent's calls go through, to the endpoints in`,
  }
}
