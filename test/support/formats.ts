/** Parsers of the formats of an audit: each accepts what its own standard allows, and nothing else. */

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

const ENTITIES: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"}

function decoded(text: string): string {
  if (/[<]|&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) throw new Error(`not well-formed: ${text}`)
  return text.replaceAll(/&(\w+);/g, (_, name: string) => ENTITIES[name] ?? '')
}

/** The XML that needs no DTD. https://www.w3.org/TR/xml/ */
export function parseXml(text: string): Element {
  const wrong = [...text].find((one) => {
    const code = one.codePointAt(0) ?? 0
    return (
      (code < 0x20 && !'\t\n\r'.includes(one)) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      code === 0xfffe ||
      code === 0xffff
    )
  })
  if (wrong !== undefined) throw new Error(`no character of XML: U+${wrong.codePointAt(0)?.toString(16)}`)
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  if (body === text) throw new Error('no XML declaration')
  let at = 0
  const read = (): Element => {
    const open = /^<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/.exec(body.slice(at))
    if (!open) throw new Error(`no element at ${body.slice(at, at + 60)}`)
    const [all, name = '', pairs = '', closed] = open
    at += all.length
    const attributes = Object.fromEntries(
      [...pairs.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decoded(value)]),
    )
    const children: Element[] = []
    let inner = ''
    while (closed !== '/') {
      const end = body.indexOf('<', at)
      if (end < 0) throw new Error(`${name} is not closed`)
      inner += body.slice(at, end)
      at = end
      if (body.startsWith(`</${name}>`, at)) {
        at += name.length + 3
        break
      }
      children.push(read())
    }
    return {name, attributes, children, text: decoded(inner)}
  }
  const root = read()
  if (body.slice(at).trim() !== '') throw new Error('more than one root')
  return root
}

/** RFC 4180. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]]
  const pattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/gy
  for (;;) {
    const found = pattern.exec(text)
    if (!found) throw new Error('no CSV')
    const [, cell = '', end] = found
    rows.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    if (end === '') return rows
    if (end === '\r\n') rows.push([])
  }
}

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?\d+(?:\.\d+)?)$/

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function parsePrometheus(text: string): readonly Sample[] {
  const typed = new Set<string>()
  const seen = new Set<string>()
  return text.split('\n').flatMap((line): Sample[] => {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
    if (comment) {
      if (comment[1] === 'TYPE' && typed.has(comment[2] ?? '')) throw new Error(`two types: ${line}`)
      if (comment[1] === 'TYPE') typed.add(comment[2] ?? '')
      return []
    }
    const [, name = '', pairs = '', value] = SAMPLE.exec(line) ?? []
    if (!typed.has(name)) throw new Error(`no sample: ${line}`)
    if (seen.has(`${name}{${pairs}}`)) throw new Error(`twice: ${line}`)
    seen.add(`${name}{${pairs}}`)
    const labels = [...pairs.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text_ = '']) => [
      key,
      text_.replaceAll(/\\([\\"n])/g, (_, mark: string) => (mark === 'n' ? '\n' : mark)),
    ])
    return [{name, labels: Object.fromEntries(labels), value: Number(value)}]
  })
}
