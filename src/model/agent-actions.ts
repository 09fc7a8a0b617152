/**
 * The calls without which a node is not registered, or accepts neither commands nor sessions.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 */
export const ESSENTIAL_ACTIONS = {
  registration: ['ssm:UpdateInstanceInformation'],
  messages: ['ssmmessages:CreateControlChannel', 'ssmmessages:OpenControlChannel'],
  sessions: ['ssmmessages:CreateDataChannel', 'ssmmessages:OpenDataChannel'],
} as const
