import type {Account, CloudTrailEvent} from '../../src/model/account.ts'
import {OWNER, REGION} from '../support/healthy.ts'

/** Role deploy, in session ci-42. */
const DEPLOY = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${OWNER}:assumed-role/deploy/ci-42`,
  accountId: OWNER,
  sessionContext: {
    sessionIssuer: {type: 'Role', arn: `arn:aws:iam::${OWNER}:role/deploy`, accountId: OWNER, userName: 'deploy'},
  },
}

const TERRAFORM =
  'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.60.0 aws-sdk-go-v2/1.30.3'

const GLOBAL = ['iam', 'route53']

let count = 0

/** An event as `aws cloudtrail lookup-events` prints it; `at` is a time of 2026-11-19, such as 14:02. */
export function event(
  eventName: string,
  at: string,
  requestParameters: object | null,
  more: {readonly service?: string; readonly response?: object | null; readonly [field: string]: unknown} = {},
): CloudTrailEvent {
  const {service = 'ec2', response = {_return: true}, ...rest} = more
  count += 1
  const record = {
    eventVersion: '1.10',
    userIdentity: DEPLOY,
    eventTime: at.length > 5 ? at : `2026-11-19T${at}:00Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: GLOBAL.includes(service) ? 'us-east-1' : REGION,
    sourceIPAddress: '203.0.113.9',
    userAgent: TERRAFORM,
    requestParameters,
    responseElements: response,
    eventID: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
    readOnly: false,
    eventType: 'AwsApiCall',
    recipientAccountId: OWNER,
    ...rest,
  }
  return {
    EventId: record.eventID,
    EventName: eventName,
    ReadOnly: String(record.readOnly),
    EventTime: new Date(record.eventTime).toISOString(),
    EventSource: record.eventSource,
    Username: 'ci-42',
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  } as unknown as CloudTrailEvent
}

export const withEvents = (account: Account, ...CloudTrailEvents: readonly CloudTrailEvent[]): Account => ({
  ...account,
  CloudTrailEvents,
})
