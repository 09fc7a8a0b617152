import {asText} from '../../iam/edit.ts'
import type {PolicyDocument, Role} from '../../model/account.ts'
import type {Call, Remedy, Step} from '../core/remedy.ts'
import {withRole} from '../core/role.ts'

const put = (RoleName: string, PolicyName: string, document: PolicyDocument): Call => ({
  service: 'iam',
  operation: 'PutRolePolicy',
  input: {RoleName, PolicyName, PolicyDocument: asText(document)},
})

const remove = (RoleName: string, PolicyName: string): Call => ({
  service: 'iam',
  operation: 'DeleteRolePolicy',
  input: {RoleName, PolicyName},
})

const without = (role: Role, name: string) => role.RolePolicyList.filter(({PolicyName}) => PolicyName !== name)

const DOCS = 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html'

/** Adds an inline policy to a role, or removes it if there is no document. */
export function putRolePolicy(
  role: Role,
  name: string,
  document: PolicyDocument | undefined,
  title: string,
  effect: string,
): Remedy {
  const before = role.RolePolicyList.find(({PolicyName}) => PolicyName === name)
  const undo: Step = before ? put(role.RoleName, name, before.PolicyDocument) : remove(role.RoleName, name)
  return {
    title,
    steps: [document === undefined ? remove(role.RoleName, name) : put(role.RoleName, name, document)],
    docs: DOCS,
    effect,
    undo: [undo],
    apply: (account) =>
      withRole(account, role.Arn, (found) => ({
        ...found,
        RolePolicyList: [
          ...without(found, name),
          ...(document === undefined ? [] : [{PolicyName: name, PolicyDocument: document}]),
        ],
      })),
  }
}

const LEAST_PRIVILEGE_NAME = 'ssm-agent'

/** Only the exact actions. The message and registration calls support no narrower resource. */
export const allowActions = (role: Role, actions: readonly string[], effect: string): Remedy =>
  putRolePolicy(
    role,
    LEAST_PRIVILEGE_NAME,
    {Version: '2012-10-17', Statement: [...statementsOf(role), {Effect: 'Allow', Action: actions, Resource: '*'}]},
    `Allow role ${role.RoleName} exactly ${actions.length === 1 ? actions[0] : `the ${actions.length} actions that are missing`}`,
    effect,
  )

/** What an earlier step added stays. */
function statementsOf(role: Role): readonly unknown[] {
  const document = role.RolePolicyList.find(({PolicyName}) => PolicyName === LEAST_PRIVILEGE_NAME)?.PolicyDocument
  if (typeof document !== 'object') return []
  const {Statement} = document
  return Array.isArray(Statement) ? Statement : [Statement]
}
