import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {itemsOf} from '../../../src/model/account.ts'
import {reach} from '../../../src/reach/reach.ts'
import {htmlReports} from '../../../src/render/html/instance-page.ts'
import {htmlReach} from '../../../src/render/html/reach-page.ts'
import {briefReport} from '../../../src/render/text/brief.ts'
import {textReach} from '../../../src/render/text/reach.ts'
import {textReport} from '../../../src/render/text/report.ts'
import {PIPE} from '../../../src/render/text/terminal.ts'
import {flowLogOf, lineOf, statusLine} from '../../support/flow-lines.ts'
import {behindEndpoints, group, INSTANCE, id, rule} from '../../support/network.ts'

const ENI = id('eni', 1)
const AT = Date.parse('2026-11-20T11:50:00Z') / 1000
const log = flowLogOf(
  [
    lineOf({eni: ENI, from: ['10.0.1.10', 40_000], to: ['10.0.2.20', 443], action: 'REJECT', at: AT}),
    lineOf({eni: ENI, from: ['10.0.1.10', 40_001], to: ['10.0.2.21', 443], action: 'REJECT', at: AT}),
    statusLine(ENI, AT + 60),
  ],
  {
    notes: ['\u001b[31mflow.log: 2 lines are not a flow log record.'],
    sources: [
      {
        id: 'fl-0a',
        resource: '<b>vpc-0a',
        traffic: 'all',
        destination: 'arn:aws:s3:::logs',
        isRead: false,
        problem: 'its records are in Amazon S3',
        download: {service: 's3', command: 'cp', operands: ['s3://logs/', 'flow-logs/'], options: {recursive: true}},
      },
    ],
  },
)
const terminal = {...PIPE, columns: 400}
const SENTENCE = `${ENI} rejected the request to 10.0.2.20:443 at 2026-11-20 11:50 UTC: a security group or the network ACL of its subnet does not allow it.`
const account = {
  ...behindEndpoints,
  SecurityGroups: [group(1, [], []), group(2, [rule(443, {cidr: '10.0.0.0/16'})], [])],
}
const report = examine(account, INSTANCE, {flowLog: log})
const reached = reach(account, itemsOf(account.Instances)[0]!, 'ssm', 443, log)

describe('what flow logs show', () => {
  it('is in every format of a report', () => {
    for (const text of [
      textReport(report, {terminal}),
      briefReport(report, terminal),
      htmlReports([report]),
      JSON.stringify(report),
    ])
      expect(text).toContain(SENTENCE)
  })

  it('is in every format of reach', () => {
    for (const text of [textReach(reached, terminal), htmlReach(reached)]) expect(text).toContain(SENTENCE)
  })

  it('is shown once for services with the same log result', () => {
    const section = textReport(report, {terminal})
      .split('\n\n')
      .find((one) => one.startsWith('Flow logs'))
    expect(section?.split('\n')).toEqual([
      `Flow logs of ${ENI}, 2026-11-20 11:50 to 11:51 UTC`,
      `  FAIL ssm: ${SENTENCE} The same of ssmmessages.`,
      '  ?    ec2messages, s3: No connection to it is in the log from 2026-11-20 11:50 UTC to 2026-11-20 11:51 UTC.',
      '  ?    fl-0a of <b>vpc-0a, to arn:aws:s3:::logs: its records are in Amazon S3',
      '      aws s3 cp s3://logs/ flow-logs/ --recursive',
      '  ?    flow.log: 2 lines are not a flow log record.',
    ])
  })

  it('adds only text to a page', () => {
    expect(htmlReports([report])).toContain('&lt;b&gt;vpc-0a')
  })
})
