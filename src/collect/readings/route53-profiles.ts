import {isUnreadable, itemsOf, type Readings, whyUnreadable} from '../../model/account.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf} from '../client/calls.ts'
import {errorName} from '../client/errors.ts'
import {withIds} from '../client/normalize.ts'
import {complete, join, readList} from '../client/paginate.ts'
import {
  ListProfileAssociationsCommand,
  ListProfileResourceAssociationsCommand,
  Route53ProfilesClient,
} from '../client/route53-profiles-client.ts'

type Associations = Readings['ProfileAssociations']

/** A Region whose endpoint has no DNS name does not have the service, and so no VPC with a Profile. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === 'ENOTFOUND' && errorName(error) !== ''

/** The Route 53 Profiles of the VPCs; `everywhere`: of every VPC of the Region. */
export const readProfileAssociations = async (
  aws: Aws,
  vpcIds: readonly string[] | 'everywhere',
): Promise<Associations> => {
  const vpcs = vpcIds === 'everywhere' ? [undefined] : vpcIds
  return join(await Promise.all(vpcs.map((vpcId) => associationsOf(aws, vpcId))), ({Id}) => Id)
}

const associationsOf = (aws: Aws, vpcId: string | undefined): Promise<Associations> =>
  readList('route53profiles:ListProfileAssociations', () =>
    associations(aws, {...PAGE, ...(vpcId !== undefined && {ResourceId: vpcId})}).catch((error: unknown) => {
      if (isAbsent(error)) return []
      throw error
    }),
  )

const PAGE = {MaxResults: 100}

const associations = pagesOf(
  Route53ProfilesClient,
  ListProfileAssociationsCommand,
  'ProfileAssociations',
  complete(withIds('Id', 'ProfileId', 'ResourceId')),
)

/** The zones, Resolver rules, DNS Firewall rule groups and endpoints of the Profiles. */
export async function readProfileResourceAssociations(
  aws: Aws,
  associations: Associations,
): Promise<Readings['ProfileResourceAssociations']> {
  const ids = [...new Set(itemsOf(associations).map(({ProfileId}) => ProfileId))]
  const found = await Promise.all(
    ids.map((ProfileId) =>
      readList('route53profiles:ListProfileResourceAssociations', () => resources(aws, {ProfileId, ...PAGE})),
    ),
  )
  return join(isUnreadable(associations) ? [whyUnreadable(associations), ...found] : found, ({Id}) => Id)
}

const resources = pagesOf(
  Route53ProfilesClient,
  ListProfileResourceAssociationsCommand,
  'ProfileResourceAssociations',
  complete(withIds('Id', 'ProfileId', 'ResourceArn')),
)
