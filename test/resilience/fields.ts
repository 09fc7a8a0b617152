import {isObject} from '../../src/util/json.ts'
import type {Fields, Value} from '../support/wire.ts'

/** The paths to every field of a response; `[]` stands for every item of a list. */
export function fieldsIn(value: Value, way = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => fieldsIn(item, `${way}[]`)))]
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, one]) => {
    const here = way === '' ? key : `${way}.${key}`
    return one === undefined ? [] : [here, ...fieldsIn(one, here)]
  })
}

const GONE = Symbol('gone')

/** The response with the value at a path changed, wherever it occurs; `change` may omit it. */
export function changedAt(answer: Fields, way: string, change: (value: Value, gone: symbol) => Value): Fields {
  const [head = '', ...rest] = way.split('.')
  const key = head.replaceAll('[]', '')
  const depth = head.split('[]').length - 1
  const inner = (value: Value, lists: number): Value => {
    if (lists > 0) return Array.isArray(value) ? value.map((item) => inner(item, lists - 1)) : value
    return rest.length > 0 && isObject(value) ? changedAt(value, rest.join('.'), change) : value
  }
  const value = rest.length > 0 || depth > 0 ? inner(answer[key], depth) : change(answer[key], GONE)
  const {[key]: _, ...others} = answer
  return !(key in answer) ? answer : value === GONE ? others : {...answer, [key]: value}
}
