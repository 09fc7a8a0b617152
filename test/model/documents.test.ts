import fc from 'fast-check'
import {expect, it} from 'vitest'
import {decodeDocument} from '../../src/model/documents.ts'

const document = {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 's3:*', Resource: '100%'}]}

it('an object is the document', () => {
  expect(decodeDocument(document)).toBe(document)
})

it('JSON text and URL-encoded JSON are decoded', () => {
  expect(decodeDocument(JSON.stringify(document))).toEqual(document)
  expect(decodeDocument(encodeURIComponent(JSON.stringify(document)))).toEqual(document)
})

it('text that is not valid JSON object stays text', () => {
  for (const text of ['', '{"Version":', '%7B', '%', '[]', '"x"', 'null']) expect(decodeDocument(text)).toBe(text)
})

it('it never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.jsonValue()), (raw) =>
      ['string', 'object'].includes(typeof decodeDocument(raw)),
    ),
  )
})
