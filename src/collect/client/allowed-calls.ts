import {describedBy, KINDS, type Service} from '../../model/kinds.ts'

const CLIENTS: Readonly<Record<Service, string>> = {
  ec2: 'EC2Client',
  iam: 'IAMClient',
  inspector2: 'Inspector2Client',
  organizations: 'OrganizationsClient',
  route53: 'Route53Client',
  route53profiles: 'Route53ProfilesClient',
  route53resolver: 'Route53ResolverClient',
  ssm: 'SSMClient',
  cloudtrail: 'CloudTrailClient',
  config: 'ConfigServiceClient',
}

/**
 * Calls other than those of the kinds: the caller identity, the Regions, the stack that a plan changes, and flow logs.
 */
const OTHER_CALLS: readonly (readonly [client: string, operation: string])[] = [
  ['EC2Client', 'DescribeRegions'],
  ['STSClient', 'GetCallerIdentity'],
  ['OrganizationsClient', 'ListAccounts'],
  ['OrganizationsClient', 'ListAccountsForParent'],
  ['OrganizationsClient', 'ListOrganizationalUnitsForParent'],
  ['EC2Client', 'DescribeFlowLogs'],
  ['CloudWatchLogsClient', 'FilterLogEvents'],
  ['CloudFormationClient', 'DescribeStacks'],
  ['CloudFormationClient', 'GetTemplate'],
  ['CloudFormationClient', 'ListStackResources'],
]

function allowedCalls(): Readonly<Record<string, readonly string[]>> {
  const ofKinds = KINDS.flatMap((kind) => describedBy(kind).calls)
  const calls = [...ofKinds.map(({service, operation}) => [CLIENTS[service], operation] as const), ...OTHER_CALLS]
  const allowed: Record<string, string[]> = {}
  for (const [client, operation] of calls) {
    allowed[client] ??= []
    if (!allowed[client].includes(operation)) allowed[client].push(operation)
  }
  return allowed
}

/**
 * Every call that may be made, by client: those that read the kinds and a few more. None of them changes anything,
 * which a test keeps so. The guard rejects whatever is not listed.
 */
export const ALLOWED_CALLS = allowedCalls()

/**
 * The exchange of credentials, which changes nothing in the account either. Only the clients that the SDK's credential
 * provider creates for itself can make it; no client of ours can.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export const CREDENTIAL_CALLS: Readonly<Record<string, readonly string[]>> = {
  STSClient: ['AssumeRole', 'AssumeRoleWithWebIdentity'],
  SSOClient: ['GetRoleCredentials'],
  SSOOIDCClient: ['CreateToken'],
  SigninClient: ['CreateOAuth2Token'],
}

interface Context {
  readonly clientName?: string
  readonly commandName?: string
}
type Step = (next: (args: never) => unknown, context: Context) => (args: never) => unknown

/** A call that is not listed never reaches the wire, whatever code makes it. */
export const guard = (allowed: Readonly<Record<string, readonly string[]>>) => ({
  applyToStack(stack: {add(step: Step, options: object): void}) {
    const step: Step =
      (next, {clientName = '', commandName = ''}) =>
      async (args) => {
        const operation = commandName.replace(/Command$/, '')
        if (allowed[clientName]?.includes(operation)) return next(args)
        const message = `${clientName} refuses to call ${operation}: it is not on the read-only allow list.`
        throw Object.assign(new Error(message), {name: 'NotARead'})
      }
    stack.add(step, {step: 'initialize', priority: 'high', name: 'onlyListedCalls', override: true})
  },
})
