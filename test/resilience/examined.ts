import {type Aws, connect} from '../../src/collect/client/aws.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import type {Account} from '../../src/model/account.ts'
import type {Call} from '../support/fake-aws.ts'
import {INSTANCE, REGION} from '../support/network.ts'
import {credentials, withoutSockets} from '../support/pretend.ts'
import {serve} from '../support/serve.ts'
import type {Fields} from '../support/wire.ts'
import type {Fault} from './faults.ts'

export interface Examined {
  readonly found: Account
  readonly report: Report
}

interface Command {
  readonly constructor: {readonly name: string}
  readonly input: object
}

/**
 * Clients that cache what the whole client returned for a response: only the calls of one action go over the wire again,
 * with whatever happens to them there. So a thousand runs cost little more than their thousand faults.
 */
export async function cachedClients(account: Account) {
  const known = new Map<string, Promise<unknown>>()
  const asked = new Set<string>()
  const reports = new Map<string, Report>()
  const answers = new Map<string, readonly Fields[]>()
  let now: {readonly actions: ReadonlySet<string>; readonly fault: Fault} | undefined
  const actionOf = ({service, operation}: Call) => `${service}:${operation}`
  const hits = (call: Call) => now?.actions.has(actionOf(call)) === true
  const fake = serve(account, {
    unless: (call) => {
      asked.add(actionOf(call))
      return hits(call) ? now?.fault.unless?.(call) : undefined
    },
    change: (call, answer) => {
      const changed = hits(call) ? (now?.fault.change?.(call, answer) ?? answer) : answer
      answers.set(actionOf(call), [...(answers.get(actionOf(call)) ?? []), answer])
      return changed
    },
    spoil: (call, reply) => (hits(call) ? (now?.fault.spoil?.(call, reply) ?? reply) : reply),
  })
  const connected = await connect({region: REGION}, {credentials, requestHandler: withoutSockets(fake), maxAttempts: 1})
  // Each run has its own clients: their retries remember a service that did not respond.
  let aws = connected
  const remembering = (client: {send(...all: never[]): Promise<unknown>}, service: string) =>
    function send(command: Command, ...rest: never[]): Promise<unknown> {
      const operation = command.constructor.name.replace(/Command$/, '')
      const ask = () => client.send(command as never, ...rest)
      if (now?.actions.has(`${service}:${operation}`)) return ask()
      const key = `${service}:${operation} ${JSON.stringify(command.input)}`
      const fresh = known.get(key) ?? ask()
      known.set(key, fresh)
      return fresh
    }
  const eyes: Aws = {
    ...aws,
    client: (Client) => {
      const client = aws.client(Client)
      const service = Client.name.replace('Client', '').toLowerCase()
      return Object.assign(Object.create(client), {send: remembering(client as never, service)})
    },
  }
  return {
    asked: asked as ReadonlySet<string>,
    /** What AWS answered, by action. */
    answers: answers as ReadonlyMap<string, readonly Fields[]>,
    /** What `read` returns for the account while calls of these actions fail, and its examination. */
    during: async (
      actions: readonly string[],
      fault: Fault,
      read: (aws: Aws) => Promise<Account>,
    ): Promise<Examined> => {
      now = {actions: new Set(actions), fault}
      aws = connected.inRegion(REGION)
      const found = {...(await read(eyes)), ReadAt: account.ReadAt}
      const key = JSON.stringify(found, asKind)
      const report = reports.get(key) ?? examine(found, INSTANCE)
      reports.set(key, report)
      return {found, report}
    },
  }
}

/** What matters is whether data is missing, and whether AWS denied it; not the message. */
const asKind = (key: string, value: unknown): unknown =>
  key === 'unreadable' ? /needs \w+:\w+\)$/.exec(String(value))?.[0] : value
