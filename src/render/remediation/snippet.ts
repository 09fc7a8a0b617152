import type {SnippetPlace} from '../../diagnosis/examine-options.ts'
import {commandLine, comment} from '../../remedies/core/command-line.ts'
import type {Step} from '../../remedies/core/remedy.ts'
import {cloudFormation} from './cloudformation.ts'
import {partsOf, reasonWithout} from './parts.ts'
import {
  type Existing,
  type Held,
  isCode,
  isList,
  isStructure,
  type Part,
  type Piece,
  type Resource,
  type Value,
} from './resource.ts'
import {terraform} from './terraform.ts'

/** Forms of a change other than commands for a POSIX shell. */
export type SnippetFormat = 'terraform' | 'cloudformation' | 'powershell'

/** How one kind of infrastructure code says what a change makes of resources. */
interface Language {
  /** Undefined: the language has no word for it. */
  readonly piecesOf: (part: Part, held: Held | undefined, parts: readonly Part[]) => readonly Piece[] | undefined
  readonly write: (resources: readonly Resource[], suffix: string) => readonly string[]
  /**
   * What stands where a thing exists already and only some of its settings change; at its address, where that is known.
   */
  readonly existing: (piece: Existing, suffix: string, address?: string) => readonly string[]
}

const LANGUAGES: Readonly<Record<Exclude<SnippetFormat, 'powershell'>, Language>> = {
  terraform,
  cloudformation: cloudFormation,
}

/** The steps of one change as code. What the language cannot express stays a command, in a comment. */
export function snippet(
  steps: readonly Step[],
  format: SnippetFormat,
  {region, step, codeReferences: held}: SnippetPlace,
): string {
  if (format === 'powershell') return steps.map((one) => commandLine(one, format, {region})).join('\n')
  const {piecesOf, write, existing} = LANGUAGES[format]
  const suffix = step > 1 ? `_${step}` : ''
  const calls = steps.filter((one) => 'operation' in one)
  const parts = calls.flatMap((call) => partsOf(call, calls) ?? [])
  const pieces: Piece[] = []
  const notes: string[] = []
  for (const one of steps) {
    const said = ('operation' in one ? partsOf(one, calls) : waits(one))?.map((part) => piecesOf(part, held, parts))
    const own = said?.every((each) => each !== undefined) ? said.flat().map((piece) => within(piece, held)) : undefined
    pieces.push(...(own ?? []))
    for (const piece of own ?? [])
      if (piece.kind !== 'resource') notes.push(...existing(piece, suffix, held?.get(piece.id)?.address))
    if (!own && !isRead(one)) notes.push(...asCommand(one, region))
  }
  const resources = pieces.filter((piece) => piece.kind === 'resource')
  const module = held && pieces.flatMap(({properties}) => codesIn(properties)).flatMap(moduleOf)[0]
  return [
    ...write(distinctlyNamed(resources), suffix),
    ...notes,
    ...(module === undefined
      ? []
      : [comment(`What ${module} holds is named without its prefix inside it, and by an output outside.`)]),
  ].join('\n')
}

/** What is referred to in the code. */
function codesIn(value: Value): readonly string[] {
  if (isCode(value)) return [value.code]
  if (isList(value)) return value.flatMap(codesIn)
  return isStructure(value) ? Object.values(value).flatMap(codesIn) : []
}

/** The module of an address. https://developer.hashicorp.com/terraform/cli/state/resource-addressing */
const moduleOf = (address: string): readonly string[] =>
  /^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+/.exec(address)?.map((prefix) => prefix.slice(0, -1)) ?? []

/** The fragment in code that contains some of the resources that it refers to. */
function within(piece: Piece, held: Held | undefined): Piece {
  if (!held) return piece
  const referring = (value: Value): Value => {
    const known = typeof value === 'string' ? held.get(value) : undefined
    if (known) return {code: known.reference}
    if (isList(value)) return value.map(referring)
    return isStructure(value) ? members(value) : value
  }
  const members = (values: Piece['properties']) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, referring(value)]))
  const properties = members(piece.properties)
  return piece.kind === 'resource' && piece.imports !== undefined && held.has(piece.imports)
    ? {kind: 'changed', type: piece.type, id: piece.imports, properties}
    : {...piece, properties}
}

/** Infrastructure code waits automatically. */
const waits = (step: Step): readonly Part[] | undefined => ('waits' in step ? [] : undefined)

const isRead = (step: Step): boolean =>
  'operation' in step && step.save !== undefined && /^Describe/.test(step.operation)

const asCommand = (step: Step, region: string): readonly string[] => [
  comment(withoutResource('operation' in step ? reasonWithout(step) : undefined)),
  comment(commandLine(step, 'sh', {region})),
]

const withoutResource = (reason: string | undefined): string =>
  `No resource for this change${reason === undefined ? '' : ` (${reason})`}; run:`

function distinctlyNamed(resources: readonly Resource[]): readonly Resource[] {
  const seen = new Map<string, number>()
  return resources.map((resource) => {
    const key = `${resource.type} ${resource.name}`
    const n = (seen.get(key) ?? 0) + 1
    seen.set(key, n)
    return n === 1 ? resource : {...resource, name: `${resource.name}_${n}`}
  })
}
