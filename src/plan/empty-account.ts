import type {Account} from '../model/account.ts'
import {KINDS} from '../model/kinds.ts'
import {partitionOf} from '../model/partition.ts'

/** An empty account: the resources of a plan without an account are examined in it. */
export const emptyAccount = (Region: string, ReadAt: string): Account =>
  ({
    ...Object.fromEntries(KINDS.map((kind) => [kind, []])),
    Region,
    ReadAt,
    Partition: partitionOf(Region),
    Caller: {Account: '000000000000'},
  }) as unknown as Account
