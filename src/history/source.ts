import {type Parameters, textIn} from './parameters.ts'

/** The client of a call. */
export interface ChangeSource {
  readonly kind:
    | 'console'
    | 'terraform'
    | 'opentofu'
    | 'pulumi'
    | 'ansible'
    | 'cloudformation'
    | 'service'
    | 'cli'
    | 'powershell'
    | 'sdk'
    | 'unknown'
  /** Its description: `Terraform`, `the AWS console`. */
  readonly name: string
  readonly userAgent: string | null
}

type Rule = readonly [RegExp, ChangeSource['kind'], string]

/** The first match: tools put their own name before that of the SDK that they use. */
const AGENTS: readonly Rule[] = [
  [/\bopentofu\b/i, 'opentofu', 'OpenTofu'],
  [/\bterraform\b/i, 'terraform', 'Terraform'],
  [/\bpulumi\b/i, 'pulumi', 'Pulumi'],
  [/\bansible\b/i, 'ansible', 'Ansible'],
  [/^cloudformation\.amazonaws\.com/, 'cloudformation', 'CloudFormation'],
  [/\.amazonaws\.com(?:\.cn)?$/, 'service', ''],
  [/\baws-cli\//, 'cli', 'the AWS CLI'],
  [/powershell/i, 'powershell', 'AWS Tools for PowerShell'],
  [/^Mozilla\//, 'console', 'the AWS console'],
  [/boto3|botocore|aws-sdk|Boto\b/i, 'sdk', 'an AWS SDK'],
]

/** Consoles report their own host; those that make calls in the browser report the browser. */
const CONSOLES = /^(?:signin|console(?:\.[a-z0-9-]+)?)\.(?:amazonaws\.com|aws\.amazon\.com)|\bAWSConsole\b|^\[S3Console/

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export function sourceOf(event: Parameters, invokedBy: string | undefined): ChangeSource {
  const userAgent = textIn(event, 'userAgent') ?? null
  const agent = userAgent ?? ''
  const caller = invokedBy ?? textIn(event, 'sourceIPAddress') ?? ''
  const ofConsole = {kind: 'console', name: 'the AWS console', userAgent} as const
  if (CONSOLES.test(agent)) return ofConsole
  const [, kind, name] =
    AGENTS.find(([pattern]) => pattern.test(agent)) ?? AGENTS.find(([pattern]) => pattern.test(caller)) ?? []
  if (kind === 'service')
    return {kind, name: [agent, caller].find((one) => one.includes('.amazonaws.com')) ?? '', userAgent}
  if (textIn(event, 'sessionCredentialFromConsole') === 'true' && (kind === undefined || kind === 'sdk'))
    return ofConsole
  return {kind: kind ?? 'unknown', name: name ?? 'an unknown tool', userAgent}
}
