import {readFileSync} from 'node:fs'
import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js'

const schema = (name: string) => JSON.parse(readFileSync(new URL(`../schema/${name}.json`, import.meta.url), 'utf8'))
const ajv = new Ajv2020({allErrors: true, allowUnionTypes: true})
const audit = ajv.compile(schema('audit'))
const inspection = ajv.compile(schema('inspector'))

const faultsIn = (validate: ValidateFunction, report: unknown): readonly string[] =>
  validate(report) ? [] : (validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`)

/** The errors of an audit against `schema/audit.json`. */
export const auditFaultsOf = (report: unknown): readonly string[] => faultsIn(audit, report)

/** The errors of a report on Amazon Inspector against `schema/inspector.json`. */
export const inspectionFaultsOf = (report: unknown): readonly string[] => faultsIn(inspection, report)
