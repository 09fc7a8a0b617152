import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {isUnreadable, itemsOf, type Subnet} from '../../src/model/account.ts'
import {withItem, withItems, withNew, withPut} from '../../src/model/edits.ts'
import {allWith, changedSince, copyOf, find, hasWith, isUnique} from '../../src/model/lists.ts'
import {healthy} from '../support/healthy.ts'

const subnet = (n: number, vpc: number): Subnet => ({SubnetId: `subnet-${n}`, VpcId: `vpc-${vpc}`})
const many = Array.from({length: 600}, (_, n) => subnet(n, n % 7))
const account = {...healthy, Subnets: many}

/** What a search of the whole list finds, in its order. */
const byLooking = (subnets: typeof healthy.Subnets, field: 'SubnetId' | 'VpcId', value: string) =>
  Array.isArray(subnets) ? subnets.filter((one) => one[field] === value) : []

const keysOf = ({SubnetId, VpcId, State}: Subnet) => [SubnetId, VpcId, ...(State ? ['vpc-0'] : [])]

const stateOf = ({State}: Subnet) => [State]

describe('a list in the order of its ids', () => {
  const id = (n: number) => `subnet-${String(n).padStart(5, '0')}`
  const ordered = Array.from({length: 1000}, (_, n) => ({SubnetId: id(2 * n), VpcId: `vpc-${n}`}))
  const anId = fc.oneof(fc.nat(2010).map(id), fc.constantFrom('', 'a', 'z', undefined))

  it('has the same results as a search of the whole list, in whatever order items are looked up', () => {
    fc.assert(
      fc.property(fc.array(anId, {minLength: 1, maxLength: 20}), (ids) => {
        const list = [...ordered]
        for (const one of ids) {
          const found = list.filter(({SubnetId}) => SubnetId === one)
          expect(allWith(list, 'SubnetId', one)).toEqual(found)
          expect(hasWith(list, 'SubnetId', one)).toBe(found.length > 0)
        }
      }),
    )
  })

  it.each([
    ['has an id twice', ordered.with(500, {...ordered[499]!})],
    ['is not in order at one place', ordered.with(500, ordered[400]!).with(400, ordered[500]!)],
    ['has an item without an id', ordered.with(500, {VpcId: 'vpc-500'} as (typeof ordered)[number])],
  ])('finds every item of a list that %s', (_, list) => {
    for (const {SubnetId} of list)
      expect(allWith(list, 'SubnetId', SubnetId)).toEqual(list.filter((one) => one.SubnetId === SubnetId))
  })

  it('says whether an id is there twice', () => {
    expect(isUnique(ordered, 'SubnetId')).toBe(true)
    expect(isUnique(ordered.with(500, {...ordered[499]!}), 'SubnetId')).toBe(false)
  })
})

