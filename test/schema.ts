import {readFileSync} from 'node:fs'
import {Ajv2020} from 'ajv/dist/2020.js'

const schema = JSON.parse(readFileSync(new URL('../schema/report.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({allErrors: true, allowUnionTypes: true}).compile(schema)

/** The errors of a printed report against `schema/report.json`. */
export const faultsOf = (report: unknown): readonly string[] =>
  validate(report) ? [] : (validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`)
