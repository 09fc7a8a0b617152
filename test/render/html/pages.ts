import {readFileSync} from 'node:fs'
import {parseAccounts} from '../../../src/account-file/parse-accounts.ts'
import type {Audit, AuditedInstance, Group} from '../../../src/audit/report.ts'
import {auditOf} from '../../../src/audit/total.ts'
import {examine} from '../../../src/diagnosis/examine.ts'
import type {Report, Verdict} from '../../../src/diagnosis/report.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {behindTransitGateway, INSTANCE, withHubEndpoints} from '../../support/network.ts'

const exampleOf = (name: string): Account => {
  const json: unknown = JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'))
  return parseAccounts([{name, json}]).accounts[0]!
}

const reportOn = (account: Account): Report => examine(account, itemsOf(account.Instances)[0]!.InstanceId)

const unread = {unreadable: 'UnauthorizedOperation: You are not authorized to perform this operation.'}

/** The six kinds of reports, and one with hostile names. */
export const reports = {
  endpointBlocked: [reportOn(exampleOf('endpoints-shadow-nat'))],
  natBlocked: [reportOn(exampleOf('nat-deleted'))],
  hub: [examine(withHubEndpoints, INSTANCE)],
  healthy: [reportOn(exampleOf('healthy'))],
  undecided: [reportOn({...exampleOf('healthy'), RouteTables: unread, InstanceInformationList: unread})],
  several: [
    reportOn(exampleOf('role-and-acl')),
    reportOn(exampleOf('sessions-refused')),
    examine(behindTransitGateway, INSTANCE),
  ],
} satisfies Record<string, readonly Report[]>

const HOSTILE =
  '"><script>document.title="owned"</script><img src=http://203.0.113.9/x onerror=alert(1)>\u202e\u001b[31m{{7*7}}'

export const hostileReport: Report = {
  ...reports.natBlocked[0]!,
  instance: {...reports.natBlocked[0]!.instance, name: HOSTILE},
  causes: reports.natBlocked[0]!.causes.map((cause) => ({...cause, message: HOSTILE, resource: HOSTILE})),
  paths: reports.natBlocked[0]!.paths.map((path) => ({
    ...path,
    host: HOSTILE,
    hops: path.hops.map((hop) => ({...hop, resource: HOSTILE, because: HOSTILE})),
  })),
}

const REGIONS = [
  'eu-west-1',
  'eu-central-1',
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'ap-south-1',
  'sa-east-1',
  'ca-central-1',
]

/** 100,000 instances in 500 accounts and eight Regions, of which three in a hundred are not managed. */
export function largeFleet(): Audit {
  const instances = Array.from({length: 100_000}, (_, n): AuditedInstance => {
    const verdict: Verdict = n % 33 === 0 ? (n % 2 === 0 ? 'unmanaged' : 'degraded') : 'managed'
    const cause = n % 2 === 0 ? 'sg.no-egress-443' : 'registration.agent-outdated'
    const resource = `sg-${(n % 400).toString(16).padStart(17, '0')}`
    return {
      id: `i-${n.toString(16).padStart(17, '0')}`,
      name: `node-${n}`,
      account: String(111_122_223_333 + (n % 500)),
      region: REGIONS[(n >> 3) % REGIONS.length]!,
      vpc: 'vpc-0a1b2c3d4e5f60001',
      verdict,
      rootCause: verdict === 'managed' ? null : cause,
      causes:
        verdict === 'managed'
          ? []
          : [{id: cause, resource, severity: verdict === 'unmanaged' ? 'blocks' : 'degrades', certainty: 'proven'}],
      owner: `team-${n % 40}`,
    }
  })
  const groups = Array.from({length: 400}, (_, n): Group => {
    const resource = `sg-${n.toString(16).padStart(17, '0')}`
    const affected = instances
      .filter(({causes}) => causes.some((cause) => cause.resource === resource))
      .map(({id}) => id)
    return {
      id: `sg.no-egress-443@${resource}`,
      cause: 'sg.no-egress-443',
      resource,
      severity: 'blocks',
      account: '111122223333',
      region: 'eu-west-1',
      message: `${resource} does not allow outbound TCP 443.`,
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
      affected,
      owners: [{owner: 'team-1', instances: affected.length}],
      change: {
        title: `Allow outbound TCP 443 in ${resource}`,
        commands: [`aws ec2 authorize-security-group-egress --group-id ${resource}`],
        fixes: affected.length,
        alsoFixes: [],
      },
    }
  })
  return auditOf(
    [{scopes: [], instances, groups, unreadable: [], suppressed: [], expired: []}],
    '2026-11-20T12:00:00.000Z',
  )
}