describe('a long list with few changes', () => {
  const change = fc.oneof(
    fc.record({kind: fc.constant('move' as const), n: fc.nat(599), vpc: fc.nat(7)}),
    fc.record({kind: fc.constant('touch' as const), n: fc.nat(599), vpc: fc.nat(7)}),
    fc.record({kind: fc.constant('add' as const), n: fc.nat(700), vpc: fc.nat(7)}),
    fc.record({kind: fc.constant('put' as const), n: fc.nat(700), vpc: fc.nat(7)}),
    fc.record({kind: fc.constant('drop' as const), n: fc.nat(599), vpc: fc.nat(7)}),
    fc.record({kind: fc.constant('replace' as const), n: fc.nat(599), vpc: fc.nat(7)}),
  )

  it('has the same results as a search of the whole list', () => {
    fc.assert(
      fc.property(fc.array(change, {maxLength: 30}), fc.nat(700), fc.nat(7), (changes, n, vpc) => {
        const changed = changes.reduce(
          (model, {kind, n: id, vpc: to}) => {
            if (kind === 'add')
              return find(model.Subnets, 'SubnetId', `subnet-${id}`) ? model : withNew(model, 'Subnets', subnet(id, to))
            if (kind === 'put') return withPut(model, 'Subnets', 'SubnetId', subnet(id, to))
            if (kind === 'drop')
              return withItems(model, 'Subnets', (items) => items.filter(({SubnetId}) => SubnetId !== `subnet-${id}`))
            if (kind === 'replace')
              return withItems(model, 'Subnets', (items) =>
                copyOf(items, new Map(byLooking(items, 'SubnetId', `subnet-${id}`).map((one) => [one, undefined])), [
                  subnet(id, to),
                ]),
              )
            return withItem(model, 'Subnets', 'SubnetId', `subnet-${id}`, (item) =>
              kind === 'move' ? {...item, VpcId: `vpc-${to}`} : {...item, State: 'pending' as const},
            )
          },
          account as typeof healthy,
        )
        for (const model of [account as typeof healthy, changed]) {
          const {Subnets} = model
          expect(allWith(Subnets, 'SubnetId', `subnet-${n}`)).toEqual(byLooking(Subnets, 'SubnetId', `subnet-${n}`))
          expect(allWith(Subnets, 'VpcId', `vpc-${vpc}`)).toEqual(byLooking(Subnets, 'VpcId', `vpc-${vpc}`))
          const either = itemsOf(Subnets).filter((one) => keysOf(one).includes(`vpc-${vpc}`))
          expect(allWith(Subnets, keysOf, `vpc-${vpc}`)).toEqual(either)
          expect(hasWith(Subnets, keysOf, `vpc-${vpc}`)).toBe(either.length > 0)
          expect(hasWith(Subnets, 'SubnetId', `subnet-${n}`)).toBe(
            byLooking(Subnets, 'SubnetId', `subnet-${n}`).length > 0,
          )
          const nearby = allWith(Subnets, 'VpcId', `vpc-${vpc}`)
          expect(allWith(nearby, stateOf, 'pending')).toEqual(nearby.filter(({State}) => State === 'pending'))
          for (const {SubnetId} of changes.map((one) => subnet(one.n, vpc)))
            expect(allWith(nearby, 'SubnetId', SubnetId)).toEqual(nearby.filter((one) => one.SubnetId === SubnetId))
          expect(changedSince(many, itemsOf(Subnets))).toEqual(itemsOf(Subnets).filter((one) => !many.includes(one)))
        }
      }),
      {numRuns: 1000},
    )
  })

  it('finds an item once that has a key twice', () => {
    const [first] = many
    expect(allWith([first!], ({SubnetId}: Subnet) => [SubnetId, SubnetId], first?.SubnetId)).toEqual([first])
  })

  it('has them after more changes than are tracked one by one', () => {
    const changed = Array.from({length: 3000}).reduce<typeof healthy>(
      (model, _, n) => withPut(model, 'Subnets', 'SubnetId', subnet(n % 700, 9)),
      {...account},
    )
    expect(allWith(changed.Subnets, 'SubnetId', 'subnet-650')).toEqual([subnet(650, 9)])
    expect(allWith(changed.Subnets, 'VpcId', 'vpc-9')).toHaveLength(700)
  })

  it('keeps the order of the list if an item was inserted', () => {
    const moved = withItem(account, 'Subnets', 'SubnetId', 'subnet-8', (item) => ({...item, VpcId: 'vpc-0'}))
    expect(
      allWith(moved.Subnets, 'VpcId', 'vpc-0')
        .slice(0, 3)
        .map(({SubnetId}) => SubnetId),
    ).toEqual(['subnet-0', 'subnet-7', 'subnet-8'])
  })
})

describe('a copy of a long list', () => {
  const copy = copyOf(
    many,
    new Map([
      [many[400]!, subnet(400, 9)],
      [many[3]!, undefined],
      [many[5]!, subnet(5, 9)],
    ]),
    [subnet(700, 9)],
  )
  const expected = [
    ...many.flatMap((one, n) => (n === 3 ? [] : n === 400 || n === 5 ? [subnet(n, 9)] : [one])),
    subnet(700, 9),
  ]

  it.each<[string, (list: readonly Subnet[]) => unknown]>([
    ['its length', (list) => list.length],
    ['an item', (list) => list[400]],
    ['an item that is not there', (list) => [list[600], list.at(-1)]],
    ['whether there is an item', (list) => [3 in list, 600 in list, 'other' in list]],
    ['its items', (list) => [...list]],
    ['its keys', (list) => Object.keys(list)],
    ['a list of lists', (list) => [list, list].flat()],
    ['its text', (list) => JSON.stringify(list)],
    ['another copy', (list) => copyOf(list, new Map(), [subnet(701, 9)]).map(({SubnetId}) => SubnetId)],
    ['what it is', (list) => [Array.isArray(list), isUnreadable(list)]],
  ])('is an array like any other: %s', (_, of) => {
    expect(of(copyOf(copy, new Map()))).toEqual(of(expected))
  })
})

it('replaces the item with the same id, or appends the item if there is none', () => {
  const place = (n: number) => itemsOf(withPut(account, 'Subnets', 'SubnetId', subnet(n, 9)).Subnets)
  expect(place(8)).toEqual(many.with(8, subnet(8, 9)))
  expect(place(600)).toEqual([...many, subnet(600, 9)])
})
