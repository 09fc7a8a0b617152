import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const FILES = ['report', 'audit', 'account']

/** The published types, by the schema and the definition that each is made from. */
const PUBLISHED = {
  Report: ['report', 'report'],
  Audit: ['audit', undefined],
  Account: ['account', undefined],
}

const schemas = Object.fromEntries(
  readdirSync(`${ROOT}/schema`).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(`${ROOT}/schema/${file}`, 'utf8')),
  ]),
)

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1)
const nameOf = (file, definition) => {
  const published = Object.entries(PUBLISHED).find(([, [of, what]]) => of === file && what === definition)
  return published?.[0] ?? `${capital(file)}${capital(definition ?? '')}`
}

const PRIMITIVES = {integer: 'number', number: 'number', string: 'string', boolean: 'boolean', null: 'null'}

/** One schema as a type. The schemas keep to a few keywords; any other is an error. */
function typeOf(schema, file) {
  const {$ref, enum: words, anyOf, oneOf, type} = schema
  if ($ref !== undefined) return referenced($ref, file)
  if ('const' in schema) return JSON.stringify(schema.const)
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(' | ')
  if (anyOf ?? oneOf) return (anyOf ?? oneOf).map((one) => typeOf(one, file)).join(' | ')
  if (Array.isArray(type)) return type.map((one) => typeOf({...schema, type: one}, file)).join(' | ')
  if (type === 'array') return `readonly (${schema.items ? typeOf(schema.items, file) : 'unknown'})[]`
  if (type === 'object' || schema.properties) return objectType(schema, file)
  if (type === undefined) return 'unknown'
  if (PRIMITIVES[type] === undefined) throw new Error(`schema/${file}.json: no type for ${type}`)
  return PRIMITIVES[type]
}

function referenced(ref, file) {
  const [, other, path] = /^(?:(\w+)\.json)?#\/(.+)$/.exec(ref) ?? []
  const of = other ?? file
  const definition = /^\$defs\/(\w+)$/.exec(path)?.[1]
  if (definition !== undefined) return nameOf(of, definition)
  return typeOf(
    path.split('/').reduce((schema, key) => schema[key], schemas[of]),
    of,
  )
}

function objectType({properties = {}, required = [], additionalProperties}, file) {
  const fields = Object.entries(properties).map(([key, schema]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
    const words = schema.description ? `/** ${schema.description} */ ` : ''
    return `${words}readonly ${name}${required.includes(key) ? '' : '?'}: ${typeOf(schema, file)}`
  })
  const rest = additionalProperties === false ? [] : [indexOf(additionalProperties, fields.length, file)]
  return `{${[...fields, ...rest].join('; ')}}`
}

/** What else may stand there: of a map it is known, elsewhere anything. */
const indexOf = (additional, known, file) =>
  `readonly [key: string]: ${typeof additional === 'object' && known === 0 ? typeOf(additional, file) : 'unknown'}`

const declaration = (file, definition, schema) => {
  const {description, title} = schema
  const words = description ?? title
  return `${words ? `/** ${words} */\n` : ''}export type ${nameOf(file, definition)} = ${typeOf(schema, file)}\n`
}

export const dataTypes = () =>
  FILES.flatMap((file) => [
    ...Object.entries(schemas[file].$defs ?? {}).map(([name, schema]) => declaration(file, name, schema)),
    ...(schemas[file].type === 'object' ? [declaration(file, undefined, schemas[file])] : []),
  ]).join('\n')

/** dist/types: the functions as the compiler declares them, and the data as the schemas do. */
export function writeTypes() {
  const out = `${ROOT}/dist/types`
  const whole = `${ROOT}/dist/.types`
  execFileSync(`${ROOT}/node_modules/.bin/tsc`, ['-p', `${ROOT}/scripts/tsconfig.types.json`, '--outDir', whole])
  mkdirSync(out, {recursive: true})
  writeFileSync(`${out}/index.d.ts`, own(`${whole}/library/index.d.ts`))
  writeFileSync(`${out}/types.d.ts`, dataTypes())
  writeFileSync(`${out}/lambda.d.ts`, handlers(whole))
  rmSync(whole, {recursive: true})
}

/** The handlers are declared together, with the one interface of the fleet that an event of theirs carries. */
function handlers(whole) {
  const files = ['list', 'merge', 'unit'].map((name) => readFileSync(`${whole}/lambda/${name}.d.ts`, 'utf8'))
  const [unit] = /^export interface Unit \{.*?^\}\n/ms.exec(readFileSync(`${whole}/fleet/expected.d.ts`, 'utf8'))
  return [unit.replace('export ', ''), ...files]
    .join('')
    .replaceAll(/^import .*\n/gm, '')
    .concat('export {}\n')
}

/** A declaration that names any other file of ours would lead nowhere. */
function own(file) {
  const text = readFileSync(file, 'utf8').replaceAll("'./types.ts'", "'./types.js'")
  const [foreign] = text.match(/from '(?!\.\/types\.js')[^']+'/) ?? []
  if (foreign) throw new Error(`The library exports a type ${foreign}.`)
  return text
}
