import {accountOf} from '../../iam/context.ts'
import type {Remedy} from '../core/remedy.ts'

/** Only the organization's management account, or a delegated administrator, can change what it does not allow. */
export const changeServiceControlPolicy = (roleArn: string, actions: readonly string[]): Remedy => ({
  title: `Ask the organization's administrator to allow ${actions.join(', ')} in its service control policies`,
  steps: [
    {
      on: 'here',
      line: `aws organizations list-policies-for-target --target-id ${accountOf(roleArn)} --filter SERVICE_CONTROL_POLICY`,
    },
  ],
  docs: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html',
  effect:
    'A service control policy applies to every role in the accounts below the entity it is attached to. The root, each organizational unit and the account must all allow the actions.',
})
