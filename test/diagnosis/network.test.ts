import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {INSTANCE, online, onlineEarlier} from '../support/network.ts'
import {type Breakage, breakages, healthy} from '../support/network-breakages.ts'

const found = ({account}: Breakage) => {
  const {causes} = examine(account, INSTANCE)
  const of = (severity: string) =>
    [
      ...new Set(
        causes.filter((cause) => cause.severity === severity && cause.revealedBy === undefined).map(({id}) => id),
      ),
    ].filter((id) => !id.startsWith('os.'))
  return {
    blocks: of('blocks').sort(),
    degrades: of('degrades').sort(),
    undecided: of('undecided').sort(),
    advises: of('advises').filter((id) => !id.startsWith('registration')),
  }
}

describe('what is not on the path is not a cause', () => {
  it.each(healthy)('$name', (row) => {
    const {advises: _, ...rest} = found(row)
    expect(rest).toEqual({
      blocks: [...(row.blocks ?? [])].sort(),
      degrades: [...(row.degrades ?? [])].sort(),
      undecided: [...(row.undecided ?? [])].sort(),
    })
  })
})

describe('one fault is one cause', () => {
  it.each(breakages)('$name', (row) => {
    const {advises, ...rest} = found(row)
    expect(rest).toEqual({
      blocks: [...(row.blocks ?? [])].sort(),
      degrades: [...(row.degrades ?? [])].sort(),
      undecided: [...(row.undecided ?? [])].sort(),
    })
    expect(advises).toEqual(expect.arrayContaining([...(row.advises ?? [])]))
  })
})

describe('a node that is online', () => {
  it.each(healthy.filter(({blocks, degrades}) => !blocks && !degrades))('is managed: $name', ({account}) => {
    expect(examine(online(account), INSTANCE).verdict).toBe('managed')
  })
  it.each(breakages.filter(({blocks}) => blocks))('is at risk once its last ping is old: $name', ({account}) => {
    expect(examine(onlineEarlier(account), INSTANCE).verdict).toBe('at-risk')
  })
})
