import {doubleQuoted} from './double-quoted.ts'
import type {Members, Value} from './fragment.ts'

/** A reference for the value that an earlier call answers. */
export type Refer = (answer: string) => string

/** A block, written as `terraform fmt` writes it. https://developer.hashicorp.com/terraform/language/style */
export function hclBlock(head: string, members: Members, refer: Refer, indent = ''): readonly string[] {
  const inner = `${indent}  `
  const entries = Object.entries(members)
  const width = Math.max(0, ...entries.map(([key, value]) => (nestedIn(value) ? 0 : key.length)))
  const lines = entries.flatMap(([key, value]) => {
    const nested = nestedIn(value)
    return nested
      ? ['', ...hclBlock(key, nested, refer, inner)]
      : [`${inner}${key.padEnd(width)} = ${hclValue(value, refer)}`]
  })
  return [`${indent}${head} {`, ...lines, `${indent}}`]
}

const nestedIn = (value: Value): Members | undefined =>
  typeof value === 'object' && 'nested' in value && typeof value.nested === 'object'
    ? (value.nested as Members)
    : undefined

export function hclValue(value: Value, refer: Refer): string {
  if (typeof value === 'string') return hclText(value)
  if (typeof value !== 'object') return String(value)
  if (isList(value)) return `[${value.map((item) => hclValue(item, refer)).join(', ')}]`
  if ('expression' in value && typeof value.expression === 'string') return value.expression
  if ('document' in value && typeof value.document === 'string') return hclText(value.document)
  if ('answer' in value && typeof value.answer === 'string') return refer(value.answer)
  const members = Object.entries(value).map(([key, member]) => `${key} = ${hclValue(member, refer)}`)
  return `{ ${members.join(', ')} }`
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** `${` and `%{` begin a template. https://developer.hashicorp.com/terraform/language/expressions/strings */
const hclText = (text: string): string => doubleQuoted(text).replace(/\$\{/g, '$$$${').replace(/%\{/g, '%%{')
