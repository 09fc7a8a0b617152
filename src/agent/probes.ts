import {hostOf} from '../model/partition.ts'
import {linesIn} from '../util/decode-text.ts'
import {redactSecrets} from '../util/redact-secrets.ts'
import {serviceOf} from './hosts.ts'
import type {Signal, SignalKind} from './signal.ts'

export interface LogFile {
  readonly file: string
  readonly text: string
}

type Place = Parameters<typeof hostOf>[1]

/** What a test of a connection shows, and the line that shows it. */
interface Probe extends Pick<Signal, 'kind' | 'address' | 'line'> {
  readonly host: string
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
const CURL_COMMAND = /\bcurl .{0,300}?https?:\/\/([\w.-]{1,255})/
/** `https://ssm.us-east-1.amazonaws.com/ 192.0.2.1 404`: any status is a response, and 000 is none. */
const CURL_RESULT = /^(?:https:\/\/([\w.-]{1,255})\/ )?(?:[0-9a-f]{0,4}[.:][0-9a-f.:]{1,41})? (000|[1-5]\d\d)$/
const LONGEST = 1000

/**
 * A line with the status follows each error; before it stands the command, if it was copied too. Several errors before a
 * status are a standard error of its own, of which none is known to be that of the status.
 */
function ofCurl(text: string): readonly Probe[] {
  const probes: Probe[] = []
  let commanded: string | undefined
  let errors: string[] = []
  for (const whole of linesIn(text)) {
    const line = whole.slice(0, LONGEST)
    const command = CURL_COMMAND.exec(line)
    if (command) {
      commanded = command[1]
      errors = []
    }
    errors.push(...(CURL_ERROR.exec(line)?.slice(1) ?? []))
    const result = CURL_RESULT.exec(line)
    if (!result) continue
    const host = result[1] ?? commanded
    const error = errors.length === 1 ? errors[0] : undefined
    const kind = result[2] === '000' ? kindOf(error) : 'reached'
    if (host !== undefined && kind !== undefined)
      probes.push({kind, host, line: kind === 'reached' ? `${host}: HTTP ${result[2]}` : `${host}: curl: (${error}`})
    errors = []
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
  const names = [...text.matchAll(DNS_NAME)].map(({index, 1: host = ''}) => ({
    index,
    probe: {kind: 'unresolved', host, line: `${host}: Resolve-DnsName resolves no address`} as const,
  }))
  const connections = [...text.matchAll(NET_CONNECTION)].flatMap(
    ({index, 1: host = '', 2: address = '', 3: succeeded}) => {
      const probe = ofConnection(host, address, succeeded)
      return probe ? [{index, probe}] : []
    },
  )
  return [...names, ...connections].sort((a, b) => a.index - b.index).map(({probe}) => probe)
}

function ofConnection(host: string, address: string, succeeded: string | undefined): Probe | undefined {
  const line = `${host}: Test-NetConnection, RemoteAddress ${address || 'none'}, TcpTestSucceeded ${succeeded ?? 'False'}`
  if (address === '') return {kind: 'unresolved', host, line}
  return succeeded === undefined ? undefined : {kind: succeeded === 'True' ? 'reached' : 'timeout', host, address, line}
}

/** The last test of each host of the agent's services, of those that the checklists show. */
export function probesIn(files: readonly LogFile[]): readonly Signal[] {
  const last = new Map<string, Signal>()
  for (const {file, text} of files)
    for (const probe of [...ofCurl(text), ...ofPowerShell(linesIn(text).join('\n'))]) {
      const service = serviceOf(probe.host)
      if (service !== undefined)
        last.set(probe.host, {...probe, service, source: file, isTest: true, line: redactSecrets(probe.line)})
    }
  return [...last.values()]
}

/** Without tests of what the agent does not call: another Region, a name of an endpoint itself, or another service. */
export const testsInPlace = (signals: readonly Signal[], place: Place): readonly Signal[] =>
  signals.filter(({isTest, host, service}) => !isTest || `.${host}`.endsWith(`.${hostOf(service ?? 'ssm', place)}`))
