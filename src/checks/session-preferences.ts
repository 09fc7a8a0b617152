import type {Context, Facts, Instance, Role, SessionPreferences} from '../account/account.ts'
import {isUnreadable} from '../account/account.ts'
import {accountOf} from '../iam/context.ts'
import type {Decision} from '../iam/evaluate.ts'
import {IDENTITY_KINDS, type Identity, identityOf} from '../iam/identity.ts'
import {mayCall} from '../iam/role.ts'
import {usedBy} from '../iam/users.ts'
import {wayTo} from '../iam/way.ts'
import type {Hop, Path} from '../network/path.ts'
import {WALK_KINDS} from '../network/readings.ts'
import {networkRemedies} from '../remedies/network-remedies.ts'
import {allowActions} from '../remedies/put-role-policy.ts'
import {defineCheck, type Finding, type Note} from './check.ts'

const WISHES = [...new Set([...WALK_KINDS, ...IDENTITY_KINDS])]
const DOCUMENT = 'ssm:GetDocument SSM-SessionManagerRunShell'
const PREREQUISITES = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-prerequisites.html'
const ENDPOINTS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html'

type SessionFacts = Facts<never, (typeof WISHES)[number]>
type Inputs = NonNullable<SessionPreferences['inputs']>

/** Preferences hold for every session of the account in the Region, also for instances nobody thought of. */
export const sessionPreferences = defineCheck({
  id: 'session-preferences',
  title: 'The agent may and can do what the session preferences ask of it',
  why: 'Session preferences make the agent call KMS, CloudWatch Logs or S3; where it cannot, sessions die or stall.',
  causes: {
    'session.kms-denied': {title: 'a session key that the role may not use', severity: 'degrades', docs: PREREQUISITES},
    'session.kms-unreachable': {title: 'a missing way to KMS', severity: 'degrades', docs: ENDPOINTS},
    'session.logs-denied': {
      title: 'session logs that the role may not write',
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html',
    },
    'session.logs-unreachable': {title: 'a missing way to CloudWatch Logs', severity: 'degrades', docs: ENDPOINTS},
  },
  needs: [],
  wishes: WISHES,
  run: (facts, instance, paths) => {
    if (isUnreadable(facts.SessionPreferences))
      return [{skip: `The session preferences were not read: ${facts.SessionPreferences.unreadable}`}]
    const demands = demandsOf(facts.SessionPreferences[0]?.inputs ?? {})
    if (demands.length === 0) return [{skip: 'The session preferences ask for neither a key nor logs.'}]
    const identity = identityOf(facts, instance, paths)
    const notes = demands.flatMap((demand) => [
      ...permissions(facts, instance, paths, identity, demand),
      ...reach(facts, instance, paths, demand),
    ])
    return notes.length > 0 ? notes : [{known: `The agent may use ${demands.map(({what}) => what).join(' and ')}.`}]
  },
})

/** Something that the preferences ask of the agent. */
interface Demand {
  readonly service: 'kms' | 'logs' | 's3'
  /** With its name, as it fits into a sentence. */
  readonly what: string
  readonly denied: string
  readonly unreachable?: string
  /** What a person sees of it. */
  readonly whenDenied: string
  readonly whenUnreachable: string
  readonly calls: (context: Context, account: string) => readonly Needed[]
}

/** An action, and the ways in which policies name what it acts on. */
interface Needed {
  readonly action: string
  readonly resources: readonly string[]
}

function demandsOf(inputs: Inputs): readonly Demand[] {
  return [key(inputs), logGroup(inputs), bucket(inputs)].filter((demand) => demand !== undefined)
}

const key = ({kmsKeyId}: Inputs): Demand | undefined =>
  kmsKeyId
    ? {
        service: 'kms',
        what: `KMS key ${kmsKeyId}`,
        denied: 'session.kms-denied',
        unreachable: 'session.kms-unreachable',
        whenDenied: 'every shell session ends at once, in the encryption handshake; port forwarding may still work',
        whenUnreachable: 'every shell session ends in the encryption handshake',
        calls: (context, account) => [{action: 'kms:Decrypt', resources: [keyArn(kmsKeyId, context, account)]}],
      }
    : undefined

/** Policies name keys, not aliases; which key an alias stands for is not read. */
function keyArn(keyId: string, {Partition, Region}: Context, account: string): string {
  if (keyId.startsWith('arn:')) return keyId.includes(':alias/') ? '*' : keyId
  return keyId.startsWith('alias/') ? '*' : `arn:${Partition}:kms:${Region}:${account}:key/${keyId}`
}

const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams']

const logGroup = ({
  cloudWatchLogGroupName: name,
  cloudWatchEncryptionEnabled: encrypted,
}: Inputs): Demand | undefined =>
  name
    ? {
        service: 'logs',
        what: `log group ${name}`,
        denied: 'session.logs-denied',
        unreachable: 'session.logs-unreachable',
        whenDenied: encrypted
          ? 'every session ends at once, with the word that the log group is not encrypted'
          : 'nothing of the sessions is logged',
        whenUnreachable: 'a session takes about two minutes to open, and is not logged',
        calls: ({Partition, Region}, account) =>
          LOG_ACTIONS.map((action) => {
            const group = `arn:${Partition}:logs:${Region}:${account}:log-group:${name}`
            return {action, resources: [group, `${group}:*`, `${group}:log-stream:session`]}
          }),
      }
    : undefined

