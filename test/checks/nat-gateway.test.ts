import {expect, it} from 'vitest'
import {natGateway} from '../../src/checks/nat-gateway.ts'
import {path, said} from './hops.ts'

const met = {at: 'gateway', resource: 'nat-00000000000000001', leg: 'nat'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'nat.not-available'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(natGateway, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(natGateway, [path('ssm', broken)])).toMatchObject([
    {cause: 'nat.not-available', severity: 'blocks', resource: 'nat-00000000000000001', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(natGateway, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(natGateway, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(natGateway, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(natGateway, [])).toEqual([{skip: 'Not on this path.'}])
})

it('advises a NAT gateway in the zone of the instance', () => {
  const fault = {cause: 'nat.single-az-loss', advice: true} as const
  expect(
    said(natGateway, [path('ssm', {at: 'gateway', leg: 'nat', resource: 'nat-00000000000000001', fault})]),
  ).toMatchObject([{cause: 'nat.single-az-loss', severity: 'advises'}])
})
