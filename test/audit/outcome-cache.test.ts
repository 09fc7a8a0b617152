import {expect, it} from 'vitest'
import {createFleetCache} from '../../src/audit/outcome-cache.ts'
import {instanceChecks} from '../../src/checks/index.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {anInstance, healthy} from '../support/healthy.ts'

it('a model shares the outcome of a check that its change leaves alone, and of no other with the same dependences', () => {
  const account = {...healthy, CoveredResources: [], InstanceAssociations: [], ConnectionStatuses: []}
  const cache = createFleetCache(account)
  diagnose(account, anInstance(), {includeFallback: true, fleetCache: cache})
  const changed = cache.forModel({...account, AccountStatuses: []})
  const shared = changed.cacheFor(anInstance(), changed.paths(anInstance()))
  const isKnown = (id: string) => shared?.known(instanceChecks.findIndex((check) => check.id === id)) !== undefined
  expect(isKnown('control-container')).toBe(true)
  expect(isKnown('inspector')).toBe(false)
})
