import {asText} from '../../iam/policy/edit.ts'
import type {PolicyDocument} from '../../model/account.ts'
import {type Change, remedyOf} from './change.ts'
import type {Remedy} from './remedy.ts'

/**
 * Quotas of IAM, by default. Whether AWS has raised one is not read.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
interface IamQuota {
  readonly most: number
  readonly inWords: string
}

export const POLICIES_OF_ROLE: IamQuota = {most: 10, inWords: 'the quota is 10 and can be raised'}
/** Of all inline policies of a role together. */
export const INLINE_SIZE: IamQuota = {most: 10_240, inWords: 'the quota is 10,240 and cannot be raised'}
export const MANAGED_SIZE: IamQuota = {most: 6144, inWords: 'the quota is 6,144 and cannot be raised'}
export const TRUST_SIZE: IamQuota = {most: 2048, inWords: 'the quota is 2,048 and can be raised'}

/** Of an endpoint's policy, with white space. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html */
export const ENDPOINT_SIZE: IamQuota = {most: 20_480, inWords: 'the quota is 20,480 and cannot be raised'}

/** IAM does not count white space. */
export const charactersIn = (...documents: readonly (PolicyDocument | undefined)[]): number =>
  documents.reduce<number>(
    (sum, document) => sum + (document === undefined ? 0 : asText(document).replaceAll(/\s/g, '').length),
    0,
  )

interface Growth {
  readonly what: string
  readonly before: number
  readonly after: number
  readonly quota: IamQuota
}

/** AWS rejects what exceeds a quota: such a change is shown with the quota, and not tried on the model. */
export const remedyWithin = (
  {what, before, after, quota}: Growth,
  title: string,
  {apply, ...calls}: Change,
  {effect, docs}: Required<Pick<Remedy, 'effect' | 'docs'>>,
): Remedy =>
  after <= quota.most || after <= before
    ? remedyOf(title, {...calls, apply}, {docs, effect})
    : remedyOf(title, calls, {
        docs,
        effect: `${effect} ${what} would then have ${after.toLocaleString('en-US')} characters: ${quota.inWords}.`,
      })
