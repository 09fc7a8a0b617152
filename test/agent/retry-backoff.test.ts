import {expect, it} from 'vitest'
import {restartCommand} from '../../src/agent/commands.ts'
import {sleepAdvice} from '../../src/agent/retry-backoff.ts'
import {healthyAccount, online, web} from './fixtures.ts'

it.each([
  [['iam.no-registration-permission'], 30],
  [['iam.no-registration-permission', 'sg.no-egress-443'], 60],
  [['agent.hibernating', 'iam.no-profile'], 60],
  [['instance.not-running'], undefined],
])('%j makes the agent wait %s minutes', (causes, minutes) => {
  expect(sleepAdvice(causes)?.minutes).toBe(minutes)
})

it.each([
  ['Amazon Linux', {}, 'sudo systemctl restart amazon-ssm-agent'],
  ['Ubuntu', {InstanceInformationList: [{...online, PlatformName: 'Ubuntu'}]}, 'sudo snap restart amazon-ssm-agent'],
  [
    'Windows',
    {InstanceInformationList: [{...online, PlatformType: 'Windows' as const}]},
    'Restart-Service AmazonSSMAgent',
  ],
  [
    'macOS',
    {InstanceInformationList: [{...online, PlatformType: 'MacOS' as const}]},
    'sudo launchctl unload /Library/LaunchDaemons/com.amazon.aws.ssm.plist && sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
  ],
])('restarts the agent on %s', (_, change, line) => {
  expect(restartCommand({...healthyAccount, ...change}, web)).toBe(line)
})
