import {logSignals} from '../../../src/agent/output/log.ts'

export const log = (...lines: readonly string[]) => logSignals([{text: lines.join('\n'), file: 'errors.log'}])

export const kinds = (...lines: readonly string[]) => log(...lines).map(({kind}) => kind)

export const DENIED =
  '2026-11-20 08:14:42.1234 WARN EC2RoleProvider Failed to connect to Systems Manager with instance profile role credentials. Err: retrieved credentials failed to report to ssm. Error: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: ssm:UpdateInstanceInformation on resource: *'

export const CHANNEL_TIMEOUT =
  '2026-11-20 08:30:00.1234 ERROR [MessageGatewayService] Failed to get controlchannel token, error: Post "https://ssmmessages.us-east-1.amazonaws.com/v1/control-channel/i-0a1b2c3d4e5f60010": dial tcp 10.0.3.9:443: i/o timeout'

export const post = (rest: string) => `caused by: Post "https://ssm.us-east-1.amazonaws.com/": ${rest}`
