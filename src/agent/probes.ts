import {linesIn} from '../util/decode-text.ts'
import {redactSecrets} from '../util/redact-secrets.ts'
import {serviceOf} from './hosts.ts'
import type {Details, SignalKind} from './signal.ts'

/** What a test of a connection shows, and the line that shows it. */
interface Probe extends Details {
  readonly kind: SignalKind
  readonly line: string
}

/** Messages after the number of the error: https://curl.se/libcurl/c/libcurl-errors.html */
const OF_CURL: readonly (readonly [RegExp, SignalKind])[] = [
  [/^(?:5|97)\) |response \d{3}$|from proxy|CONNECT tunnel/i, 'proxy-failed'],
  [/^6\) |^28\) Resolving timed out/, 'unresolved'],
  [/^28\) |^7\) .{0,300}(?:timed? ?out|No route to host|unreachable)/i, 'timeout'],
  [/^60\) .{0,300}certificate is not yet valid/, 'clock'],
  // An expired one is that of something on the path, or an old root, or the clock is ahead.
  [/^(?:51|60)\) (?!.{0,300}certificate has expired)|^35\) .{0,300}certificate/, 'tls-trust'],
  [/^(?:7|35|52|55|56)\) /, 'refused'],
]
const CURL_ERROR = /^curl: \((\d{1,2}\) .{1,400})/
const CURL_COMMAND = /\bcurl .{0,300}?https:\/\/([\w.-]{1,255})/
/** `https://ssm.us-east-1.amazonaws.com/ 192.0.2.1 404`: any status is a response, and 000 is none. */
const CURL_RESULT = /^(?:https:\/\/([\w.-]{1,255})\/ )?[0-9a-f.:]{0,45} (\d{3})$/
const LONGEST = 1000

/** A line with the status follows each error; before it stands the command, if it was copied too. */
function ofCurl(text: string): readonly Probe[] {
  const probes: Probe[] = []
  let commanded: string | undefined
  let error: string | undefined
  for (const whole of linesIn(text)) {
    const line = whole.slice(0, LONGEST)
    commanded = CURL_COMMAND.exec(line)?.[1] ?? commanded
    error = CURL_ERROR.exec(line)?.[1] ?? error
    const result = CURL_RESULT.exec(line)
    if (!result) continue
    const host = result[1] ?? commanded
    const kind = result[2] === '000' ? kindOf(error) : 'reached'
    if (host !== undefined && kind !== undefined)
      probes.push({kind, host, line: kind === 'reached' ? `${host}: HTTP ${result[2]}` : `${host}: curl: (${error}`})
    error = undefined
  }
  return probes
}

const kindOf = (error: string | undefined): SignalKind | undefined =>
  error === undefined ? undefined : OF_CURL.find(([pattern]) => pattern.test(error))?.[1]

/**
 * The list of Test-NetConnection, whose names are the same in every language; without an address the name was not
 * resolved. https://learn.microsoft.com/powershell/module/nettcpip/test-netconnection
 */
const NET_CONNECTION =
  /^ComputerName {0,20}: ([\w.-]{1,255})[^\S\n]*\nRemoteAddress {0,20}: ?([0-9a-f.:]{0,45})[^\S\n]*\n(?:RemotePort {0,20}: 443[^\S\n]*\n(?:.{0,300}\n){0,30}?TcpTestSucceeded {0,20}: (True|False))?/gm
/** PowerShell names what it could not resolve in every language. */
const DNS_NAME = /: \(([\w.-]{1,255}):String\) \[Resolve-DnsName\]/g

function ofPowerShell(text: string): readonly Probe[] {
  const names = [...text.matchAll(DNS_NAME)].map(
    ([, host = '']): Probe => ({kind: 'unresolved', host, line: `${host}: Resolve-DnsName resolves no address`}),
  )
  const connections = [...text.matchAll(NET_CONNECTION)].flatMap(([, host = '', address = '', succeeded]): Probe[] => {
    const line = `${host}: Test-NetConnection, RemoteAddress ${address || 'none'}, TcpTestSucceeded ${succeeded ?? 'False'}`
    if (address === '') return [{kind: 'unresolved', host, line}]
    if (succeeded === undefined) return []
    return [{kind: succeeded === 'True' ? 'reached' : 'timeout', host, address, line}]
  })
  return [...names, ...connections]
}

/** The last test of each service of the agent, of those that the checklists show. */
export function probesIn(text: string): readonly Probe[] {
  const last = new Map<string, Probe>()
  for (const probe of [...ofCurl(text), ...ofPowerShell(linesIn(text).join('\n'))]) {
    const service = serviceOf(probe.host ?? '')
    if (service !== undefined) last.set(service, {...probe, service, line: redactSecrets(probe.line)})
  }
  return [...last.values()]
}
