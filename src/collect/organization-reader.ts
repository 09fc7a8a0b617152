import {itemsOf, notAsked, type Reading, type Readings} from '../model/account.ts'
import type {Aws} from './client/aws.ts'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const KEYS = /aws:(?:principal|resource|source|vpce)org(?:id|paths)/i

/** Reads the organization of an account, once, and only if a policy among these compares its id. */
export function organizationReader() {
  let reading: Promise<Readings['Organization']> | undefined
  return async (aws: Aws, ...holders: readonly Reading<unknown>[]): Promise<Readings['Organization']> => {
    const compares = (item: unknown) => KEYS.test(JSON.stringify(item))
    if (!holders.some((items) => itemsOf(items).some(compares))) return notAsked()
    reading ??= import('./organization.ts').then(({readOrganization}) => readOrganization(aws))
    return reading
  }
}
