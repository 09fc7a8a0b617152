import {expect, it} from 'vitest'
import {target} from '../../src/checks/target.ts'
import {behindEndpoints, instance} from '../support/network.ts'
import {said} from './hops.ts'

it('is content with an instance that a person runs', () => {
  expect(said(target, [])).toMatchObject([{fact: expect.stringContaining('exists')}])
})

it('says when an AWS service operates the instance', () => {
  const Instances = [instance({Operator: {Managed: true, Principal: 'eks.amazonaws.com'}})]
  expect(said(target, [], {...behindEndpoints, Instances})).toMatchObject([
    {cause: 'target.operator-managed', message: expect.stringContaining('eks.amazonaws.com')},
  ])
})
