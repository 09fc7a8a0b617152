import type {Path} from '../../../src/network/path.ts'
import {ID} from '../../agent/fixtures.ts'

export const away = {InstanceInformationList: []}

export const printed = (Output: string) => ({...away, ConsoleOutputs: [{InstanceId: ID, Output}]})

export const path = (service: string, verdict: Path['verdict']): Path => ({
  service,
  host: `${service}.us-east-1.amazonaws.com`,
  port: 443,
  via: null,
  verdict,
  hops: [],
})
