import {describe, expect, it} from 'vitest'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {faultsOfSettings, faultsOfTemplate} from '../support/cloudformation.ts'
import {allRemedies} from '../support/remedies-of.ts'

const snippets = allRemedies.map(({remedy, region}) => ({
  title: remedy.title,
  text: snippet(remedy.steps, 'cloudformation', {region, step: 2}),
}))

describe('every change as CloudFormation', () => {
  it('is known to the resource schemas of CloudFormation, with each property and its type', () => {
    const faults = snippets.flatMap(({title, text}) => faultsOfTemplate(text).map((fault) => `${title} | ${fault}`))
    expect([...new Set(faults)]).toEqual([])
  })

  it('sets the properties of a resource that already exists', () => {
    const faults = snippets.flatMap(({title, text}) => faultsOfSettings(text).map((fault) => `${title} | ${fault}`))
    expect([...new Set(faults)]).toEqual([])
  })
})
