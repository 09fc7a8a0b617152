import * as ec2 from '@aws-sdk/client-ec2'
import * as route53 from '@aws-sdk/client-route-53'
import type * as resolver from '@aws-sdk/client-route53resolver'
import * as ssm from '@aws-sdk/client-ssm'
import {NormalizedSchema} from '@smithy/core/schema'
import {describe, expect, it} from 'vitest'
import type {Call, Input, Remedy} from '../../../src/remedies/remedy.ts'
import {commandLine} from '../../../src/render/command-line.ts'
import {ills} from './ills.ts'
import {illnesses} from './treat.ts'

const CLIENTS: Readonly<Record<string, object>> = {ec2, route53, ssm}

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
  DeleteFirewallRule: deleteRule,
  DeleteFirewallDomainList: deleteList,
}

const schemaOf = ({service, operation}: Call) => {
  const schema = Object.entries(CLIENTS[service] ?? {}).find(([name]) => name === `${operation}$`)?.[1]
  return schema && NormalizedSchema.of(schema[4])
}

/** What the input says that the operation's own schema does not know, and what is of another kind than it says. */
function oddities(schema: NormalizedSchema, value: Input, at: string): readonly string[] {
  if (typeof value === 'object' && 'answer' in value) return schema.isStringSchema() ? [] : [`${at} is no text`]
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
  if (schema.isNumericSchema()) return typeof value === 'number' ? [] : [`${at} is no number`]
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? [] : [`${at} is no boolean`]
  return typeof value === 'string' ? [] : [`${at} is no text`]
}

const isCall = (step: Remedy['steps'][number]): step is Call => 'operation' in step

const named = (remedy: Remedy) => [...remedy.steps, ...(remedy.undo ?? [])]

describe.each(ills)('$name', ({account}) => {
  const remedies = illnesses(account).flatMap((illness) => illness.remedies)

  it('has calls that the SDK knows', () => {
    for (const call of remedies.flatMap(named).filter(isCall)) {
      if (call.service === 'route53resolver') {
        expect(Object.keys(RESOLVER[call.operation] ?? {})).toEqual(expect.arrayContaining(Object.keys(call.input)))
        continue
      }
      const schema = schemaOf(call)
      expect(schema, call.operation).toBeDefined()
      if (schema) expect(oddities(schema, call.input, call.operation)).toEqual([])
    }
  })

  it('uses no answer that no earlier call gives', () => {
    for (const {title, steps, undo = []} of remedies) {
      const given = new Set<string>()
      for (const step of [...steps, ...undo]) {
        if (!isCall(step)) continue
        for (const [, name] of JSON.stringify(step.input).matchAll(/"answer":"(\w+)"/g))
          expect(given, `${title}: ${step.operation}`).toContain(name)
        if (step.save) given.add(step.save.as)
      }
    }
  })

  it('names nothing that only the model knows', () => {
    const ids = new Set(JSON.stringify(account).match(/[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}/g))
    for (const call of remedies.flatMap(named).filter(isCall))
      for (const id of JSON.stringify({...call.input, CreatorRequestId: ''}).match(
        /[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}/g,
      ) ?? [])
        expect(ids, `${call.operation} ${id}`).toContain(id)
  })

  it('can be printed', () => {
    for (const step of remedies.flatMap(named))
      expect(commandLine(step, 'sh', {region: 'us-east-1'})).not.toMatch(/is not printed/)
  })
})
