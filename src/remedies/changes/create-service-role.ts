import {awsManaged, CORE} from '../../iam/managed-policies.ts'
import type {Role} from '../../model/account.ts'
import {withPut} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'
import {attach, detach} from './attach-role-policy.ts'

const DOCS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-service-role.html'

/** AWS recommends the condition, so that no other account can make Systems Manager use the role. */
const trustFor = (account: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: {Service: 'ssm.amazonaws.com'},
      Action: 'sts:AssumeRole',
      Condition: {StringEquals: {'aws:SourceAccount': account}},
    },
  ],
})

/**
 * Recreates the service role that hybrid nodes were registered with; they refer to it by name, so it works as before.
 */
export function createServiceRole(Partition: string, arn: string): Remedy | undefined {
  const [, account, path = '', RoleName] =
    /^arn:[^:]+:iam::(\d{12}):role\/((?:[\w+=,.@-]+\/)*)([\w+=,.@-]+)$/.exec(arn) ?? []
  if (account === undefined || RoleName === undefined) return undefined
  const Path = `/${path}`
  const PolicyArn = awsManaged(Partition, CORE)
  const role: Role = {
    Arn: arn,
    RoleName,
    Path,
    RoleId: undefined,
    CreateDate: undefined,
    AssumeRolePolicyDocument: trustFor(account),
    RolePolicyList: [],
    AttachedManagedPolicies: [{PolicyName: CORE, PolicyArn}],
    Tags: [],
  }
  return {
    title: `Create service role ${RoleName} for hybrid nodes`,
    steps: [
      {
        service: 'iam',
        operation: 'CreateRole',
        input: {RoleName, Path, AssumeRolePolicyDocument: JSON.stringify(trustFor(account))},
      },
      attach(RoleName, PolicyArn),
    ],
    docs: DOCS,
    effect: `Every hybrid node that was registered with role ${RoleName} gets its credentials from it.`,
    undo: [detach(RoleName, PolicyArn), {service: 'iam', operation: 'DeleteRole', input: {RoleName}}],
    apply: (before) => withPut(before, 'Roles', 'Arn', role),
  }
}
