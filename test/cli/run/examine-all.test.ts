import {describe, expect, it} from 'vitest'
import {examineAll} from '../../../src/cli/run/examine-all.ts'
import {printPlan} from '../../../src/cli/run/plan.ts'
import {reachIn} from '../../../src/cli/run/reach.ts'

/** A Region that does not exist: a run that queries AWS ends with another error. */
const region = 'nowhere'
const target = {id: 'i-0123456789abcdef0'}
const NO_SUCH_FILE = 'no.file: there is no such file or folder.'

describe('What is wrong with a flag is reported before AWS is queried', () => {
  it.each([
    ['a flow log', {'flow-logs': ['no.file']}, NO_SUCH_FILE],
    ['CloudTrail events', {'since-when': true, cloudtrail: ['no.file']}, NO_SUCH_FILE],
    ['a time', {'flow-logs': ['live'], since: 'yesterday'}, '--since takes 90m'],
    ['a format', {'flow-logs': [import.meta.filename], 'flow-log-format': 'version'}, '--flow-log-format lacks'],
  ])('for %s', async (_, flags, message) => {
    await expect(examineAll([target], {region, ...flags})).rejects.toThrow(message)
  })

  it('for the flow log of a path', async () => {
    const flags = {region, to: 'kms', port: 443, 'flow-logs': ['no.file']}
    await expect(reachIn([target], flags)).rejects.toThrow(NO_SUCH_FILE)
  })

  it.each([
    ['a template', {cloudformation: 'no.file'}],
    ['the template that is replaced', {cloudformation: import.meta.filename, 'stack-template': 'no.file'}],
    ['parameters', {cloudformation: import.meta.filename, parameters: 'no.file'}],
  ])('for %s of a plan', async (_, flags) => {
    const rest = {live: true, json: false, 'no-color': true, format: 'text'} as const
    await expect(printPlan({region, ...rest, ...flags}, '0')).rejects.toThrow('no.file')
  })
})
