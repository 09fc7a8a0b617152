import {Ajv2020} from 'ajv/dist/2020.js'
import audit from '../../../schema/audit.json' with {type: 'json'}
import inspector from '../../../schema/inspector.json' with {type: 'json'}
import plan from '../../../schema/plan.json' with {type: 'json'}
import reach from '../../../schema/reach.json' with {type: 'json'}
import report from '../../../schema/report.json' with {type: 'json'}
import {entryOf} from '../../util/entry-of.ts'

/** The published schema of each kind of report, by what its `schema` field says. */
const SCHEMAS: Readonly<Record<string, object>> = {
  'ssm-doctor/report/1': report,
  'ssm-doctor/reports/1': report,
  'ssm-doctor/reach/1': reach,
  'ssm-doctor/plan/1': plan,
  'ssm-doctor/audit/1': audit,
  'ssm-doctor/inspector/1': inspector,
}

/** Where a report differs from its schema, as a message; undefined if it does not. */
export function faultOf(kind: string, json: unknown): string | undefined {
  const schema = entryOf(SCHEMAS, kind)
  if (!schema) return `"schema" must be one of ${Object.keys(SCHEMAS).join(', ')}`
  const ajv = new Ajv2020({strict: false})
  ajv.addSchema([report, reach, plan, audit, inspector])
  const check = ajv.compile(schema)
  if (check(json)) return undefined
  // A schema of alternatives reports the differences from each, and last that none matches.
  const differences = check.errors?.filter(({keyword}) => keyword !== 'oneOf' && keyword !== 'const')
  const {instancePath = '', message = 'does not match the schema'} = differences?.[0] ?? check.errors?.[0] ?? {}
  return `${instancePath === '' ? 'the report' : instancePath} ${message}`
}
