import {readFileSync} from 'node:fs'
import {Ajv2020} from 'ajv/dist/2020.js'

type Name = 'report' | 'audit' | 'inspector' | 'plan' | 'reach'
const NAMES: readonly Name[] = ['report', 'audit', 'inspector', 'plan', 'reach']

const ajv = new Ajv2020({allErrors: true, allowUnionTypes: true})
for (const name of NAMES)
  ajv.addSchema(JSON.parse(readFileSync(new URL(`../../schema/${name}.json`, import.meta.url), 'utf8')), name)

/** The errors of printed JSON against a schema of `schema/`, which is compiled when it is first used. */
function faultsAgainst(name: Name): (json: unknown) => readonly string[] {
  return (json) => {
    const validate = ajv.getSchema(name)!
    return validate(json) ? [] : (validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`)
  }
}

export const faultsOf = faultsAgainst('report')
export const auditFaultsOf = faultsAgainst('audit')
export const inspectionFaultsOf = faultsAgainst('inspector')
export const planFaultsOf = faultsAgainst('plan')
export const reachFaultsOf = faultsAgainst('reach')
