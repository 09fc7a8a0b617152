import type {SnippetPlace} from '../../diagnosis/examine.ts'
import {commandLine, comment} from '../../remedies/core/command-line.ts'
import type {Call, Step} from '../../remedies/core/remedy.ts'
import {cloudFormation} from './cloudformation.ts'
import type {Existing, Members, Piece, Resource, Value} from './fragment.ts'
import {terraform} from './terraform.ts'

/** Forms of a change other than commands for a POSIX shell. */
export type SnippetFormat = 'terraform' | 'cloudformation' | 'powershell'

/** What one kind of infrastructure code makes of a call, and how it writes it down. */
interface Dialect {
  /** Undefined: the language has no word for the call. */
  readonly piecesOf: (call: Call, calls: readonly Call[]) => readonly Piece[] | undefined
  readonly write: (resources: readonly Resource[], calls: readonly Call[], suffix: string) => readonly string[]
  /** What stands where a thing exists already and only one setting of it changes; at its address, where that is known. */
  readonly existing: (piece: Existing, calls: readonly Call[], suffix: string, address?: string) => readonly string[]
  /** A reference to what the code holds. */
  readonly reference: (reference: string) => Value
  /** The piece as a part of a resource that the code holds, where it must not stand apart from it. */
  readonly inside?: (piece: Piece, held: Held) => Existing | undefined
}

export type Held = NonNullable<SnippetPlace['held']>

const DIALECTS = {terraform, cloudformation: cloudFormation} as const

/** The steps of one change as code. What the language cannot say stays a command, in a comment. */
export function snippet(steps: readonly Step[], format: SnippetFormat, place: SnippetPlace): string {
  const {region, step} = place
  if (format === 'powershell') return steps.map((one) => commandLine(one, format, {region})).join('\n')
  const dialect: Dialect = DIALECTS[format]
  const suffix = step > 1 ? `_${step}` : ''
  const calls = steps.filter((one) => 'operation' in one)
  const resources: Resource[] = []
  const notes: string[] = []
  for (const one of steps) {
    const pieces = 'line' in one ? typed(one) : dialect.piecesOf(one, calls)
    if (pieces === undefined) notes.push(...(isRead(one) ? [] : asCommand(one, region)))
    for (const piece of (pieces ?? []).map((each) => within(each, dialect, place.held)))
      if (piece.kind === 'resource') resources.push(piece)
      else notes.push(...dialect.existing(piece, calls, suffix, place.held?.get(piece.id)?.address))
  }
  const lines = [...dialect.write(distinctlyNamed(resources), calls, suffix), ...notes]
  const module = place.held && moduleIn(lines)
  return [
    ...lines,
    ...(module
      ? [comment(`What ${module} holds is named without its prefix inside it, and by an output outside.`)]
      : []),
  ].join('\n')
}

const moduleIn = (lines: readonly string[]): string | undefined =>
  /(?<![\w.])(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+(?=\w+\.[\w-]+(?:\[[^\]]*\])?\.\w)/
    .exec(lines.join('\n'))?.[0]
    .slice(0, -1)

/** The piece as it stands in code that holds some of what it names. */
function within(whole: Piece, {reference, inside}: Dialect, held: SnippetPlace['held']): Piece {
  if (!held) return whole
  const piece = inside?.(whole, held) ?? whole
  const args = referring(piece.arguments, (text) => {
    const known = held.get(text)
    return known ? reference(known.reference) : text
  }) as Members
  return piece.kind === 'resource' && piece.imports !== undefined && held.has(piece.imports)
    ? {kind: 'changed', type: piece.type, id: piece.imports, arguments: args}
    : {...piece, arguments: args}
}

function referring(value: Value, refer: (text: string) => Value): Value {
  if (typeof value === 'string') return refer(value)
  if (typeof value !== 'object' || 'expression' in value || 'answer' in value || 'document' in value) return value
  if (Array.isArray(value)) return value.map((one) => referring(one, refer))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, referring(one, refer)]))
}

/** Infrastructure code waits by itself. */
const typed = (step: Exclude<Step, Call>): readonly Piece[] | undefined =>
  /^(?:aws ec2 wait |until \[ )/.test(step.line) ? [] : undefined

const isRead = (step: Step): boolean =>
  'operation' in step && step.save !== undefined && /^Describe/.test(step.operation)

const asCommand = (step: Step, region: string): readonly string[] => [
  comment('No resource for this change; run:'),
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
