import {asText, isEditable, withoutDeny, withStatement} from '../../iam/edit.ts'
import type {PolicyDocument, Role} from '../../model/account.ts'
import type {Call, Remedy} from '../core/remedy.ts'
import {withRole} from '../core/role.ts'

/** AWS's own documents use this name in every partition except those that cannot reach it. */
export const trustDocument = (service: 'ec2' | 'ssm'): {readonly [key: string]: unknown} => ({
  Version: '2012-10-17',
  Statement: [trustStatement(service)],
})

const trustStatement = (service: 'ec2' | 'ssm') => ({
  Effect: 'Allow',
  Principal: {Service: `${service}.amazonaws.com`},
  Action: 'sts:AssumeRole',
})

const update = (RoleName: string, document: PolicyDocument): Call => ({
  service: 'iam',
  operation: 'UpdateAssumeRolePolicy',
  input: {RoleName, PolicyDocument: asText(document)},
})

/** Allows a service to assume the role; existing principals still can. */
export function updateAssumeRolePolicy(role: Role, service: 'ec2' | 'ssm', effect: string): Remedy {
  const before = role.AssumeRolePolicyDocument
  const document = isEditable(before)
    ? withStatement(withoutDeny(before, ['sts:AssumeRole']), trustStatement(service))
    : trustDocument(service)
  return {
    title: `Allow ${service}.amazonaws.com to assume role ${role.RoleName}`,
    steps: [update(role.RoleName, document)],
    docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html',
    effect,
    ...(before === undefined ? {} : {undo: [update(role.RoleName, before)]}),
    apply: (account) => withRole(account, role.Arn, (found) => ({...found, AssumeRolePolicyDocument: document})),
  }
}
