import type {Signal} from '../../../src/agent/output/signal.ts'
import {type Check, type Finding, isFinding, type Note} from '../../../src/checks/check.ts'
import type {
  Account,
  Facts,
  IamInstanceProfileAssociation,
  Instance,
  Kind,
  Policy,
  PolicyDocument,
  Role,
} from '../../../src/model/account.ts'
import type {Path} from '../../../src/network/path.ts'
import {allow, aNode, anInstance, aRole, healthy, OWNER, PROFILE} from '../../support/healthy.ts'

const HOST_ROLE = `arn:aws:iam::${OWNER}:role/service-role/Default`
export const EDGE = `arn:aws:iam::${OWNER}:policy/edge`

/** The healthy account with a node that is not registered yet, so that no ping answers what policies leave undecided. */
export const absent: Account = {...healthy, InstanceInformationList: [], ConnectionStatuses: []}

export const run = (
  check: Check,
  change: Partial<Account> = {},
  paths: readonly Path[] = [],
  evidence: readonly Signal[] = [],
): readonly Note[] => {
  const account = {...absent, ...change}
  const [instance = anInstance()] = Array.isArray(account.Instances) ? (account.Instances as readonly Instance[]) : []
  return check.run(account as Facts<Kind, Kind>, instance, paths, evidence)
}

export const findings = (...given: Parameters<typeof run>): readonly Finding[] => run(...given).filter(isFinding)
export const causes = (...given: Parameters<typeof run>): readonly string[] =>
  findings(...given).map(({cause}) => cause)
export const unknown = (...given: Parameters<typeof run>): boolean => run(...given).some((note) => 'unknown' in note)

/** For each change that a finding proposes and the model can apply: what the check still finds afterwards. */
export const causesAfter = (check: Check, change: Partial<Account> = {}, paths: readonly Path[] = []) => {
  const account: Account = {...absent, ...change}
  return findings(check, change, paths)
    .flatMap(({remedies = []}) => remedies)
    .flatMap(({title, apply}) => (apply ? [{title, left: causes(check, apply(account), paths)}] : []))
}

export const inline = (PolicyName: string, PolicyDocument: PolicyDocument) => ({PolicyName, PolicyDocument})
export const deny = (Action: string | readonly string[], rest: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{Effect: 'Deny', Action, Resource: '*', ...rest}],
})

export const roles = (...Roles: readonly Role[]): Partial<Account> => ({Roles})
/** The role allows only these actions. */
export const only = (...actions: readonly string[]) =>
  roles(aRole({AttachedManagedPolicies: [], RolePolicyList: [inline('own', allow(actions))]}))
export const withPolicies = (...policies: readonly Policy[]): Partial<Account> => ({
  Policies: [...(healthy.Policies as readonly Policy[]), ...policies],
})
export const policy = (Document: PolicyDocument, Arn = EDGE): Policy => ({
  Arn,
  PolicyName: Arn.slice(Arn.lastIndexOf('/') + 1),
  DefaultVersionId: 'v1',
  PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document}],
})

export const noProfile = (): Instance => {
  const {IamInstanceProfile: _, ...rest} = anInstance()
  return rest
}

export const hostRole = (change: Partial<Role> = {}): Role =>
  aRole({
    Arn: HOST_ROLE,
    RoleName: 'Default',
    Path: '/service-role/',
    AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ssm.amazonaws.com'}}),
    ...change,
  })

/** Host management is enabled, and the profile's role has no permissions. */
export const onHostManagement = (
  role: Role | undefined = hostRole(),
  changed = '2026-10-01T00:00:00.000Z',
): Partial<Account> => ({
  ServiceSettings: [
    {
      SettingId: '/ssm/managed-instance/default-ec2-instance-management-role',
      SettingValue: 'service-role/Default',
      LastModifiedDate: changed,
      LastModifiedUser: undefined,
      ARN: undefined,
      Status: 'Customized',
    },
  ],
  Roles: [aRole({AttachedManagedPolicies: []}), ...(role ? [role] : [])],
})

export const associated = (
  State: NonNullable<IamInstanceProfileAssociation['State']>,
  Timestamp?: string,
): Partial<Account> => ({
  IamInstanceProfileAssociations: [
    {
      AssociationId: 'iip-assoc-0aaaaaaaaaaaaaa01',
      InstanceId: anInstance().InstanceId,
      IamInstanceProfile: {Arn: PROFILE, Id: 'AIPAEXAMPLEWEB'},
      State,
      Timestamp,
    },
  ],
})

export const lost = (LastPingDateTime: string): Partial<Account> => ({
  InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', LastPingDateTime})],
})

export const pathTo = (service: string, via: string, hops: Path['hops'] = []): Path => ({
  service,
  host: `${service}.eu-west-1.amazonaws.com`,
  port: 443,
  via,
  verdict: 'open',
  hops,
})
