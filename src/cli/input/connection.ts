import type {Aws} from '../../collect/client/aws.ts'
import type {Connection} from '../../collect/client/credentials.ts'
import {type Progress, progressOn} from '../output/progress.ts'
import {durationOf} from './duration.ts'
import type {AccountFlags} from './flags.ts'

/** The result of work on AWS, with progress on stderr until it ends. */
export async function inAws<T>(
  what: string,
  flags: AccountFlags,
  work: (aws: Aws, progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = progressOn(process.stderr)
  progress.say(what)
  try {
    const {connect} = await import('../../collect/client/aws.ts')
    return await work(await connect(connectionOf(flags, progress)), progress)
  } finally {
    progress.end()
  }
}

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
