import {doubleQuoted} from './double-quoted.ts'
import {isCode, isList, isReference, isStructure, type Properties, type Reference, type Value} from './resource.ts'

/** How a reference to another resource is written. */
export type Refer = (reference: Reference['reference']) => string

/**
 * A block, written as `terraform fmt` writes it: a structure is a block of its own, after the arguments.
 * https://developer.hashicorp.com/terraform/language/style
 */
export function hclBlock(head: string, members: Properties, refer: Refer, indent = ''): readonly string[] {
  const inner = `${indent}  `
  const entries = Object.entries(members).map(([name, value]) => [name, value, blocksIn(value)] as const)
  const width = Math.max(0, ...entries.map(([name, , blocks]) => (blocks ? 0 : name.length)))
  return [
    `${indent}${head} {`,
    ...entries.flatMap(([name, value, blocks]) =>
      blocks ? [] : [`${inner}${name.padEnd(width)} = ${hclValue(value, refer)}`],
    ),
    ...entries.flatMap(([name, , blocks = []]) =>
      blocks.flatMap((block) => ['', ...hclBlock(name, block, refer, inner)]),
    ),
    `${indent}}`,
  ]
}

function blocksIn(value: Value): readonly Properties[] | undefined {
  if (isStructure(value)) return [value]
  return isList(value) && value.length > 0 && value.every(isStructure) ? value : undefined
}

export function hclValue(value: Value, refer: Refer): string {
  if (typeof value === 'string') return hclText(value)
  if (isList(value)) return `[${value.map((item) => hclValue(item, refer)).join(', ')}]`
  if (isReference(value)) return refer(value.reference)
  return isCode(value) ? value.code : String(value)
}

/** `${` and `%{` begin a template. https://developer.hashicorp.com/terraform/language/expressions/strings */
const hclText = (text: string): string => doubleQuoted(text).replace(/\$\{/g, '$$$${').replace(/%\{/g, '%%{')
