import {describe, expect, it} from 'vitest'
import type {Report} from '../../../src/diagnosis/report.ts'
import {quietReport, textReport} from '../../../src/render/text/report.ts'
import {PIPE, type Terminal} from '../../../src/render/text/terminal.ts'
import {columnsOf} from '../../../src/render/text/width.ts'
import {healthy, shut} from '../reports.ts'

const SCREEN: Terminal = {columns: 100, symbols: true, paint: (_, text) => text}
const piped = (report: Report, verbose = false) => textReport(report, {terminal: PIPE, verbose})

describe('the report on a terminal', () => {
  it('shows the instance and the cause in the first two lines', () => {
    const [who, why] = piped(shut).split('\n')
    expect(who).toBe('FAIL web-1 (i-0a1b2c3d4e5f60010) is not a managed node: unmanaged')
    expect(why).toMatch(/^ {2}Root cause: Security group sg-0a1b2c3d4e5f60041/)
  })

  it('fits one fault on one screen', () => {
    const lines = textReport(shut, {terminal: SCREEN, restart: 'sudo systemctl restart amazon-ssm-agent'}).split('\n')
    expect(lines.length).toBeLessThanOrEqual(40)
    expect(lines.filter((line) => !line.includes('aws ec2')).every((line) => columnsOf(line) <= 100)).toBe(true)
  })

  it('reads as it was reviewed', async () => {
    const options = {terminal: SCREEN, restart: 'sudo systemctl restart amazon-ssm-agent'}
    await expect(textReport(shut, options)).toMatchFileSnapshot('../../transcripts/render-shut.txt')
    await expect(textReport(healthy, {...options, verbose: true})).toMatchFileSnapshot(
      '../../transcripts/render-healthy-verbose.txt',
    )
  })

  it('separates what to improve from what to fix by an empty line', () => {
    const [fix] = shut.checklist
    const both = {...shut, checklist: [fix!, {...fix!, part: 'improve' as const}]}
    expect(piped(both)).toContain('\n\nWhat to improve\n  2. ')
  })

  it('draws a path to where it is blocked, once for the services that are blocked there', () => {
    const text = piped(shut)
    expect(text).toContain('ssm and ssmmessages: blocked')
    expect(text).toMatch(/does not\s+allow inbound TCP 443/)
    expect(text).not.toContain('Rule 100 allows all traffic in')
  })

  it('shows evidence on one line, or on several if a long name would leave too little of it', () => {
    const name = `ubuntu/${'long-'.repeat(20)}`
    const withFact = (fact: string): Report => ({
      ...shut,
      causes: shut.causes.map((cause) => ({...cause, evidence: [{fact, source: 'ec2:DescribeImages'}]})),
    })
    expect(textReport(withFact(`Image ${name}`), {terminal: SCREEN})).toContain(name.slice(-20))
    expect(textReport(withFact(`Image ${'word '.repeat(30)}`), {terminal: SCREEN})).toMatch(/· Image (?:word )+word…\n/)
  })

  it('gives advice once for several resources, apart from what the same cause blocks', () => {
    const [cause] = shut.causes
    const on = (resource: string) => ({
      ...cause!,
      severity: 'advises' as const,
      resource,
      message: `Widen ${resource}.`,
    })
    const text = piped({...shut, causes: [cause!, on('sg-0a1b2c3d4e5f60042'), on('sg-0a1b2c3d4e5f60043')]})
    expect(text).toContain(`blocking: see the root cause above [${cause!.id}]`)
    expect(text).toMatch(/advice: Widen sg-0a1b2c3d4e5f60042\.\s+Also:\s+sg-0a1b2c3d4e5f60043\./)
  })

  it('shows the evidence of passed checks only with --verbose', () => {
    expect(piped(healthy)).not.toContain('Running since')
    expect(piped(healthy, true)).toContain('Running since 2026-11-18.')
  })

  it('names the permission that would decide what could not be read, once', () => {
    expect(piped(shut)).toContain('Roles: AccessDenied: not authorized (needs iam:GetRole)')
    const said = {
      ...shut,
      unreadable: [
        {
          kind: 'Roles',
          reason: 'AccessDenied (needs iam:GetRole)',
          permission: 'iam:GetRole',
          action: 'iam:GetRole',
        },
      ],
    }
    expect(piped(said).match(/iam:GetRole/g)).toHaveLength(1)
  })

  it('shows how long the agent may wait and how to restart it, unless it is connected', () => {
    const options = {terminal: PIPE, restart: 'Restart-Service AmazonSSMAgent'}
    expect(textReport(shut, options)).toMatch(
      /up to an\s+hour[\s\S]*Restart-Service AmazonSSMAgent {2}# on the instance/,
    )
    expect(textReport(healthy, options)).not.toContain('Restart-Service')
  })

  it('does not restart an agent that is not installed', () => {
    const missing = {...shut.causes[0]!, id: 'os.agent-not-installed', certainty: 'likely' as const}
    const after = (one: Report['causes'][number]) =>
      textReport({...shut, causes: [...shut.causes, one]}, {terminal: PIPE, restart: 'sudo restart amazon-ssm-agent'})
    expect(after(missing)).not.toContain('Afterwards')
    expect(after({...missing, certainty: 'possible'})).toContain('Afterwards')
  })

  it('leads on where every check passes and the node is offline all the same', () => {
    const restart = 'sudo systemctl restart amazon-ssm-agent'
    const checks = shut.checks.map((check) => ({...check, status: 'pass' as const, unknown: []}))
    const unexplained: Report = {...shut, verdict: 'unmanaged', causes: [], checklist: [], checks}
    const text = textReport(unexplained, {terminal: PIPE, restart})
    expect(text).toMatch(/Next: The agent may still wait .*restart it to retry immediately/s)
    expect(text).toContain(`  ${restart}  # on the instance`)
    const hybrid = {...unexplained, instance: {...shut.instance, id: 'mi-0a1b2c3d4e5f60077'}}
    expect(textReport(hybrid, {terminal: PIPE, restart})).toContain(`  ${restart}  # on the machine`)
    const [first, ...others] = checks
    const unknown = {...unexplained, checks: [{...first!, status: 'unknown' as const}, ...others]}
    const operated = {...shut.causes[0]!, id: 'target.operator-managed', severity: 'advises' as const}
    for (const report of [
      unknown,
      {...unexplained, verdict: 'undecided' as const},
      {...unexplained, causes: [operated]},
      healthy,
    ])
      expect(textReport(report, {terminal: PIPE, restart})).not.toContain('Next: ')
  })

  it('leads on where a node is online, its message channel is closed and nothing explains that', () => {
    const options = {terminal: PIPE, restart: 'sudo systemctl restart amazon-ssm-agent'}
    const registration = {...healthy.registration, connected: false}
    const closed: Report = {...healthy, verdict: 'degraded', registration}
    expect(textReport(closed, options)).toMatch(/Next: The agent may have lost .*restart amazon-ssm-agent {2}# on the/s)
    expect(textReport({...closed, registration: healthy.registration}, options)).not.toContain('Next: ')
    const degrading = {...shut.causes[0]!, severity: 'degrades' as const}
    expect(textReport({...closed, causes: [degrading]}, options)).not.toContain('Next: ')
  })

  it('prints complete commands, however long they are', () => {
    expect(
      piped(shut)
        .split('\n')
        .map((line) => line.trim()),
    ).toContain(shut.checklist[0]!.commands[0])
  })

  it('removes control characters from names', () => {
    const name = '\u001b[2Jweb\u202e; rm -rf ~\nFAKE LINE'
    const text = piped({...shut, instance: {...shut.instance, name}}, true)
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
    expect(text.split('\n')[0]).toContain('web; rm -rf ~ FAKE LINE')
  })
})

it('prints one line with --quiet', () => {
  expect(quietReport(shut)).toMatch(/^i-0a1b2c3d4e5f60010 {2}unmanaged {2}endpoint\.sg-blocks {2}Security group/)
  expect(quietReport(healthy)).toBe('i-0a1b2c3d4e5f60010  managed')
})
