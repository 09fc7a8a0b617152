import {expect, it} from 'vitest'
import {isConnected} from '../../src/agent/node.ts'
import type {Account} from '../../src/model/account.ts'
import {anInstance, WEB} from '../support/healthy.ts'

it.each<[what: string, statuses: Account['ConnectionStatuses'], connected: boolean | undefined]>([
  ['is open', [{Target: WEB, Status: 'connected'}], true],
  ['is not', [{Target: WEB, Status: 'notconnected'}], false],
  ['is not, in the spelling of the SDK', [{Target: WEB, Status: 'NotConnected'}], false],
  ['has a status that this version does not know', [{Target: WEB, Status: 'reconnecting'}], undefined],
  ['is of another instance', [{Target: 'i-0123456789abcdef9', Status: 'connected'}], undefined],
  ['could not be read', [{Target: WEB, unreadable: 'AccessDenied'}], undefined],
  ['could not be read for any instance', {unreadable: 'AccessDenied'}, undefined],
])('the message channel %s', (_, ConnectionStatuses, connected) => {
  expect(isConnected({ConnectionStatuses}, anInstance())).toBe(connected)
})
