import {expect, it} from 'vitest'
import {target} from '../../../src/checks/node/target.ts'
import {behindEndpoints, instance} from '../../support/network.ts'
import {said} from '../network/hops.ts'

it('passes with an instance that no AWS service operates', () => {
  expect(said(target, [])).toMatchObject([{fact: expect.stringContaining('exists')}])
})

it('reports that an AWS service operates the instance', () => {
  const Instances = [instance({Operator: {Managed: true, Principal: 'eks.amazonaws.com'}})]
  expect(said(target, [], {...behindEndpoints, Instances})).toMatchObject([
    {cause: 'target.operator-managed', message: expect.stringContaining('eks.amazonaws.com')},
  ])
})
