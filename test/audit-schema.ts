import {readFileSync} from 'node:fs'
import {Ajv2020} from 'ajv/dist/2020.js'

const schema = JSON.parse(readFileSync(new URL('../schema/audit.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({allErrors: true, allowUnionTypes: true}).compile(schema)

/** What an audit says against `schema/audit.json`. */
export const auditFaultsOf = (audit: unknown): readonly string[] =>
  validate(audit) ? [] : (validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`)
