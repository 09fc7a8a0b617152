import {expect, it} from 'vitest'
import {jsonReports, jsonText} from '../../../src/render/formats/json.ts'
import {faultsOf} from '../../support/report-schemas.ts'
import {healthy, shut} from '../reports.ts'

it('prints one report as it is and several in an envelope, both conforming to the schema', () => {
  expect(JSON.parse(jsonReports([shut]))).toEqual(shut)
  expect(faultsOf(JSON.parse(jsonReports([shut])))).toEqual([])
  const several = JSON.parse(jsonReports([shut, healthy]))
  expect(several).toEqual({schema: 'ssm-doctor/reports/1', reports: [shut, healthy]})
  expect(faultsOf(several)).toEqual([])
})

it('keeps the schema closed: an undocumented field is an error', () => {
  expect(faultsOf({...shut, extra: 1})).not.toEqual([])
  expect(faultsOf({...shut, causes: [{...shut.causes[0], extra: 1}]})).not.toEqual([])
})

it('escapes control characters that JSON allows', () => {
  const name = '\u009b31m\u202e\u2028\u{e0041}\u001b[0m'
  const text = jsonText({name})
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028]/u)
  expect(JSON.parse(text)).toEqual({name})
})
