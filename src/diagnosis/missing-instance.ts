import {lineEvidence, type Signal} from '../agent/output/signal.ts'
import {inMessage} from '../checks/check.ts'
import {target} from '../checks/node/target.ts'
import {type Account, isUnreadable} from '../model/account.ts'
import {ssmGuide} from '../model/documentation.ts'
import {isHybridId} from '../model/hybrid.ts'
import {type Call, ec2, ssm} from '../remedies/core/remedy.ts'
import type {ResolvedFinding} from './diagnosis.ts'
import type {ExamineOptions} from './examine-options.ts'
import type {Report} from './report.ts'
import {accessDenied, reportedCause, reportedCheck, reportedStep} from './reported.ts'
import {unreadKind} from './unread-kind.ts'

/** The report on an id that the account does not contain, or that could not be looked up. */
export function withoutInstance(account: Account, id: string, options: ExamineOptions): Report {
  const {Region, Caller} = account
  const kind = isHybridId(id) ? 'InstanceInformationList' : 'Instances'
  const isUnread = isUnreadable(account[kind])
  const unread = isUnread ? [unreadKind(account, kind)] : []
  const causes = isUnread ? accessDenied(id, unread) : [notHere(account, id, options)]
  return {
    schema: 'ssm-doctor/report/1',
    instance: {
      id,
      name: null,
      account: Caller?.Account ?? null,
      region: Region,
      vpc: null,
      subnet: null,
      platform: null,
    },
    verdict: isUnread ? 'undecided' : 'unmanaged',
    registration: {
      status: isHybridId(id) && !isUnread ? 'absent' : 'unknown',
      lastPing: null,
      agentVersion: null,
      connected: null,
    },
    checks: [
      reportedCheck({
        check: target,
        status: isUnread ? 'unknown' : 'fail',
        notes: unread.map(({reason}) => ({unknown: reason})),
        findings: causes,
      }),
    ],
    causes: causes.map((finding) => reportedCause(finding)),
    paths: [],
    checklist: causes.flatMap((finding) =>
      (finding.remedies ?? []).map((remedy, at) =>
        reportedStep({part: 'fix', remedy, causes: [finding], alternatives: []}, account, options, at),
      ),
    ),
    verified: false,
    unreadable: unread,
  }
}

function notHere({Region, Caller}: Account, id: string, {elsewhere, evidence = []}: ExamineOptions): ResolvedFinding {
  const isNode = isHybridId(id)
  const where = `Region ${Region}${Caller ? ` of account ${Caller.Account}` : ''}`
  const fact = `${id} ${isNode ? 'is not registered' : 'does not exist'} in ${where}.`
  const common = {
    resource: id,
    evidence: [inMessage(fact, isNode ? 'ssm:DescribeInstanceInformation' : 'ec2:DescribeInstances')],
    check: target,
    severity: 'blocks',
  } as const
  if (elsewhere !== undefined)
    return {
      ...common,
      cause: 'target.wrong-region',
      message: `${fact} It is in Region ${elsewhere}.`,
      remedies: [
        {
          title: `Examine ${id} in ${elsewhere}`,
          steps: [{on: 'here', line: `ssm-doctor ${id} --region ${elsewhere}`}],
        },
      ],
    }
  const lookUp = isNode
    ? ssm('DescribeInstanceInformation', {Filters: [{Key: 'InstanceIds', Values: [id]}]})
    : ec2('DescribeInstances', {InstanceIds: [id]})
  const unknown = evidence.find(({kind, line}) => kind === 'unknown-instance' && line.includes(id))
  if (unknown) return {...common, cause: 'target.not-found', ...deregistered(fact, id, unknown, lookUp)}
  const otherwise = isNode
    ? 'deregistered; registering it again needs a new activation'
    : 'it was terminated more than an hour ago'
  return {
    ...common,
    cause: 'target.not-found',
    message: `${fact} It may be in another Region or account, or ${otherwise}.`,
    remedies: [{title: `Check the id, Region and account of ${id}`, steps: [lookUp]}],
  }
}

/** The agent signs with the registration of a node that Systems Manager does not have. */
const deregistered = (fact: string, id: string, unknown: Signal, lookUp: Call) => ({
  evidence: [inMessage(fact, 'ssm:DescribeInstanceInformation'), lineEvidence(unknown)],
  message: `${fact} Its agent does not find it either: it was deregistered, or is in another Region or account than the agent calls.`,
  remedies: [
    {
      title: `Register the machine of ${id} again with a new activation, if it is not in another Region or account`,
      steps: [lookUp],
      docs: ssmGuide('hybrid-activation-managed-nodes'),
    },
  ],
})
