import {redactSecrets} from '../util/redact-secrets.ts'
import type {Details, Signal, SignalKind} from './signal.ts'
import {recognise} from './signatures.ts'

const SOURCE = 'ssm-cli get-diagnostics'

interface DiagnosticOutput {
  readonly Check: string
  readonly Status: string
  readonly Note: string
}

/**
 * What `ssm-cli get-diagnostics` printed as JSON; undefined if the text is something else. The call to STS is left
 * out when it fails: in a VPC that has endpoints for Systems Manager alone it always does, and nothing is wrong.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-managed-nodes-using-ssm-cli.html
 */
export function diagnosticsSignals(text: string): readonly Signal[] | undefined {
  const outputs = outputsIn(text)
  return outputs?.flatMap((output) =>
    signalsOf(output).map((found) => ({...found, source: SOURCE, line: shown(output)})),
  )
}

/** The instance on which the diagnostics ran, if they name it: those of another one prove nothing. */
export const diagnosedInstance = (text: string): string | undefined =>
  outputsIn(text)
    ?.map(({Note}) => /IMDS is accessible and has instance id (i-[0-9a-f]{8,17}) /.exec(Note.slice(0, 4000))?.[1])
    .find((id) => id !== undefined)

function outputsIn(text: string): readonly DiagnosticOutput[] | undefined {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || !('DiagnosticsOutput' in value)) return undefined
  return Array.isArray(value.DiagnosticsOutput) ? value.DiagnosticsOutput.filter(isOutput) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

const isOutput = (value: unknown): value is DiagnosticOutput =>
  typeof value === 'object' &&
  value !== null &&
  'Check' in value &&
  typeof value.Check === 'string' &&
  'Status' in value &&
  typeof value.Status === 'string' &&
  'Note' in value &&
  typeof value.Note === 'string'

const shown = ({Check, Status, Note}: DiagnosticOutput): string =>
  redactSecrets(`${Check}: ${Status}: ${Note}`.replace(/\p{Cc}+/gu, ' ')).slice(0, 400)

type Found = Details & {readonly kind: SignalKind}

function signalsOf({Check, Status, Note}: DiagnosticOutput): readonly Found[] {
  const note = Note.slice(0, 4000)
  const failed = Status === 'Failed'
  if (Status === 'Skipped') return []
  const service = /^Connectivity to ([a-z0-9]{2,20}) endpoint$/.exec(Check)?.[1]
  if (service !== undefined) return connectivity(service, note, failed)
  switch (Check) {
    case 'EC2 IMDS':
      return failed ? [{kind: 'metadata'}] : []
    case 'Hybrid instance registration':
      return nodeId(note)
    case 'AWS Credentials':
      return credentials(note)
    case 'Agent service':
      if (!failed) return [{kind: 'agent-running'}]
      return [{kind: /Unable to find/i.test(note) ? 'agent-absent' : 'agent-stopped'}]
    case 'SSM Agent version':
      return agentVersion(note)
    case 'Proxy configuration':
      return recognise(note).filter(({kind}) => kind === 'proxy-set')
    case 'Windows sysprep image state':
      return failed && /should be/.test(note) ? [{kind: 'sysprep'}] : []
    default:
      return []
  }
}

function connectivity(service: string, note: string, failed: boolean): readonly Found[] {
  const host = /([\w.-]{1,255}) is (?:not )?reachable|timed out for ([\w.-]{1,255})/.exec(note)
  const details: Details = {service, ...(host && {host: host[1] ?? host[2] ?? ''})}
  if (!failed) return [{kind: 'reached', ...details}]
  const recognised = recognise(note).filter(({kind}) => kind !== 'proxy-set')
  if (recognised.length > 0) return recognised.map((found) => ({...found, ...details}))
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

function credentials(note: string): readonly Found[] {
  const principal = /Credentials are for (arn:[\w:/+=,.@-]{1,300})/.exec(note)?.[1]
  if (principal !== undefined) return [{kind: 'principal', principal}]
  return note.includes('EC2RoleRequestError') ? [{kind: 'no-role', service: 'ssm'}] : []
}
