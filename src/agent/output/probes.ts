import {hostOf} from '../../model/partition.ts'
import {linesIn, placedLines} from '../../util/decode-text.ts'
import {certificatesIn} from './certificates.ts'
import {isMetadataHost, METADATA_HOST, serviceOf} from './hosts.ts'
import {BEHIND_PROMPT, lineWithoutSecrets} from './lines.ts'
import {lookupsIn} from './lookups.ts'
import type {Signal, SignalKind} from './signal.ts'

export interface LogFile {
  readonly file: string
  readonly text: string
}

type Place = Parameters<typeof hostOf>[1]

/** What a test of a connection shows, and the line that shows it. */
interface Probe extends Pick<Signal, 'kind' | 'address' | 'issuer' | 'line'> {
  readonly host: string
}

/** Where it is in the text orders what different commands print. */
interface PlacedProbe extends Probe {
  readonly place: number
}

interface CurlError {
  readonly error: string
  readonly place: number
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
/** What could not be resolved or connected to: the host of the URL, or that of a proxy, and the port. */
const IN_CURL_ERROR = /(?:resolve host: |connect(?:ion)? to )([\w.-]{1,255})(?:(?: port |:)(\d{1,5}))?/
/** `https://ssm.us-east-1.amazonaws.com/ 192.0.2.1 404`: any status is a response, and 000 is none. */
const CURL_RESULT = /^(?:https:\/\/([\w.-]{1,255})\/ )?(?:[0-9a-f]{0,4}[.:][0-9a-f.:]{1,41})? (000|[1-5]\d\d)$/
/** `curl -I` and `curl -v`, but not the response of a proxy through which curl connects. */
const HTTP_STATUS = /^(?:< )?HTTP\/[\d.]{1,3} ()([1-5]\d\d)\b(?! connection established)/i
/**
 * What telnet and netcat print, which AWS has users run.
 * https://repost.aws/knowledge-center/systems-manager-ec2-instance-not-appear
 */
const OF_TCP: readonly (readonly [RegExp, SignalKind])[] = [
  [/^(?:telnet|nc|Ncat): .{0,300}(?:resol|getaddrinfo|not known)/, 'unresolved'],
  [/^(?:telnet|nc|Ncat): .{0,300}(?:timed? ?out|No route to host|unreachable)/i, 'timeout'],
  [/^(?:telnet|nc|Ncat): .{0,300}refused/, 'refused'],
  // What `ip route get` prints where the machine has no route.
  [/^RTNETLINK answers: (?:Network is unreachable|No route to host)/, 'timeout'],
  [/^(?:Ncat: )?Connected to |^Connection to .{1,300} 443 port \[tcp\/\S{1,20}\] succeeded/, 'reached'],
]
const NAMED_HOST = /[\w-]{1,63}(?:\.[\w-]{1,63}){2,8}\.[a-z]{2,10}/
const NAMED_PORT = / port (\d{1,5})\b/
const TRIED_ADDRESS = /(?:^Trying |address |\()([0-9a-f.:]{2,44}[0-9a-f])(?:[):]|\.\.\.)/
/** What follows is of this command, whatever it tests. */
const COMMAND = /\b(?:curl|telnet|nc|ncat|netcat|ip route get) (?=[\w'"-])/
/** The host that a command tests on the port of the service. */
const TESTED =
  /\bcurl .{0,300}?(?:https:\/\/([\w.-]{1,255})(?::443)?|http:\/\/(169\.254\.169\.254)(?::80)?)(?![\w.:-])|\b(?:telnet|nc|ncat|netcat) (?:-\S{1,20} (?:\d{1,4} )?){0,6}(?:([\w.-]{1,255}) 443|(169\.254\.169\.254) 80)\b|\bip route get (?:"\$\(getent ahostsv4 )?([\w-]{1,63}(?:\.[\w-]{1,63}){2,9})/
const LONGEST = 1000

/** The host of the last command, the errors since then, and the address that was tried. */
interface Session {
  readonly commanded?: string | undefined
  readonly errors: CurlError[]
  readonly address?: string | undefined
}

/** What curl, telnet and netcat print, below the command that names the host if it was copied too. */
function ofShell(text: string): readonly PlacedProbe[] {
  const probes: PlacedProbe[] = []
  let session: Session = {errors: []}
  for (const {line, place} of placedLines(text, LONGEST)) {
    if (COMMAND.test(line) || BEHIND_PROMPT.test(line)) {
      probes.push(...withoutStatus(session))
      session = {commanded: TESTED.exec(line)?.slice(1).find(Boolean), errors: []}
    }
    const error = CURL_ERROR.exec(line)?.[1]
    if (error !== undefined) session.errors.push({error, place})
    session = {...session, address: TRIED_ADDRESS.exec(line)?.[1] ?? session.address}
    const result = CURL_RESULT.exec(line) ?? HTTP_STATUS.exec(line)
    const found = result ? withStatus(session, result) : ofTcp(session, line)
    if (found !== undefined) probes.push({...found, place})
    if (result) session = {...session, errors: []}
    if (found !== undefined) session = {...session, address: undefined}
  }
  return [...probes, ...withoutStatus(session)]
}

/**
 * A line with the status follows each error. Several errors before a status are a standard error of its own, of which
 * none is known to be that of the status.
 */
function withStatus({commanded, errors}: Session, [, named, status]: RegExpExecArray): Probe | undefined {
  const host = named || commanded
  const error = errors.length === 1 ? errors[0]?.error : undefined
  const kind = status === '000' ? kindOf(error) : 'reached'
  if (host === undefined || kind === undefined) return undefined
  return {kind, host, line: kind === 'reached' ? `${host}: HTTP ${status}` : `${host}: curl: (${error}`}
}

/** An error without a status is that of the host that it names, or that of the command. */
const withoutStatus = ({commanded, errors}: Session): readonly PlacedProbe[] =>
  errors.flatMap(({error, place}) => {
    const [, named, port] = IN_CURL_ERROR.exec(error) ?? []
    const host = named ?? (errors.length === 1 ? commanded : undefined)
    const kind = kindOf(error)
    if (host === undefined || kind === undefined || !isPortOf(host, port)) return []
    return [{kind, host, line: `${host}: curl: (${error}`, place}]
  })

const kindOf = (error: string | undefined): SignalKind | undefined =>
  error === undefined ? undefined : OF_CURL.find(([pattern]) => pattern.test(error))?.[1]

/** A test of another port shows nothing of the service. */
const isPortOf = (host: string, port: string | undefined): boolean =>
  port === undefined || port === (isMetadataHost(host) ? '80' : '443')

function ofTcp({commanded, address}: Session, line: string): Probe | undefined {
  const kind = OF_TCP.find(([pattern]) => pattern.test(line))?.[1]
  const host = kind && (NAMED_HOST.exec(line)?.[0] ?? (line.includes(METADATA_HOST) ? METADATA_HOST : commanded))
  if (kind === undefined || host === undefined || !isPortOf(host, NAMED_PORT.exec(line)?.[1])) return undefined
  return {kind, host, line: `${host}: ${line}`, ...(address !== undefined && kind !== 'unresolved' && {address})}
}

/**
 * The list of Test-NetConnection, whose names are the same in every language; without an address the name was not
 * resolved. https://learn.microsoft.com/powershell/module/nettcpip/test-netconnection
 */
const NET_CONNECTION =
  /^ComputerName {0,20}: ([\w.-]{1,255})[^\S\n]*\nRemoteAddress {0,20}: ?([0-9a-f.:]{0,45})[^\S\n]*\n(?:RemotePort {0,20}: (443|80)[^\S\n]*\n(?:.{0,300}\n){0,30}?TcpTestSucceeded {0,20}: (True|False))?/gm
/**
 * What PowerShell prints below the error of a request that got no response: the command, with its URL.
 * https://github.com/aws/amazon-ssm-agent/issues/348
 */
const WEB_ERROR =
  /^(?:Invoke-(?:WebRequest|RestMethod)|iwr|irm) ?: (Unable to connect to the remote server|The operation has timed out)(?:.{0,300}\n){1,3}?\+ .{0,100}https?:\/\/([\w.-]{1,255})/gm
/** PowerShell names what it could not resolve in every language. */
const DNS_NAME = /: \(([\w.-]{1,255}):String\) \[Resolve-DnsName\]/g

function ofPowerShell(text: string): readonly PlacedProbe[] {
  const names = [...text.matchAll(DNS_NAME)].map(
    ({index, 1: host = ''}) =>
      ({kind: 'unresolved', host, line: `${host}: Resolve-DnsName resolves no address`, place: index}) as const,
  )
  const connections = [...text.matchAll(NET_CONNECTION)].flatMap(
    ({index, 1: host = '', 2: address = '', 3: port, 4: succeeded}) => {
      const probe = ofConnection(host, address, isPortOf(host, port) ? succeeded : undefined)
      return probe ? [{...probe, place: index}] : []
    },
  )
  const requests = [...text.matchAll(WEB_ERROR)].map(
    ({index, 1: error, 2: host = ''}) =>
      ({kind: 'timeout', host, line: `${host}: Invoke-WebRequest: ${error}`, place: index}) as const,
  )
  return [...names, ...connections, ...requests]
}

function ofConnection(host: string, address: string, succeeded: string | undefined): Probe | undefined {
  const line = `${host}: Test-NetConnection, RemoteAddress ${address || 'none'}, TcpTestSucceeded ${succeeded ?? 'False'}`
  if (address === '') return {kind: 'unresolved', host, line}
  return succeeded === undefined ? undefined : {kind: succeeded === 'True' ? 'reached' : 'timeout', host, address, line}
}

/** What the last tests of each host of the agent's services and of the metadata service show. */
export function probesIn(files: readonly LogFile[]): readonly Signal[] {
  const last = new Map<string, Signal>()
  for (const {file, text} of files)
    for (const {place: _, ...probe} of testsIn(linesIn(text).join('\n'))) {
      const {kind, host} = probe
      const tested = serviceOf(host) ?? (isMetadataHost(host) ? 'metadata' : undefined)
      if (tested === undefined) continue
      const signal = {
        ...probe,
        ...(tested === 'metadata' ? {kind: ofMetadata(probe)} : {service: tested}),
        source: file,
        isTest: true as const,
        line: lineWithoutSecrets(probe.line),
      }
      if (kind === 'unresolved') last.delete(`address ${host}`)
      if (kind === 'resolved' && last.get(`connection ${host}`)?.kind === 'unresolved')
        last.delete(`connection ${host}`)
      last.set(`${subjectOf(probe)} ${host}`, signal)
    }
  return [...last.values()]
}

/** An address and a certificate are shown beside the connection. */
function subjectOf({kind, issuer}: Probe): string {
  if (kind === 'resolved') return 'address'
  return issuer === undefined ? 'connection' : 'certificate'
}

/** In the order in which they were printed. */
const testsIn = (text: string): readonly PlacedProbe[] =>
  [...lookupsIn(text), ...ofShell(text), ...ofPowerShell(text), ...certificatesIn(text)].sort(
    (a, b) => a.place - b.place,
  )

const ofMetadata = ({kind}: Probe): SignalKind => (kind === 'timeout' || kind === 'refused' ? 'metadata' : kind)

/** Without tests of what the agent does not call: another Region, a name of an endpoint itself, or another service. */
export const testsInPlace = (signals: readonly Signal[], place: Place): readonly Signal[] =>
  signals.filter(
    ({isTest, host, service}) =>
      !isTest || isMetadataHost(host) || `.${host}`.endsWith(`.${hostOf(service ?? 'ssm', place)}`),
  )
