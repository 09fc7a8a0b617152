import {placedLines} from '../../util/decode-text.ts'

/** The address to which a machine resolves a name, or that it resolves it to none. */
interface Lookup {
  readonly kind: 'resolved' | 'unresolved'
  readonly host: string
  readonly address?: string
  readonly line: string
  readonly place: number
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
const OF_NSLOOKUP = new RegExp(String.raw`^Name:\s{1,20}${HOST}\s{0,40}\nAddress(?:es)?:\s{1,20}${ADDRESS}$`)
const NOT_RESOLVED = new RegExp(
  String.raw`^(?:\*\* server can't find|\*\*\* .{1,80} can't find|Host) ${HOST}(?: not found)?: `,
)
const COMMAND = /\b(?:dig|nslookup|host|Resolve-DnsName) [-@\w]|^; <<>> DiG /
/** What follows is the answer of a server that was asked instead of those of the machine. */
const NAMES_SERVER =
  /\bdig .{0,200}@\S|^; <<>> DiG .{1,200}@\S|\b(?:nslookup|host) (?:-\S{1,40} ){0,4}[\w-]{1,63}(?:\.[\w-]{1,63}){1,9} [\w.:-]{2,255}\s{0,40}$|\bResolve-DnsName .{1,200} -Server\b|^Using domain server:/i

/** What commands that resolve a name print. Over IPv6 a name may have further addresses. */
export function lookupsIn(text: string): readonly Lookup[] {
  let isOfOtherServer = false
  let before = ''
  return placedLines(text, LONGEST).flatMap(({line, place}) => {
    const twoLines = `${before}\n${line}`
    before = line
    const ofMachine = ADDRESS_FIRST.exec(line)
    if (ofMachine) return resolved(ofMachine, place)
    if (NAMES_SERVER.test(line)) isOfOtherServer = true
    else if (COMMAND.test(line)) isOfOtherServer = false
    if (isOfOtherServer) return []
    const found = HOST_FIRST.exec(line) ?? OF_NSLOOKUP.exec(twoLines)
    if (found) return resolved(found, place)
    const host = NOT_RESOLVED.exec(line)?.groups?.host
    return host === undefined ? [] : [{kind: 'unresolved' as const, host, line, place}]
  })
}

const resolved = ({groups: {host = '', address = ''} = {}}: RegExpExecArray, place: number): readonly Lookup[] => [
  {kind: 'resolved', host, address, line: `${host} resolves to ${address}`, place},
]
