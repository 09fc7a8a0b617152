import type {Account} from '../../src/model/account.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {defaultsIn} from '../../src/plan/defaults.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {healthy, OWNER, REGION, VPC, WEB_GROUP} from '../support/healthy.ts'
import type {planOf} from './plans.ts'

const targetIn = (account: Account) => ({region: REGION, account: OWNER, defaults: defaultsIn(account)})

const SOURCE = {file: 'plan.json', language: 'terraform'} as const

export const read = (json: unknown, account: Account = healthy) => terraformPlan('plan.json', json, targetIn(account))

export const report = (json: unknown, account: Account = healthy) => comparePlan(account, read(json, account), SOURCE)

export const totals = (json: unknown, account: Account = healthy) => report(json, account).totals

export const applied = (json: unknown, account: Account = healthy) =>
  applyResources(account, read(json, account).resources)

export type Plan = ReturnType<typeof planOf>

export type Row = Plan['resource_changes'][number]

/** The plan with more fields in one of its changes. */
export const withFields = (plan: Plan, fields: object, at = 0): unknown => ({
  ...plan,
  resource_changes: plan.resource_changes.map((row: Row, n) => (n === at ? {...row, ...fields} : row)),
})

export const OPEN = [{protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0']}]

export const group = {id: WEB_GROUP, name: 'web', vpc_id: VPC, egress: OPEN}

export const ref = (...references: readonly string[]) => ({references})
