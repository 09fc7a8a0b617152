import type {PolicyDocument} from '../model/account.ts'

/**
 * The agent's API calls by service.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 */
export const AGENT_ACTIONS: readonly string[] = [
  'ssm:UpdateInstanceInformation',
  'ssm:DescribeAssociation',
  'ssm:DescribeDocument',
  'ssm:GetDeployablePatchSnapshotForInstance',
  'ssm:GetDocument',
  'ssm:GetManifest',
  'ssm:ListAssociations',
  'ssm:ListInstanceAssociations',
  'ssm:PutComplianceItems',
  'ssm:PutConfigurePackageResult',
  'ssm:PutInventory',
  'ssm:UpdateAssociationStatus',
  'ssm:UpdateInstanceAssociationStatus',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
]

const REGISTERS = 'ssm:updateinstanceinformation'

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** `*` stands for any text, `?` for one character; actions compare without regard to case. */
function covers(pattern: unknown): boolean {
  if (typeof pattern !== 'string') return false
  const literal = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`).test(REGISTERS)
}

/** Whether the document may allow the agent to register. Denials and conditions are left to the evaluation. */
export function mayAllow(document: PolicyDocument): boolean {
  if (typeof document === 'string') return false
  return asList(document.Statement).some((statement) => {
    if (typeof statement !== 'object' || statement === null) return false
    const {Effect, Action, NotAction}: {Effect?: unknown; Action?: unknown; NotAction?: unknown} = statement
    if (Effect !== 'Allow') return false
    return NotAction === undefined ? asList(Action).some(covers) : !asList(NotAction).some(covers)
  })
}
