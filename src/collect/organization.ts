import {ListAccountsCommand, OrganizationsClient} from '@aws-sdk/client-organizations'
import type {Aws} from './aws.ts'
import {accessError, cameFromAws, reasonOf} from './errors.ts'
import {paginate} from './paginate.ts'

/**
 * The active accounts of the organization, as its management account or a delegated administrator sees them.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export async function organizationAccounts(aws: Aws): Promise<readonly string[]> {
  try {
    return await paginate(async (NextToken) => {
      const answer = await aws.client(OrganizationsClient).send(new ListAccountsCommand({NextToken}), aws.until)
      const active = answer.Accounts?.filter(({Status}) => Status === undefined || Status === 'ACTIVE')
      return {items: active?.flatMap(({Id}) => Id ?? []), next: answer.NextToken}
    })
  } catch (error) {
    if (!(error instanceof Error) || !cameFromAws(error)) throw error
    const why = reasonOf(error, 'organizations:ListAccounts')
    throw accessError(
      `The accounts of the organization cannot be listed (${why}); only its management account and delegated administrators may. Name the accounts with --accounts-from FILE.`,
      error,
    )
  }
}
