import {linesIn} from '../../util/decode-text.ts'
import {uniqueBy} from '../../util/group-by.ts'
import {isObject, parsedJson} from '../../util/json.ts'
import {answerOf, lineWithoutSecrets} from './lines.ts'
import type {Details, Signal, SignalKind} from './signal.ts'
import {recognize} from './signatures.ts'

export const DIAGNOSTICS = 'ssm-cli get-diagnostics'

interface DiagnosticOutput {
  readonly Check: string
  readonly Status: string
  readonly Note: string
}

/**
 * What `ssm-cli get-diagnostics` printed; undefined if the text is something else. That the call to STS does not arrive
 * is left out: in a VPC that has endpoints for Systems Manager alone it never does, and nothing is wrong.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-managed-nodes-using-ssm-cli.html
 */
export function diagnosticsSignals(text: string): readonly Signal[] | undefined {
  const outputs = outputsIn(text)
  return outputs?.flatMap((output) =>
    signalsOf(output).map((found) => ({...found, source: DIAGNOSTICS, line: shown(output)})),
  )
}

/** The instance on which the diagnostics ran, if they name it: those of another one prove nothing. */
export const diagnosedInstance = (text: string): string | undefined =>
  outputsIn(text)
    ?.map(({Note}) => /IMDS is accessible and has instance id (i-[0-9a-f]{8,17}) /.exec(Note.slice(0, 4000))?.[1])
    .find((id) => id !== undefined)

/** From JSON, also inside other JSON or text or truncated, or from the table for people. */
function outputsIn(text: string): readonly DiagnosticOutput[] | undefined {
  const value = parsed(text)
  if (isObject(value) && 'DiagnosticsOutput' in value)
    return Array.isArray(value.DiagnosticsOutput) ? value.DiagnosticsOutput.filter(isOutput) : undefined
  const found = [...objectsIn(text.replaceAll('\\"', '"').replaceAll('\\n', '\n')), ...rowsIn(text)]
  // Of several runs the last one counts.
  return found.length > 0 ? uniqueBy(found, ({Check}) => Check) : undefined
}

const OUTPUT =
  /"Check": ?"([^"]{1,80})",\s{0,20}"Status": ?"([^"]{1,20})",\s{0,20}"Note": ?"((?:(?!"Check")[\s\S]){0,8000}?)"\s{0,20}\}/g

const objectsIn = (text: string): readonly DiagnosticOutput[] =>
  [...text.matchAll(OUTPUT)].map(([, Check = '', Status = '', Note = '']) => ({Check, Status, Note}))

/** `│ Check │ Status │ Note │`; a note of several rows goes on where the other two columns are empty. */
function rowsIn(text: string): readonly DiagnosticOutput[] {
  const rows: DiagnosticOutput[] = []
  for (const line of linesIn(text)) {
    const [, Check, Status, Note] = line
      .slice(0, 4000)
      .split('│')
      .map((cell) => cell.trim())
    const last = rows.at(-1)
    if (Check === undefined || Status === undefined || Note === undefined || Check === 'Check') continue
    if (Check !== '') rows.push({Check, Status, Note})
    else if (last) rows[rows.length - 1] = {...last, Note: `${last.Note} ${Note}`}
  }
  return rows
}

const parsed = (text: string): unknown => parsedJson(text.replace(/^\uFEFF/, ''))

const isOutput = (value: unknown): value is DiagnosticOutput =>
  isObject(value) && [value.Check, value.Status, value.Note].every((text) => typeof text === 'string')

const shown = ({Check, Status, Note}: DiagnosticOutput): string =>
  lineWithoutSecrets(`${Check}: ${Status}: ${Note}`).slice(0, 400)

type Found = Details & {readonly kind: SignalKind}

function signalsOf({Check, Status, Note}: DiagnosticOutput): readonly Found[] {
  const note = Note.slice(0, 4000)
  const failed = Status === 'Failed'
  if (!failed && Status !== 'Success') return []
  const service = /^Connectivity to ([a-z0-9]{2,20}) endpoint$/.exec(Check)?.[1]
  if (service !== undefined) return connectivity(service, note, failed)
  switch (Check) {
    case 'EC2 IMDS':
      return failed ? metadata(note) : []
    case 'Hybrid instance registration':
      return nodeId(note)
    case 'AWS Credentials':
      return credentials(note)
    case 'Agent service':
      return agentService(note, failed)
    case 'SSM Agent version':
      return agentVersion(note)
    case 'Proxy configuration':
      return recognize(note).filter(({kind}) => kind === 'proxy-set' || kind === 'proxy-exempt')
    case 'Windows sysprep image state':
      return failed && /should be|IMAGE_STATE_(?!COMPLETE\b)/.test(note) ? [{kind: 'sysprep'}] : []
    default:
      return []
  }
}

function metadata(note: string): readonly Found[] {
  const kind = answerOf(note.split('\n'), 0)
  return kind === undefined ? [] : [{kind}]
}

/**
 * An agent that runs as another user runs; a service manager that does not answer in time says nothing.
 * https://github.com/aws/amazon-ssm-agent/tree/mainline/agent/cli/diagnostics
 */
function agentService(note: string, failed: boolean): readonly Found[] {
  if (!failed || /^Agent service is running/.test(note)) return [{kind: 'agent-running'}]
  if (/Unable to find|Failed to open the agent service/.test(note)) return [{kind: 'agent-absent'}]
  return /is not running|Service not found in launchctl/.test(note) ? [{kind: 'agent-stopped'}] : []
}

function connectivity(service: string, note: string, failed: boolean): readonly Found[] {
  const host = /([\w.-]{1,255}) is (?:not )?reachable|timed out for ([\w.-]{1,255})/.exec(note)
  const details: Details = {service, ...(host && {host: host[1] ?? host[2] ?? ''})}
  if (!failed) return [{kind: 'reached', ...details}]
  const recognized = recognize(note).filter(({kind}) => kind !== 'proxy-set')
  if (recognized.length > 0) return recognized.map((found) => ({...found, ...details}))
  // Only the attempt through a proxy has its own time limit and message.
  return [{kind: /timed out for|proxy/.test(note) ? 'proxy-failed' : 'timeout', ...details}]
}

const agentVersion = (note: string): readonly Found[] => {
  const version = /\b(\d{1,3}(?:\.\d{1,5}){3})\b/.exec(note)?.[1]
  return version === undefined ? [] : [{kind: 'agent-started', version}]
}

const nodeId = (note: string): readonly Found[] => {
  const found = /\b(mi-[0-9a-f]{8,17})\b/.exec(note)?.[1]
  return found === undefined ? [] : [{kind: 'hybrid-registration', nodeId: found}]
}

/**
 * The call to STS signs with the credentials of the agent and sets up TLS, which the tests of the connections do not.
 * That STS is not reached means nothing.
 */
function credentials(note: string): readonly Found[] {
  const principal = /Credentials are for (arn:[\w:/+=,.@-]{1,300})/.exec(note)?.[1]
  if (principal !== undefined) return [{kind: 'principal', principal}]
  if (recognize(note).some(({kind}) => kind === 'no-role')) return [{kind: 'no-role', service: 'ssm'}]
  return note.split('\n').flatMap((line) => recognize(line).filter(({kind}) => IN_CALL_TO_STS.has(kind)))
}

const IN_CALL_TO_STS: ReadonlySet<SignalKind> = new Set(['clock', 'signature', 'credentials-rejected', 'tls-trust'])
