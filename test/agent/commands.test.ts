import {describe, expect, it} from 'vitest'
import {commandsFor} from '../../src/agent/commands.ts'
import {outputOf} from '../support/programs.ts'
import {machineWith, type SystemName} from './fixtures.ts'

const commandsOn = (system: SystemName) => {
  const {instance, ...facts} = machineWith(system)
  return commandsFor(facts, instance)
}

describe('why the agent does not start', () => {
  it.each(['linux', 'ubuntu'] as const)('is searched without an option that systemd 219 lacks: %s', (system) => {
    expect(commandsOn(system).journal).not.toMatch(/ (?:-g|--grep)\b/)
  })

  it('is found among other lines of the journal', () => {
    const [, ...filters] = commandsOn('linux').journal.split(' | ')
    const input = [
      'systemd[1]: Started Session 1 of user ec2-user.',
      "systemd[1]: amazon-ssm-agent.service: Failed with result 'exit-code'.",
      'audit[1]: AVC avc:  denied  { execute } for  pid=1 comm="(t-agent)"',
    ].join('\n')
    const found = outputOf('sh', ['-c', filters.join(' | ')], {input})
    expect(found.trim().split('\n')).toEqual(input.split('\n').slice(1))
  })
})

describe('on macOS', () => {
  it('the programs of the agent are called where they are', () => {
    expect(commandsOn('macos').diagnostics).toBe('sudo /opt/aws/ssm/bin/ssm-cli get-diagnostics --output table')
  })

  it('the clock is compared with a time server that every instance reaches', () => {
    expect(commandsOn('macos').clock).toBe('sntp 169.254.169.123')
  })
})

it('the time service of Windows is started before it is set', () => {
  expect(commandsOn('windows').setClock).toMatch(/^Start-Service W32Time; w32tm \/config /)
})

describe('on Windows', () => {
  // Windows PowerShell up to Windows Server 2016 offers TLS 1.0, which AWS does not accept.
  it('the certificate is asked for with TLS 1.2', () => {
    expect(commandsOn('windows').certificate('ssm.us-east-1.amazonaws.com')).toContain(
      "AuthenticateAsClient('ssm.us-east-1.amazonaws.com', $null, 'Tls12', $false)",
    )
  })

  it('the clock is compared with the Amazon Time Sync Service', () => {
    expect(commandsOn('windows').clock).toContain('/stripchart /computer:169.254.169.123 /dataonly')
  })
})
