import {describe, expect, it} from 'vitest'
import {paginate, readOr} from '../../../src/collect/client/paginate.ts'

const doesNotEnd = (size: string) => ({
  unreadable: `IncompleteAnswer: too many results: ${size}`,
  error: 'IncompleteAnswer',
  action: 'ec2:DescribeVpcs',
  message: `too many results: ${size}`,
})

describe('endless pages', () => {
  const endless = (items: readonly number[]) => {
    let asked = 0
    const read = readOr('ec2:DescribeVpcs', () =>
      paginate(async () => {
        asked += 1
        return {items, next: `token ${asked}`}
      }),
    )
    return read.then((reading) => ({reading, asked}))
  }

  it('are abandoned after twenty thousand, and the list is unreadable', async () => {
    expect(await endless([])).toEqual({
      reading: doesNotEnd('0 items on 20000 pages'),
      asked: 20_000,
    })
  })

  it('are abandoned sooner if they fill the memory', async () => {
    const {reading, asked} = await endless(Array.from({length: 1000}, (_, at) => at))
    expect(reading).toEqual(doesNotEnd('1001000 items on 1001 pages'))
    expect(asked).toBe(1001)
  })
})

it('half a million items, fifty a page, are read to their end', async () => {
  let page = 0
  const fifty = Array.from({length: 50}, (_, at) => at)
  const found = await paginate(async () => {
    page += 1
    return {items: fifty, next: page < 10_000 ? `token ${page}` : undefined}
  })
  expect(found).toHaveLength(500_000)
})
