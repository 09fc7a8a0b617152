import type {Check, Note} from '../../../src/checks/check.ts'
import type {Account, Instance} from '../../../src/model/account.ts'
import type {At, Fault, Hop, Leg, Path, Verdict} from '../../../src/network/path.ts'
import {behindEndpoints} from '../../support/network.ts'

interface Met {
  readonly at: At
  readonly resource: string
  readonly verdict?: Verdict
  readonly leg?: Leg
  readonly direction?: 'request' | 'reply'
  readonly because?: string
  readonly fault?: Fault
}

const hop = ({
  verdict = 'open',
  leg = 'instance',
  direction = 'request',
  because = 'It is so.',
  ...more
}: Met): Hop => ({
  verdict,
  leg,
  direction,
  because,
  ...more,
})

/** The path to a service with these hops. */
export const path = (service: string, ...met: readonly Met[]): Path => ({
  service,
  host: `${service}.eu-west-1.amazonaws.com`,
  port: 443,
  via: null,
  verdict: met.some(({verdict}) => verdict === 'blocked') ? 'blocked' : 'open',
  hops: met.map(hop),
})

/** What a check reports for these paths, in an account that is healthy otherwise. */
export const said = (check: Check, paths: readonly Path[], account: Account = behindEndpoints): readonly Note[] =>
  check.run(account as Parameters<Check['run']>[0], (account.Instances as readonly Instance[])[0]!, paths, [])
