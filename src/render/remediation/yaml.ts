import {doubleQuoted} from './double-quoted.ts'
import {isList, type Value} from './resource.ts'

/** Keys and plain words as they are, everything else in JSON's own quotes, which are YAML's too. */
const PLAIN = /^[A-Za-z][A-Za-z0-9:]*(?<!:)$/
const WORDS_OF_YAML = /^(?:y|n|yes|no|on|off|true|false|null)$/i

const word = (text: string): string => (PLAIN.test(text) && !WORDS_OF_YAML.test(text) ? text : doubleQuoted(text))

/** A structure, one line per scalar. https://yaml.org/spec/1.2.2/ */
export function yamlLines(value: Value, indent = ''): readonly string[] {
  if (typeof value !== 'object' || value === null)
    return [`${indent}${typeof value === 'string' ? word(value) : String(value)}`]
  if (isList(value)) return value.length === 0 ? [`${indent}[]`] : value.flatMap((item) => listItem(item, indent))
  return Object.entries(value).flatMap(([key, member]) => {
    const name = `${indent}${word(key)}:`
    if (typeof member !== 'object' || member === null) return [`${name} ${yamlLines(member)[0]}`]
    return isList(member) && member.length === 0 ? [`${name} []`] : [name, ...yamlLines(member, `${indent}  `)]
  })
}

function listItem(item: Value, indent: string): readonly string[] {
  const [first = '', ...rest] = yamlLines(item, `${indent}  `)
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest]
}
