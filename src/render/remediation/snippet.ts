import {commandLine, comment} from '../../remedies/core/command-line.ts'
import type {Call, Step} from '../../remedies/core/remedy.ts'
import {codeKey, type LaunchSource, type SnippetPlace} from '../../remedies/core/snippet-place.ts'
import {cloudFormation} from './cloudformation.ts'
import {launchPartsOf, partsOf, reasonWithout} from './parts.ts'
import {
  type CodeReferences,
  type Existing,
  type Fragment,
  isCode,
  isList,
  isStructure,
  type Part,
  type PartContext,
  type Resource,
  type Value,
} from './resource.ts'
import {terraform} from './terraform.ts'

/** Forms of a change other than commands for a POSIX shell. */
export type SnippetFormat = 'terraform' | 'cloudformation' | 'powershell'

/** How one language of infrastructure code describes what a change makes of resources. */
interface Language {
  /** Undefined if the language has no resource for it. */
  readonly fragmentsOf: (part: Part, context: PartContext) => readonly Fragment[] | undefined
  readonly write: (resources: readonly Resource[], suffix: string) => readonly string[]
  /**
   * Comments on a resource that exists and of which only some settings change; at its address, where that is known.
   */
  readonly existing: (fragment: Existing, suffix: string, address?: string) => readonly string[]
}

const LANGUAGES: Readonly<Record<Exclude<SnippetFormat, 'powershell'>, Language>> = {
  terraform,
  cloudformation: cloudFormation,
}

/** The steps of one change as code. What the language cannot express stays a command, in a comment. */
export function snippet(
  steps: readonly Step[],
  format: SnippetFormat,
  {region, step, codeReferences: managed, launchedFrom}: SnippetPlace,
): string {
  if (format === 'powershell') return steps.map((one) => commandLine(one, format, {region})).join('\n')
  const {fragmentsOf, write, existing} = LANGUAGES[format]
  const suffix = step > 1 ? `_${step}` : ''
  const calls = steps.filter((one) => 'operation' in one)
  const parts = calls.flatMap((call) => partsOf(call, calls) ?? [])
  const fragments: Fragment[] = []
  const notes: string[] = []
  const addressOf = ({type, id}: Existing) =>
    id === launchedFrom?.address ? id : managed?.get(codeKey(type, id))?.address
  for (const one of steps) {
    const written = partsIn(one, calls, launchedFrom)?.map((part) =>
      fragmentsOf(part, {parts, ...(managed && {managed})}),
    )
    const own = written?.every((each) => each !== undefined)
      ? written.flat().map((fragment) => inRegionOf(one, region, within(fragment, managed)))
      : undefined
    fragments.push(...(own ?? []))
    for (const fragment of own ?? [])
      if (fragment.kind !== 'resource') notes.push(...existing(fragment, suffix, addressOf(fragment)))
    if (!own && !isRead(one)) notes.push(...asCommand(one, region))
  }
  const resources = fragments.filter((fragment) => fragment.kind === 'resource')
  const module = managed && fragments.flatMap(({properties}) => codesIn(properties)).flatMap(moduleOf)[0]
  return [
    ...write(distinctlyNamed(resources), suffix),
    ...notes,
    ...(module === undefined ? [] : [comment(`Inside ${module}, leave out its prefix; outside, use an output of it.`)]),
  ].join('\n')
}

/** A call that is made in another Region than the rest makes its resource there. */
const inRegionOf = (step: Step, region: string, fragment: Fragment): Fragment =>
  fragment.kind === 'resource' && 'operation' in step && step.region !== undefined && step.region !== region
    ? {...fragment, region: step.region}
    : fragment

/** What is referred to in the code. */
function codesIn(value: Value): readonly string[] {
  if (isCode(value)) return [value.code]
  if (isList(value)) return value.flatMap(codesIn)
  return isStructure(value) ? Object.values(value).flatMap(codesIn) : []
}

/** The module of an address. https://developer.hashicorp.com/terraform/cli/state/resource-addressing */
const moduleOf = (address: string): readonly string[] =>
  /^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+/.exec(address)?.map((prefix) => prefix.slice(0, -1)) ?? []

/** The fragment in code that manages some of the resources that it refers to. */
function within(fragment: Fragment, managed: CodeReferences | undefined): Fragment {
  if (!managed) return fragment
  const known = (value: Value, name: string) =>
    typeof value === 'string' ? managed.get(codeKey(name, value)) : undefined
  const referring = (value: Value, name: string): Value => {
    const reference = known(value, name)?.reference
    if (reference !== undefined) return {code: reference}
    if (isList(value)) return value.map((item) => referring(item, name))
    return isStructure(value) ? members(value, name) : value
  }
  // `Name` of a profile is that of an `IamInstanceProfile`.
  const members = (values: Fragment['properties'], of = '') =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        known(value, name)?.property ?? name,
        referring(value, `${of}.${name}`),
      ]),
    )
  const properties = members(fragment.properties)
  return fragment.kind === 'resource' &&
    fragment.imports !== undefined &&
    managed.has(codeKey(fragment.type, fragment.imports))
    ? {kind: 'changed', type: fragment.type, id: fragment.imports, properties}
    : {...fragment, properties}
}

/** What a step makes of resources. Infrastructure code waits automatically. */
function partsIn(step: Step, calls: readonly Call[], launchedFrom: LaunchSource | undefined) {
  if ('operation' in step) return partsOf(step, calls)
  if ('launch' in step && launchedFrom) return launchPartsOf(step.launch, launchedFrom)
  return 'wait' in step ? [] : undefined
}

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
