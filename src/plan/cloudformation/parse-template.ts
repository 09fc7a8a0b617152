import {type CollectionTag, parseDocument, type ScalarTag, type YAMLMap, type YAMLSeq} from 'yaml'
import {thrownMessage} from '../../util/error-code.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {guardStackOverflow, usageError} from '../../util/usage-error.ts'

/** The short forms of functions that YAML templates use. */
const SHORT = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Length', 'Not'],
  ...['Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
]
const NAMES: readonly (readonly [tag: string, name: string])[] = [
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...SHORT.map((name) => [`!${name}`, `Fn::${name}`] as const),
]

const tagsOf = (names: typeof NAMES) =>
  names.flatMap(([tag, name]): (ScalarTag | CollectionTag)[] => [
    {tag, resolve: (text: string) => ({[name]: text})},
    {tag, collection: 'seq', resolve: (list: YAMLSeq | YAMLMap) => ({[name]: list.toJSON()})},
    {tag, collection: 'map', resolve: (map: YAMLSeq | YAMLMap) => ({[name]: map.toJSON()})},
  ])

const documentOf = (text: string, names: typeof NAMES) =>
  parseDocument(text, {customTags: tagsOf(names), merge: true, logLevel: 'silent'})

/** A function that is newer than this list is not taken for its argument. */
function withNewFunctions(text: string) {
  const document = documentOf(text, NAMES)
  const tags = document.warnings.flatMap(({code, pos}) => (code === 'TAG_RESOLVE_FAILED' ? text.slice(...pos) : []))
  return tags.length === 0
    ? document
    : documentOf(text, [...NAMES, ...[...new Set(tags)].map((tag) => [tag, `Fn::${tag.slice(1)}`] as const)])
}

/** A template in YAML or JSON. Aliases are limited, so a small file cannot become a large one. */
export function parseTemplate(name: string, text: string): JsonObject {
  const deep = `${name} is not a CloudFormation template: it is nested too deeply.`
  return guardStackOverflow(() => parsed(name, text), deep)
}

function parsed(name: string, text: string): JsonObject {
  const document = withNewFunctions(text)
  const [error] = document.errors
  // The parser reports a stack overflow as an error of the document.
  if (error && /call stack/.test(error.message)) throw new RangeError(error.message)
  if (error) throw usageError(`${name} is not a CloudFormation template: ${error.message.split('\n')[0]}`)
  const json = contentOf(name, document)
  if (!isObject(json) || !isObject(json.Resources))
    throw usageError(`${name} is not a CloudFormation template: it has no Resources.`)
  return json
}

function contentOf(name: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({maxAliasCount: 100})
  } catch (error) {
    throw usageError(`${name} is not a CloudFormation template: ${thrownMessage(error)}`)
  }
}
