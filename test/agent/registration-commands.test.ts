import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {commandsFor} from '../../src/agent/commands.ts'
import {clearLines, registerLines} from '../../src/agent/registration-commands.ts'
import {aFolder} from '../support/folder.ts'
import {outputOf} from '../support/programs.ts'
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
  expect(commandsFor(...on(system)).identity).toBe(line)
})

describe('a hybrid registration is cleared', () => {
  it('on macOS, whose services launchd starts and not systemd', () => {
    expect(clearLines(...on('macos'))).toEqual([
      'sudo launchctl unload /Library/LaunchDaemons/com.amazon.aws.ssm.plist',
      expect.stringContaining('/opt/aws/ssm/amazon-ssm-agent.json'),
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

describe('the identity that ssm-setup-cli leaves in the configuration', () => {
  const [, line = ''] = clearLines(...on('linux'))
  const after = (content: string): unknown => {
    const file = join(aFolder(), 'amazon-ssm-agent.json')
    writeFileSync(file, content)
    outputOf('sh', ['-c', line.replaceAll('/etc/amazon/ssm/amazon-ssm-agent.json', file).replace('sudo ', '')])
    return JSON.parse(readFileSync(file, 'utf8')).Identity.ConsumptionOrder
  }

  it.each([undefined, 4])('becomes that of EC2, indented by %s', (indent) => {
    expect(after(JSON.stringify({Identity: {ConsumptionOrder: ['OnPrem']}, Agent: {}}, null, indent))).toEqual(['EC2'])
  })

  it('stays if it is one of several', () => {
    const several = {Identity: {ConsumptionOrder: ['OnPrem', 'EC2']}}
    for (const indent of [0, 4]) expect(after(JSON.stringify(several, null, indent))).toEqual(['OnPrem', 'EC2'])
  })

  it('needs no file, and is changed on Windows as well', () => {
    expect(outputOf('sh', ['-c', line.replaceAll('/etc/amazon', '/nowhere')])).toBe('')
    expect(clearLines(...on('windows'))[1]).toContain(`-replace '"OnPrem"(\\s*\\])', '"EC2"$1'`)
  })
})

it('a machine with Bottlerocket is registered again by the user data of its control container', () => {
  expect(registerLines(...on('bottlerocket'))).toContain(
    `apiclient set host-containers.control.user-data="$(echo '{"ssm":{"activation-id":"ACTIVATION_ID","activation-code":"ACTIVATION_CODE","region":"us-east-1"}}' | base64 -w 0)"`,
  )
})
