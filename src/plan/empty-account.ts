import type {Account} from '../model/account.ts'
import {KINDS} from '../model/kinds.ts'
import {partitionOf} from '../model/partition.ts'

/** An account in which nothing is: what a plan alone creates is examined in it. */
export const emptyAccount = (Region: string, ReadAt: string): Account =>
  ({
    ...Object.fromEntries(KINDS.map((kind) => [kind, []])),
    Region,
    ReadAt,
    Partition: partitionOf(Region),
    Caller: {Account: '000000000000'},
  }) as unknown as Account
