import type {Connection} from '../../collect/aws.ts'
import type {Progress} from '../output/progress.ts'
import {durationOf} from './duration.ts'
import type {AccountFlags} from './flags.ts'

export const connectionOf = (flags: AccountFlags, progress?: Pick<Progress, 'retried'>): Connection => ({
  region: flags.region,
  profile: flags.profile,
  roleArn: flags['role-arn'],
  externalId: flags['external-id'],
  signal: flags.signal,
  ...waitingFor(flags, progress),
})

/** How long to wait for the network, and the listener for attempts. */
export const waitingFor = (
  {'network-timeout': timeout}: Pick<AccountFlags, 'network-timeout'>,
  progress?: Pick<Progress, 'retried'>,
): Pick<Connection, 'networkTimeout' | 'retried'> => ({
  networkTimeout: timeout === undefined ? undefined : durationOf('--network-timeout', timeout),
  retried: progress?.retried,
})
