import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import * as inspector2 from '@aws-sdk/client-inspector2'
import * as organizations from '@aws-sdk/client-organizations'
import * as route53 from '@aws-sdk/client-route-53'
import type * as resolver from '@aws-sdk/client-route53resolver'
import * as ssm from '@aws-sdk/client-ssm'
import {NormalizedSchema} from '@smithy/core/schema'
import type {Call, Input} from '../../src/remedies/core/remedy.ts'

const CLIENTS: Readonly<Record<string, object>> = {ec2, iam, inspector2, organizations, route53, ssm}

type Parameters<T> = Readonly<Record<Exclude<keyof T, undefined>, true>>

/** This client exports no schemas: its parameters are written here, and its types hold the list complete. */
const createList: Parameters<Pick<resolver.CreateFirewallDomainListRequest, 'CreatorRequestId' | 'Name' | 'Tags'>> = {
  CreatorRequestId: true,
  Name: true,
  Tags: true,
}
const updateDomains: Parameters<resolver.UpdateFirewallDomainsRequest> = {
  FirewallDomainListId: true,
  Operation: true,
  Domains: true,
}
const createRule: Partial<Parameters<resolver.CreateFirewallRuleRequest>> = {
  CreatorRequestId: true,
  FirewallRuleGroupId: true,
  FirewallDomainListId: true,
  Priority: true,
  Action: true,
  Name: true,
  FirewallDomainRedirectionAction: true,
}
const updateRule: Partial<Parameters<resolver.UpdateFirewallRuleRequest>> = {
  FirewallRuleGroupId: true,
  FirewallDomainListId: true,
  Priority: true,
  Qtype: true,
}
const deleteRule: Partial<Parameters<resolver.DeleteFirewallRuleRequest>> = {
  FirewallRuleGroupId: true,
  FirewallDomainListId: true,
}
const deleteList: Parameters<resolver.DeleteFirewallDomainListRequest> = {FirewallDomainListId: true}
const RESOLVER: Readonly<Record<string, object>> = {
  CreateFirewallDomainList: createList,
  UpdateFirewallDomains: updateDomains,
  CreateFirewallRule: createRule,
  UpdateFirewallRule: updateRule,
  DeleteFirewallRule: deleteRule,
  DeleteFirewallDomainList: deleteList,
}

const schemaOf = ({service, operation}: Call): NormalizedSchema | undefined => {
  const schema: unknown = Reflect.get(CLIENTS[service] ?? {}, `${operation}$`)
  return Array.isArray(schema) ? NormalizedSchema.of(schema[4]) : undefined
}

/** The fields of the input that the operation's own schema does not have, or that have another type. */
export function oddities(schema: NormalizedSchema, value: Input, at: string): readonly string[] {
  if (typeof value === 'object' && 'variable' in value) return schema.isStringSchema() ? [] : [`${at} is no text`]
  if (schema.isListSchema())
    return Array.isArray(value)
      ? value.flatMap((item: Input, n) => oddities(schema.getValueSchema(), item, `${at}[${n}]`))
      : [`${at} is no list`]
  if (schema.isStructSchema()) {
    if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is no structure`]
    const members = new Map([...schema.structIterator()])
    return Object.entries(value).flatMap(([key, member]) => {
      const known = members.get(key)
      return known ? oddities(known, member, `${at}.${key}`) : [`${at}.${key} is unknown`]
    })
  }
  if (schema.isMapSchema())
    return typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, one]) => oddities(schema.getValueSchema(), one, `${at}.${key}`))
      : [`${at} is no map`]
  if (schema.isNumericSchema()) return typeof value === 'number' ? [] : [`${at} is no number`]
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? [] : [`${at} is no boolean`]
  return typeof value === 'string' ? [] : [`${at} is no text`]
}

/** The objections of the SDK to a call: none if it accepts the call as it is. */
export function faultsOfCall(call: Call): readonly string[] {
  if (call.service === 'route53resolver')
    return Object.keys(call.input).flatMap((key) =>
      key in (RESOLVER[call.operation] ?? {}) ? [] : [`${call.operation}.${key} is unknown`],
    )
  const schema = schemaOf(call)
  return schema ? oddities(schema, call.input, call.operation) : [`${call.operation} is unknown`]
}
