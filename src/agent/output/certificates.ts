import {placedLines} from '../../util/decode-text.ts'
import {lineWithoutSecrets} from './lines.ts'

/** A certificate that something else than AWS issued for one of its hosts. */
interface Intercepted {
  readonly kind: 'tls-trust'
  readonly host: string
  readonly issuer: string
  readonly line: string
  readonly place: number
}

const LONGEST = 400
/** `curl -v`, `openssl s_client` and the list of PowerShell, which names the issuer first. */
const SUBJECT = /^(?:\*\s{1,8})?subject(\s{0,8})[:=](?:.{0,300}?CN ?= ?([\w-]{1,63}(?:\.[\w-]{1,63}){2,9}))?/i
const ISSUER = /^(?:\*\s{1,8})?issuer\s{0,8}[:=] ?(.{1,300})$/i
/**
 * Amazon Trust Services, and the public authority of endpoints that AWS did not move there.
 * https://aws.amazon.com/blogs/security/how-to-prepare-for-aws-move-to-its-own-certificate-authority
 */
const OF_AWS = /\b(?:Amazon|Starfield|DigiCert)\b/

/** What shows that something on the path answers in place of AWS: the issuer of the last certificate of a host. */
export function certificatesIn(text: string): readonly Intercepted[] {
  const found = new Map<string, Intercepted>()
  let host: string | undefined
  let issuer: string | undefined
  for (const {line, place} of placedLines(text, LONGEST)) {
    const subject = SUBJECT.exec(line)
    if (subject) {
      host = subject[2]
      // Only the list of PowerShell, which has spaces before the colon, names the issuer first.
      if (subject[1] === '') issuer = undefined
    }
    issuer = ISSUER.exec(line)?.[1] ?? issuer
    if (host === undefined || issuer === undefined) continue
    if (OF_AWS.test(issuer)) found.delete(host)
    else found.set(host, interceptedBy(lineWithoutSecrets(issuer), host, place))
    host = undefined
    issuer = undefined
  }
  return [...found.values()]
}

const interceptedBy = (issuer: string, host: string, place: number): Intercepted => ({
  kind: 'tls-trust',
  host,
  issuer,
  line: `${host}: certificate issued by ${issuer}`,
  place,
})
