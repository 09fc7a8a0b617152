import {
  type Account,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations'
import type {Organization, Reading} from '../model/account.ts'
import {uniqueBy} from '../util/group-by.ts'
import {defined} from '../util/json.ts'
import {usageError} from '../util/usage-error.ts'
import type {Aws} from './client/aws.ts'
import {pagesOf, send} from './client/calls.ts'
import {accessError, cameFromAws, reasonOf} from './client/errors.ts'
import {ifExists, readOr, required} from './client/paginate.ts'

/**
 * The organization of the account, which each of its accounts may ask for; none if the account is in none. The mail
 * address of its owner is left out.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
 */
export const readOrganization = (aws: Aws): Promise<Reading<Organization>> =>
  readOr('organizations:DescribeOrganization', async () => {
    const answer = await ifExists(['AWSOrganizationsNotInUseException'], () =>
      send(aws, OrganizationsClient, new DescribeOrganizationCommand({})),
    )
    if (answer === undefined) return []
    const {Id, Arn, MasterAccountId} = required(answer.Organization, 'Organization')
    return [defined({Id: required(Id, 'Id'), Arn, MasterAccountId})]
  })

export interface OrganizationAccount {
  readonly id: string
  /** As AWS returns it: ACTIVE, SUSPENDED, PENDING_CLOSURE … */
  readonly state: string
}

/**
 * The accounts of the organization, or of the units that are named with all units below them, as the management account
 * or a delegated administrator sees them. `listing` is the setting that names accounts instead.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export async function organizationAccounts(
  aws: Aws,
  units: readonly string[],
  listing: string,
): Promise<readonly OrganizationAccount[]> {
  const odd = units.find((unit) => !PARENT.test(unit))
  if (odd !== undefined)
    throw usageError(`"${odd}" is not the id of an organizational unit; use one such as ou-abcd-11112222 or r-abcd.`)
  const found =
    units.length === 0 ? await allAccounts(aws, listing) : (await Promise.all(units.map(under(aws, listing)))).flat()
  return uniqueBy(found, ({id}) => id)
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html */
const PARENT = /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/

const accounts = pagesOf(OrganizationsClient, ListAccountsCommand, 'Accounts')
const accountsUnder = pagesOf(OrganizationsClient, ListAccountsForParentCommand, 'Accounts')
const unitsUnder = pagesOf(OrganizationsClient, ListOrganizationalUnitsForParentCommand, 'OrganizationalUnits')

/** `State` replaces `Status`, which AWS is retiring. Without either, the account is treated as active. */
const accountIn = ({Id, State, Status}: Account): readonly OrganizationAccount[] =>
  Id === undefined ? [] : [{id: Id, state: State ?? Status ?? 'ACTIVE'}]

const allAccounts = async (aws: Aws, listing: string) =>
  (await listed('ListAccounts', listing, accounts(aws, {}))).flatMap(accountIn)

const under =
  (aws: Aws, listing: string) =>
  async (ParentId: string): Promise<readonly OrganizationAccount[]> => {
    const [here, units] = await Promise.all([
      listed('ListAccountsForParent', listing, accountsUnder(aws, {ParentId})),
      listed('ListOrganizationalUnitsForParent', listing, unitsUnder(aws, {ParentId})),
    ])
    const below = units.flatMap(({Id}) => Id ?? [])
    return [...here.flatMap(accountIn), ...(await Promise.all(below.map(under(aws, listing)))).flat()]
  }

async function listed<T>(operation: string, listing: string, request: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await request
  } catch (error) {
    if (!(error instanceof Error) || !cameFromAws(error)) throw error
    throw accessError(
      `Cannot list the accounts of the organization (${reasonOf(error, `organizations:${operation}`)}); only its management account and delegated administrators can. List the accounts yourself with ${listing}.`,
      error,
    )
  }
}
