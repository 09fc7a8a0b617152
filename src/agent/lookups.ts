import {linesIn} from '../util/decode-text.ts'

/** The address to which a machine resolves a name, or that it resolves it to none. */
interface Lookup {
  readonly kind: 'resolved' | 'unresolved'
  readonly host: string
  readonly address?: string
  readonly line: string
}

const LONGEST = 400
const ADDRESS = String.raw`(?<address>(?:\d{1,3}\.){3}\d{1,3})\s{0,40}`
const HOST = String.raw`(?<host>[\w-]{1,63}(?:\.[\w-]{1,63}){2,9})`

/** getent and a hosts file. */
const ADDRESS_FIRST = new RegExp(String.raw`^${ADDRESS}\s{1,40}(?:STREAM\s{1,20})?${HOST}\s{0,40}$`)
/** host, dig and Resolve-DnsName. */
const HOST_FIRST = new RegExp(
  String.raw`^${HOST}(?: has address |\.\s{1,40}\d{1,9}\s{1,9}IN\s{1,9}A\s{1,9}|\s{1,99}A\s{1,9}\d{1,9}\s{1,9}Answer\s{1,9})${ADDRESS}$`,
)
/** nslookup names the server and its address before these two lines. */
const OF_NSLOOKUP = new RegExp(String.raw`^Name:\s{1,20}${HOST}\s{0,40}\nAddress(?:es)?:\s{1,20}${ADDRESS}$`, 'gm')
const NOT_RESOLVED = new RegExp(
  String.raw`^(?:\*\* server can't find|\*\*\* .{1,80} can't find|Host) ${HOST}(?: not found)?: `,
)

/** What commands that resolve a name print. Over IPv6 a name may have further addresses. */
export function lookupsIn(text: string): readonly Lookup[] {
  const lines = linesIn(text).map((line) => line.slice(0, LONGEST))
  const inLines = lines.flatMap((line) => {
    const found = ADDRESS_FIRST.exec(line) ?? HOST_FIRST.exec(line)
    if (found) return resolved(found)
    const host = NOT_RESOLVED.exec(line)?.groups?.host
    return host === undefined ? [] : [{kind: 'unresolved' as const, host, line}]
  })
  return [...inLines, ...[...lines.join('\n').matchAll(OF_NSLOOKUP)].flatMap(resolved)]
}

const resolved = ({groups: {host = '', address = ''} = {}}: RegExpExecArray): readonly Lookup[] => [
  {kind: 'resolved', host, address, line: `${host} resolves to ${address}`},
]