const bucket = ({
  s3BucketName: name,
  s3KeyPrefix: prefix,
  s3EncryptionEnabled: encrypted,
}: Inputs): Demand | undefined =>
  name
    ? {
        service: 's3',
        what: `bucket ${name}`,
        denied: 'session.logs-denied',
        whenDenied: encrypted
          ? 'every session ends at once, with the word that the bucket is not encrypted'
          : 'the logs of the sessions are lost',
        whenUnreachable: '',
        calls: ({Partition}) => [
          {action: 's3:PutObject', resources: [`arn:${Partition}:s3:::${name}/${prefix ? `${prefix}/` : ''}session`]},
          ...(encrypted
            ? [{action: 's3:GetEncryptionConfiguration', resources: [`arn:${Partition}:s3:::${name}`]}]
            : []),
        ],
      }
    : undefined

interface Judged {
  readonly action: string
  readonly decision: Decision
}

function permissions(
  facts: SessionFacts,
  instance: Instance,
  paths: readonly Path[],
  identity: Identity,
  demand: Demand,
): readonly Note[] {
  const {role, credentials} = identity
  if (credentials === 'none') return []
  if (role === undefined || credentials === 'unknown')
    return [{unsure: `Whether the agent may use ${demand.what} is not known: ${identity.because}.`}]
  const way = wayTo(facts, instance, paths, demand.service)
  const judged = demand.calls(facts, accountOf(role.Arn)).map(
    ({action, resources}): Judged => ({
      action,
      decision: best(resources.map((resource) => mayCall(facts, {role, credentials, instance}, action, way, resource))),
    }),
  )
  const denied = judged.filter(({decision}) => decision.decision === 'denied')
  if (denied.length > 0) return [denial(facts, role, demand, denied)]
  return judged.flatMap(({decision}) =>
    decision.decision === 'unknown'
      ? [{unsure: `Whether role ${role.RoleName} may use ${demand.what} is not known: ${decision.because}.`}]
      : [],
  )
}

/** Policies write the same log group in several ways; one that fits is enough. */
const best = (decisions: readonly Decision[]): Decision =>
  decisions.find(({decision}) => decision === 'allowed') ??
  decisions.find(({decision}) => decision === 'unknown') ??
  decisions[0]!

/** The policy of a key or a bucket may let the role in by itself; it is not read. Against a Deny it would not help. */
function denial(facts: SessionFacts, role: Role, demand: Demand, denied: readonly Judged[]): Finding {
  const actions = denied.map(({action}) => action)
  const isExplicit = denied.some(({decision}) => decision.decision === 'denied' && decision.statement !== undefined)
  const lacksAllow = denied.every(
    ({decision}) => decision.decision === 'denied' && decision.layer === 'identity' && decision.statement === undefined,
  )
  return {
    cause: demand.denied,
    certainty: isExplicit || demand.service === 'logs' ? 'proven' : 'likely',
    resource: role.Arn,
    message: `The session preferences ask for ${demand.what}, and role ${role.RoleName} may not call ${actions.join(', ')}, so ${demand.whenDenied}.`,
    evidence: [
      {fact: `The preferences name ${demand.what}`, source: DOCUMENT},
      ...denied.map(({decision}) => ({fact: decision.because, source: 'iam:GetRole and its policies'})),
    ],
    ...(lacksAllow && {remedies: [allowActions(role, actions, usedBy(facts, role.Arn))]}),
  }
}

/** What also keeps the agent from Systems Manager is told where it belongs. */
function reach(facts: SessionFacts, instance: Instance, paths: readonly Path[], demand: Demand): readonly Note[] {
  const path = paths.find(({service}) => service === demand.service)
  if (path === undefined || demand.unreachable === undefined || path.verdict === 'open') return []
  if (path.verdict === 'unknown') {
    const open = path.hops.find(({verdict}) => verdict === 'unknown')
    return [
      {
        unsure: `Whether ${path.host} can be reached is not known${open ? `: ${open.because}` : '.'}`,
        ...(open?.unread && {kind: open.unread}),
      },
    ]
  }
  const faults = path.hops.filter(({fault, verdict}) => fault !== undefined && verdict !== 'open')
  const own = faults.filter((hop) => !isShared(hop, paths))
  if (own.length === 0) return []
  return [
    {
      cause: demand.unreachable,
      resource: instance.InstanceId,
      message: `The session preferences ask for ${demand.what}, and the instance cannot reach ${path.host}, so ${demand.whenUnreachable}.`,
      evidence: [
        {fact: `The preferences name ${demand.what}`, source: DOCUMENT},
        ...own.map(({because, direction}) => ({fact: because, source: `the ${direction} on the way to ${path.host}`})),
      ],
      remedies: networkRemedies(facts, instance, own, [demand.service]),
    },
  ]
}

const isShared = ({fault, resource}: Hop, paths: readonly Path[]): boolean =>
  paths.some(
    ({service, hops}) =>
      service === 'ssm' &&
      hops.some(
        (hop) =>
          hop.fault?.cause === fault?.cause && (hop.fault?.resource ?? hop.resource) === (fault?.resource ?? resource),
      ),
  )
