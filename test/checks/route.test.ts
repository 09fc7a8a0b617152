import {expect, it} from 'vitest'
import {route} from '../../src/checks/route.ts'
import {behindEndpoints, id, local, table, VPC} from '../support/network.ts'
import {path, said} from './hops.ts'

const met = {at: 'route', resource: 'rtb-00000000000000001'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'route.blackhole'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(route, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(route, [path('ssm', broken)])).toMatchObject([
    {cause: 'route.blackhole', severity: 'blocks', resource: 'rtb-00000000000000001', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(route, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(route, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(route, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(route, [])).toEqual([{skip: 'Not on this path.'}])
})

it('says when the table to blame is the main table, which the subnet falls back to', () => {
  const main = {...table(1, VPC, [], [local('10.0.0.0/16')]), Associations: [{Main: true}]}
  const none = {at: 'route', resource: id('rtb', 1), verdict: 'blocked', fault: {cause: 'route.none'}} as const
  expect(said(route, [path('ssm', none)], {...behindEndpoints, RouteTables: [main]})).toContainEqual(
    expect.objectContaining({cause: 'route.main-table-surprise', resource: id('subnet', 1)}),
  )
})
