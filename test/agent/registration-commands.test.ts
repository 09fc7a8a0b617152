import {describe, expect, it} from 'vitest'
import {clearLines, identityLine, registerLines} from '../../src/agent/registration-commands.ts'
import {machineWith, type SystemName} from './fixtures.ts'

const on = (system: SystemName) => {
  const {instance, ...facts} = machineWith(system)
  return [{Region: 'us-east-1', ...facts}, instance] as const
}

it.each([
  ['linux', 'sudo ssm-cli get-instance-information'],
  ['macos', 'sudo /opt/aws/ssm/bin/ssm-cli get-instance-information'],
  ['bottlerocket', 'apiclient exec control ssm-cli get-instance-information'],
] as const)('the id of the agent on %s is shown by a program that is there', (system, line) => {
  expect(identityLine(...on(system))).toBe(line)
})

describe('a hybrid registration is cleared', () => {
  it('on macOS, whose services launchd starts and not systemd', () => {
    expect(clearLines(...on('macos'))).toEqual([
      'sudo launchctl unload /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
      'sudo /opt/aws/ssm/bin/amazon-ssm-agent -register -clear',
      'sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
    ])
  })

  it('on Bottlerocket with the activation that its control container would register with again', () => {
    expect(clearLines(...on('bottlerocket'))).toEqual([
      `apiclient set -j '{"host-containers":{"control":{"user-data":""}}}'`,
      'apiclient exec control amazon-ssm-agent -register -clear',
      'apiclient set host-containers.control.enabled=false && apiclient set host-containers.control.enabled=true',
    ])
  })
})

it('a machine with Bottlerocket is registered again by the user data of its control container', () => {
  expect(registerLines(...on('bottlerocket'))).toContain(
    `apiclient set host-containers.control.user-data="$(echo '{"ssm":{"activation-id":"ACTIVATION_ID","activation-code":"ACTIVATION_CODE","region":"us-east-1"}}' | base64 -w 0)"`,
  )
})
