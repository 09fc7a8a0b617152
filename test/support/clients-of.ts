import {onTestFinished} from 'vitest'
import {type Aws, connect} from '../../src/collect/client/aws.ts'
import type {fakeAws} from './fake-aws.ts'
import {REGION} from './healthy.ts'
import {credentials} from './pretend.ts'

/** Clients of a simulated AWS over a real socket of this machine, which is closed at the end of the test. */
export async function clientsOf(fake: ReturnType<typeof fakeAws>, signal?: AbortSignal): Promise<Aws> {
  onTestFinished(fake.close)
  return connect({region: REGION, signal}, {credentials, endpoint: await fake.listen()})
}
