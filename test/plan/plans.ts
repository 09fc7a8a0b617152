import type {StackContext} from '../../src/plan/cloudformation/stack.ts'
import {OWNER, REGION} from '../support/healthy.ts'

/** A stack of the account without parameters, none of whose resources exists yet. */
export const STACK: StackContext = {
  region: REGION,
  partition: 'aws',
  account: OWNER,
  stackName: 'network',
  parameters: {},
  physicalIds: new Map(),
}

type Values = Readonly<Record<string, unknown>>

export interface Change {
  readonly address: string
  readonly actions: readonly string[]
  readonly before?: Values
  readonly after?: Values
  readonly unknown?: Values
  readonly expressions?: Values
}

const typeOf = (address: string) => address.split('.').at(-2)!
const labelOf = (address: string) => address.split('.').at(-1)!.replace(/\[.*$/, '')

/** A plan of the root module, as `terraform show -json` writes it. */
export const planOf = (...changes: readonly Change[]) => ({
  format_version: '1.2',
  resource_changes: changes.map(({address, actions, before = null, after = null, unknown = {}}) => ({
    address,
    mode: 'managed',
    type: typeOf(address),
    name: labelOf(address),
    change: {actions, before, after, after_unknown: unknown},
  })),
  configuration: {
    provider_config: {aws: {name: 'aws', expressions: {region: {constant_value: REGION}}}},
    root_module: {
      resources: changes.map(({address, expressions = {}}) => ({
        address,
        mode: 'managed',
        type: typeOf(address),
        name: labelOf(address),
        expressions,
      })),
    },
  },
})
