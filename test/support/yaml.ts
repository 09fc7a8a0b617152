/** Parses YAML in block style only: enough for templates, and an independent reader of what `render/yaml.ts` writes. */
export function parseYaml(text: string): unknown {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*#/.test(line))
    .map((line) => ({depth: line.search(/\S/), text: line.trim()}))
  const [value, rest] = block(lines, lines[0]?.depth ?? 0)
  if (rest.length > 0) throw new Error(`left over: ${rest[0]?.text}`)
  return value
}

interface Line {
  readonly depth: number
  readonly text: string
}
type Read = readonly [value: unknown, rest: readonly Line[]]

const KEY = /^(?:"((?:[^"\\]|\\.)*)"|([A-Za-z][\w:.-]*)):(?: (.*))?$/

function block(lines: readonly Line[], depth: number): Read {
  return lines[0]?.text.startsWith('- ') ? sequence(lines, depth) : mapping(lines, depth)
}

function sequence(lines: readonly Line[], depth: number): Read {
  const items: unknown[] = []
  let rest = lines
  while (rest[0]?.depth === depth && rest[0].text.startsWith('- ')) {
    const [head, ...more] = rest
    const inner = {depth: depth + 2, text: head!.text.slice(2)}
    const [value, left] = isBlock(inner.text) ? block([inner, ...more], depth + 2) : [scalar(inner.text), more]
    items.push(value)
    rest = left
  }
  return [items, rest]
}

const isBlock = (text: string): boolean => text.startsWith('- ') || KEY.test(text)

function mapping(lines: readonly Line[], depth: number): Read {
  const members = new Map<string, unknown>()
  let rest = lines
  while (rest[0]?.depth === depth) {
    const [head, ...more] = rest
    const [, quoted, bare, inline] = KEY.exec(head!.text) ?? []
    const key = quoted === undefined ? bare : String(JSON.parse(`"${quoted}"`))
    if (key === undefined) throw new Error(`no key: ${head!.text}`)
    if (members.has(key)) throw new Error(`twice: ${key}`)
    const next = more[0]
    const isNested = inline === undefined && next !== undefined && next.depth > depth
    const [value, left] = isNested ? block(more, next.depth) : [inline === undefined ? null : scalar(inline), more]
    members.set(key, value)
    rest = left
  }
  return [Object.fromEntries(members), rest]
}

/** What YAML 1.1 reads as something other than a string must be quoted, to be one. */
function scalar(text: string): unknown {
  if (text.startsWith('"')) return JSON.parse(text)
  if (text === '[]') return []
  if (text === '{}') return {}
  if (/^(?:true|false)$/.test(text)) return text === 'true'
  if (/^-?\d+$/.test(text)) return Number(text)
  if (!/^[A-Za-z][\w:/.-]*$/.test(text) || /^(?:y|n|yes|no|on|off|null|~)$/i.test(text) || text.endsWith(':'))
    throw new Error(`not safe without quotes: ${text}`)
  return text
}
