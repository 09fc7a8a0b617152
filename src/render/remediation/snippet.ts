import type {SnippetPlace} from '../../diagnosis/examine.ts'
import {commandLine, comment} from '../../remedies/core/command-line.ts'
import type {Call, Step} from '../../remedies/core/remedy.ts'
import {cloudFormation} from './cloudformation.ts'
import type {Piece, Resource} from './fragment.ts'
import {terraform} from './terraform.ts'

/** Forms of a change other than commands for a POSIX shell. */
export type SnippetFormat = 'terraform' | 'cloudformation' | 'powershell'

/** What one kind of infrastructure code makes of a call, and how it writes it down. */
export interface Dialect {
  /** Undefined: the language has no word for the call. */
  readonly piecesOf: (call: Call, calls: readonly Call[]) => readonly Piece[] | undefined
  readonly write: (resources: readonly Resource[], calls: readonly Call[], suffix: string) => readonly string[]
  /** What stands where a thing exists already and only one setting of it changes. */
  readonly existing: (piece: Exclude<Piece, Resource>, calls: readonly Call[], suffix: string) => readonly string[]
}

const DIALECTS = {terraform, cloudformation: cloudFormation} as const

/** The steps of one change as code. What the language cannot say stays a command, in a comment. */
export function snippet(steps: readonly Step[], format: SnippetFormat, {region, step}: SnippetPlace): string {
  if (format === 'powershell') return steps.map((one) => commandLine(one, format, {region})).join('\n')
  const dialect: Dialect = DIALECTS[format]
  const suffix = step > 1 ? `_${step}` : ''
  const calls = steps.filter((one) => 'operation' in one)
  const resources: Resource[] = []
  const notes: string[] = []
  for (const one of steps) {
    const pieces = 'line' in one ? typed(one) : dialect.piecesOf(one, calls)
    if (pieces === undefined) notes.push(...(isRead(one) ? [] : asCommand(one, region)))
    for (const piece of pieces ?? [])
      if (piece.kind === 'resource') resources.push(piece)
      else notes.push(...dialect.existing(piece, calls, suffix))
  }
  return [...dialect.write(distinctlyNamed(resources), calls, suffix), ...notes].join('\n')
}

/** Infrastructure code waits by itself. */
const typed = (step: Exclude<Step, Call>): readonly Piece[] | undefined =>
  step.line.startsWith('aws ec2 wait ') ? [] : undefined

const isRead = (step: Step): boolean =>
  'operation' in step && step.save !== undefined && /^Describe/.test(step.operation)

const asCommand = (step: Step, region: string): readonly string[] => [
  comment('No resource stands for this; type:'),
  comment(commandLine(step, 'sh', {region})),
]

function distinctlyNamed(resources: readonly Resource[]): readonly Resource[] {
  const seen = new Map<string, number>()
  return resources.map((resource) => {
    const key = `${resource.type} ${resource.name}`
    const n = (seen.get(key) ?? 0) + 1
    seen.set(key, n)
    return n === 1 ? resource : {...resource, name: `${resource.name}_${n}`}
  })
}
