import {expect, it} from 'vitest'
import {internetGateway} from '../../src/checks/internet-gateway.ts'
import {path, said} from './hops.ts'

const met = {at: 'gateway', resource: 'igw-00000000000000001'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'igw.detached'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(internetGateway, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(internetGateway, [path('ssm', broken)])).toMatchObject([
    {cause: 'igw.detached', severity: 'blocks', resource: 'igw-00000000000000001', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(internetGateway, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(internetGateway, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(internetGateway, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(internetGateway, [])).toEqual([{skip: 'Not on this path.'}])
})
