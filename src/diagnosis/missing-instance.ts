import {inMessage} from '../checks/check.ts'
import {target} from '../checks/target.ts'
import {type Account, isUnreadable} from '../model/account.ts'
import {isHybridId} from '../model/hybrid.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import type {ResolvedFinding} from './diagnose.ts'
import type {ExamineOptions} from './examine-options.ts'
import type {Report} from './report.ts'
import {accessDenied, reportedCause, reportedStep, unreadKind} from './reported.ts'

/** The report on an id that the account does not contain, or that could not be looked up. */
export function withoutInstance(account: Account, id: string, options: ExamineOptions): Report {
  const {elsewhere} = options
  const {Region, Caller} = account
  const kind = isHybridId(id) ? 'InstanceInformationList' : 'Instances'
  const isUnread = isUnreadable(account[kind])
  const unread = isUnread ? [unreadKind(account, kind)] : []
  const causes = isUnread ? accessDenied(id, unread) : [notHere(account, id, elsewhere)]
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
      {
        id: target.id,
        title: target.title,
        status: isUnread ? 'unknown' : 'fail',
        notes: unread.map(({reason}) => reason),
      },
    ],
    causes: causes.map((finding) => reportedCause(finding, {steps: [], revealed: [], verified: false, unread: []})),
    paths: [],
    checklist: causes.flatMap(({cause, remedies = [], check}) =>
      remedies
        .map((remedy) =>
          reportedStep(
            {part: 'fix', remedy, causes: causes.filter((one) => one.cause === cause), alternatives: []},
            account,
            options,
            0,
          ),
        )
        .map((step) => ({...step, docs: check.causes[cause]?.docs ?? step.docs})),
    ),
    verified: false,
    unreadable: unread,
  }
}

function notHere({Region, Caller}: Account, id: string, elsewhere: string | undefined): ResolvedFinding {
  const where = `Region ${Region}${Caller ? ` of account ${Caller.Account}` : ''}`
  const isNode = isHybridId(id)
  const fact = isNode ? `${id} is not registered in ${where}.` : `${id} does not exist in ${where}.`
  const finding = {
    resource: id,
    evidence: [inMessage(fact, isNode ? 'ssm:DescribeInstanceInformation' : 'ec2:DescribeInstances')],
    check: target,
    severity: 'blocks',
  } as const
  if (elsewhere !== undefined) {
    const again = {
      title: `Examine ${id} in ${elsewhere}`,
      steps: [{on: 'here', line: `ssm-doctor ${id} --region ${elsewhere}`}],
    } as const
    return {
      ...finding,
      cause: 'target.wrong-region',
      message: `${fact} It is in Region ${elsewhere}.`,
      remedies: [again],
    }
  }
  const investigation: Remedy = {
    title: `Check the id, Region and account of ${id}`,
    steps: [
      isNode
        ? {
            service: 'ssm',
            operation: 'DescribeInstanceInformation',
            input: {Filters: [{Key: 'InstanceIds', Values: [id]}]},
          }
        : {service: 'ec2', operation: 'DescribeInstances', input: {InstanceIds: [id]}},
    ],
  }
  return {
    ...finding,
    cause: 'target.not-found',
    message: isNode
      ? `${fact} It may be in another Region or account, or deregistered; registering it again needs a new activation.`
      : `${fact} It may be in another Region or account, or it was terminated more than an hour ago.`,
    remedies: [investigation],
  }
}
