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

const tags = NAMES.flatMap(([tag, name]): (ScalarTag | CollectionTag)[] => [
  {tag, resolve: (text: string) => ({[name]: text})},
  {tag, collection: 'seq', resolve: (list: YAMLSeq | YAMLMap) => ({[name]: list.toJSON()})},
  {tag, collection: 'map', resolve: (map: YAMLSeq | YAMLMap) => ({[name]: map.toJSON()})},
])

/** A template in YAML or JSON. Aliases are limited, so a small file cannot become a large one. */
export function parseTemplate(name: string, text: string): JsonObject {
  const deep = `${name} is not a CloudFormation template: it is nested too deeply.`
  return guardStackOverflow(() => parsed(name, text), deep)
}

function parsed(name: string, text: string): JsonObject {
  const document = parseDocument(text, {customTags: tags, merge: true, logLevel: 'silent'})
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
