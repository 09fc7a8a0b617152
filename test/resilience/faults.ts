import {type Call, type Refusal, type Reply, refuse, type Spoil} from '../support/fake-aws.ts'
import type {Fields} from '../support/wire.ts'

/** One way in which a call fails. */
export interface Fault {
  readonly name: string
  /** The error that AWS returns instead of a response. */
  readonly unless?: (call: Call) => Refusal
  /** The response that AWS returns instead. */
  readonly change?: (call: Call, answer: Fields) => Fields
  /** What happens to the response on the wire. */
  readonly spoil?: Spoil
  /** What helps, as the report puts it. */
  readonly help?: (action: string) => string
}

const EC2_SAYS = {throttled: 'RequestLimitExceeded', refused: 'UnauthorizedOperation', expired: 'RequestExpired'}
const QUERY_SAYS = {throttled: 'Throttling', refused: 'AccessDenied', expired: 'ExpiredToken'}
const JSON_SAYS = {throttled: 'ThrottlingException', refused: 'AccessDeniedException', expired: 'ExpiredTokenException'}

/** The same fault as each service returns it. */
const WORDS: Readonly<Record<string, Readonly<Record<'throttled' | 'refused' | 'expired', string>>>> = {
  ec2: EC2_SAYS,
  iam: QUERY_SAYS,
  sts: QUERY_SAYS,
  route53: QUERY_SAYS,
  ssm: JSON_SAYS,
  inspector2: JSON_SAYS,
  route53profiles: JSON_SAYS,
  route53resolver: JSON_SAYS,
  organizations: {...JSON_SAYS, throttled: 'TooManyRequestsException'},
}

const says =
  (what: keyof typeof EC2_SAYS, message: string, status: number) =>
  ({service}: Call) =>
    refuse(WORDS[service]?.[what] ?? what, message, status)

const isJson = ({type}: Reply): boolean => type.includes('json')
const page = (body: string, status = 200, type = 'text/html') => ({status, type, body})

const withBody =
  (change: (body: string, call: Call) => string): Spoil =>
  (call, reply) => ({...reply, body: change(reply.body, call)})

/** More elements or keys before the end of the answer. */
const withMore = (json: object, xml: string): Spoil =>
  function more(call, reply) {
    if (isJson(reply)) return {...reply, body: JSON.stringify({...JSON.parse(reply.body), ...json})}
    const end = call.service === 'iam' || call.service === 'sts' ? /(<\/\w+Result>)/ : /(<\/\w+Response>)$/
    return {...reply, body: reply.body.replace(end, `${xml}$1`)}
  }

const tokens = (token: string): Spoil =>
  withMore(
    {NextToken: token, nextToken: token},
    `<nextToken>${token}</nextToken><NextToken>${token}</NextToken><IsTruncated>true</IsTruncated>` +
      `<Marker>${token}</Marker><NextRecordName>${token}.</NextRecordName><NextRecordType>A</NextRecordType>`,
  )

const tokenIn = ({input}: Call): unknown => input.NextToken ?? input.nextToken ?? input.Marker ?? input.StartRecordName

const LOGIN = '<html><head><title>Log in</title></head><body><p>Guest network</p></body></html>'
const OTHER = 'a:{"__proto__":{"polluted":true}}'

export const FAULTS: readonly Fault[] = [
  {name: 'throttled', unless: says('throttled', 'Rate exceeded', 400), help: () => 'run it again'},
  {
    name: 'refused',
    unless: says('refused', 'You are not authorized to perform this operation.', 403),
    help: (action) => `needs ${action}`,
  },
  {
    name: 'expired token',
    unless: says('expired', 'The security token included in the request is expired', 403),
    help: () => 'log in again',
  },
  {
    name: '500',
    unless: () => refuse('InternalFailure', 'An internal error has occurred', 500),
    help: () => 'run it again',
  },
  {
    name: '503 of a load balancer',
    spoil: () => page('<html><body><h1>503</h1></body></html>', 503),
    help: () => 'run it again',
  },
  {name: '502 without words', spoil: () => page('', 502, 'text/plain'), help: () => 'run it again'},
  {name: 'connection reset', spoil: () => ({code: '', break: 'reset'}), help: () => 'run it again'},
  {name: 'no answer', spoil: () => ({code: '', break: 'silence'}), help: () => 'run it again'},
  {name: 'a third of the body', spoil: withBody((body) => body.slice(0, Math.ceil(body.length / 3)))},
  {name: 'all but the end of the body', spoil: withBody((body) => body.slice(0, -12))},
  {name: 'HTML of a login page', spoil: () => page(LOGIN)},
  {name: 'HTML that does not end', spoil: () => page('<html>the proxy says hello')},
  {name: 'no body', spoil: withBody(() => '')},
  {
    name: 'an empty answer',
    spoil: (call, reply) => ({...reply, body: isJson(reply) ? '{}' : `<${call.operation}Response/>`}),
  },
  {name: 'null', spoil: withBody(() => 'null')},
  {name: 'a list', spoil: withBody(() => '[]')},
  {name: 'other JSON', spoil: withBody(() => OTHER.slice(2))},
  {
    name: 'bytes that are no text',
    spoil: withBody((body) => `${body.slice(0, 40)}\ufffd\u0000\u0007${body.slice(43)}`),
  },
  {name: 'a token that comes back', spoil: tokens('again')},
  {name: 'tokens that go in a circle', spoil: (call, reply) => tokens(tokenIn(call) === 'a' ? 'b' : 'a')(call, reply)},
  {
    name: 'a refusal full of escapes',
    unless: () =>
      refuse('Odd\u001b[2JCode', `no\u001b]0;owned\u0007\u202e ${'x'.repeat(20_000)}\n  at evil (file.js:1:1)`, 400),
  },
]

/** What a response may also contain, now or later; nothing changes. */
export const MORE: Fault = {
  name: 'unknown fields',
  spoil: withMore(
    {Brand: {New: [{Field: 1}]}, unreadable: 'no', constructor: 1},
    '<brandNew><item><a>1</a></item></brandNew><unreadable>no</unreadable>',
  ),
}
