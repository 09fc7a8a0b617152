import {allow, anInstance, CORE, healthy, PROFILE, WEB} from '../support/healthy.ts'
import {
  AGENT,
  ASSOCIATION,
  AT,
  association,
  base,
  CUSTOM,
  deny,
  iam,
  inline,
  noProfile,
  policy,
  type Row,
  role,
} from './broken-accounts.ts'
import {event} from './events.ts'

const putPolicy = (at: string, actions: Parameters<typeof allow>[0]) =>
  event(
    'PutRolePolicy',
    at,
    {roleName: 'web', policyName: 'agent', policyDocument: JSON.stringify(allow(actions))},
    iam,
  )
const allowed = putPolicy('09:00', AGENT)

export const IDENTITY: readonly Row[] = [
  {
    name: 'a managed policy that was detached',
    account: role({AttachedManagedPolicies: []}),
    events: [event('DetachRolePolicy', AT, {roleName: 'web', policyArn: CORE}, iam)],
    cause: 'iam.no-registration-permission',
    by: 'DetachRolePolicy',
  },
  {
    name: 'a managed policy with a Deny that was attached',
    account: {
      ...role({
        AttachedManagedPolicies: [
          {PolicyName: 'core', PolicyArn: CORE},
          {PolicyName: 'ssm-only', PolicyArn: CUSTOM},
        ],
      }),
      Policies: [...(healthy.Policies as readonly never[]), policy(deny('ssm:*'), 'v1')],
    },
    events: [event('AttachRolePolicy', AT, {roleName: 'web', policyArn: CUSTOM}, iam)],
    cause: 'iam.explicit-deny',
    by: 'AttachRolePolicy',
  },
  {
    name: 'an inline policy that was put into a role made since',
    account: role({RolePolicyList: [inline('no', deny('ssm:*'))]}),
    events: [
      event(
        'PutRolePolicy',
        AT,
        {roleName: 'web', policyName: 'no', policyDocument: JSON.stringify(deny('ssm:*'))},
        iam,
      ),
      event('CreateRole', '09:00', {roleName: 'web', assumeRolePolicyDocument: '{}'}, iam),
    ],
    cause: 'iam.explicit-deny',
    by: 'PutRolePolicy',
  },
  {
    name: 'an inline policy that was replaced',
    account: role({AttachedManagedPolicies: [], RolePolicyList: [inline('agent', allow('s3:*'))]}),
    events: [putPolicy(AT, 's3:*'), allowed],
    cause: 'iam.no-registration-permission',
    by: 'PutRolePolicy',
  },
  {
    name: 'an inline policy that was deleted, by the call that put it there',
    account: role({AttachedManagedPolicies: []}),
    events: [event('DeleteRolePolicy', AT, {roleName: 'web', policyName: 'agent'}, iam), allowed],
    cause: 'iam.no-registration-permission',
    by: 'DeleteRolePolicy',
  },
  {
    name: 'a permissions boundary that was put on a role made since',
    account: {
      ...role({
        PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: CUSTOM},
      }),
      Policies: [...(healthy.Policies as readonly never[]), policy(allow('s3:*'), 'v1')],
    },
    events: [
      event('PutRolePermissionsBoundary', AT, {roleName: 'web', permissionsBoundary: CUSTOM}, iam),
      event('CreateRole', '09:00', {roleName: 'web', assumeRolePolicyDocument: '{}'}, iam),
    ],
    cause: 'iam.boundary-blocks',
    by: 'PutRolePermissionsBoundary',
  },
  {
    name: 'a trust policy that was changed, by the call that made the role',
    account: role({AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'rds.amazonaws.com'}})}),
    events: [
      event('UpdateAssumeRolePolicy', AT, {roleName: 'web', policyDocument: '{"Statement": []}'}, iam),
      event(
        'CreateRole',
        '09:00',
        {
          roleName: 'web',
          assumeRolePolicyDocument: JSON.stringify(
            allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}),
          ),
        },
        iam,
      ),
    ],
    cause: 'iam.trust-missing-ec2',
    by: 'UpdateAssumeRolePolicy',
  },
  {
    name: 'a new version of a policy, by the call that made the policy',
    account: {
      ...role({AttachedManagedPolicies: [{PolicyName: 'ssm-only', PolicyArn: CUSTOM}]}),
      Policies: [policy(allow('s3:*'), 'v2')],
    },
    events: [
      event(
        'CreatePolicyVersion',
        AT,
        {policyArn: CUSTOM, policyDocument: JSON.stringify(allow('s3:*')), setAsDefault: true},
        {service: 'iam', response: {policyVersion: {versionId: 'v2', isDefaultVersion: true}}},
      ),
      event(
        'CreatePolicy',
        '09:00',
        {policyName: 'ssm-only', policyDocument: JSON.stringify(allow(AGENT))},
        {service: 'iam', response: {policy: {arn: CUSTOM, defaultVersionId: 'v1'}}},
      ),
    ],
    cause: 'iam.no-registration-permission',
    by: 'CreatePolicyVersion',
  },
  {
    name: 'a role that was taken out of the instance profile',
    account: {
      ...base,
      InstanceProfiles: [{Arn: PROFILE, InstanceProfileName: 'web', Roles: []} as never],
    },
    events: [event('RemoveRoleFromInstanceProfile', AT, {instanceProfileName: 'web', roleName: 'web'}, iam)],
    cause: 'iam.profile-empty',
    by: 'RemoveRoleFromInstanceProfile',
  },
  {
    name: 'an instance profile that was disassociated',
    account: {...base, Instances: [noProfile], IamInstanceProfileAssociations: []},
    events: [
      event(
        'DisassociateIamInstanceProfile',
        AT,
        {DisassociateIamInstanceProfileRequest: {AssociationId: ASSOCIATION}},
        {
          response: {DisassociateIamInstanceProfileResponse: association(PROFILE)},
        },
      ),
    ],
    cause: 'iam.no-profile',
    by: 'DisassociateIamInstanceProfile',
  },
  {
    name: 'the metadata service, which was enabled before',
    account: {
      ...base,
      Instances: [
        anInstance({
          MetadataOptions: {
            State: 'applied',
            HttpEndpoint: 'disabled',
            HttpTokens: 'required',
            HttpPutResponseHopLimit: 2,
          },
        }),
      ],
    },
    events: [
      event('ModifyInstanceMetadataOptions', AT, {
        ModifyInstanceMetadataOptionsRequest: {InstanceId: WEB, HttpEndpoint: 'disabled'},
      }),
    ],
    cause: 'imds.disabled',
    by: 'ModifyInstanceMetadataOptions',
    likely: true,
  },
  {
    name: 'an instance that was stopped',
    account: {...base, Instances: [anInstance({State: {Code: 80, Name: 'stopped'}})]},
    events: [event('StopInstances', AT, {instancesSet: {items: [{instanceId: WEB}]}, force: false})],
    cause: 'instance.not-running',
    by: 'StopInstances',
  },
]
