import {expect, it} from 'vitest'
import {natInstance} from '../../src/checks/nat-instance.ts'
import {path, said} from './hops.ts'

const met = {at: 'gateway', resource: 'i-00000000000000007', leg: 'nat'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'nat-instance.stopped'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(natInstance, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(natInstance, [path('ssm', broken)])).toMatchObject([
    {cause: 'nat-instance.stopped', severity: 'blocks', resource: 'i-00000000000000007', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(natInstance, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(natInstance, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(natInstance, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(natInstance, [])).toEqual([{skip: 'Not on this path.'}])
})
