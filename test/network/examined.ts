import {examine} from '../../src/diagnosis/examine.ts'
import type {Account} from '../../src/model/account.ts'
import {INSTANCE} from '../support/network.ts'

/** `blocks sg.no-egress-443 proven`, the root cause first. */
export const causesOf = (account: Account): readonly string[] =>
  examine(account, INSTANCE).causes.map(({id, severity, certainty}) => `${severity} ${id} ${certainty}`)

/** `sg.no-egress-443 proven`, of the causes that block. */
export const blockingCausesOf = (account: Account): readonly string[] =>
  examine(account, INSTANCE)
    .causes.filter(({severity}) => severity === 'blocks')
    .map(({id, certainty}) => `${id} ${certainty}`)

export const pathOf = (account: Account, name = 'ssm') =>
  examine(account, INSTANCE).paths.find(({service}) => service === name)

export const verdictOf = (account: Account, service?: string) => pathOf(account, service)?.verdict
