import {parseJson} from '../../account-file/json-text.ts'
import {isEc2Row} from '../../inspector/reasons.ts'
import {usageError} from '../../util/usage-error.ts'

const INSTANCE =
  /^(?:arn:[^:]+:(?:ec2:[^:]*:\d{12}:instance|ssm:[^:]*:\d{12}:managed-instance)\/)?(i-(?:[0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/

const idOf = (text: unknown): string | undefined =>
  typeof text === 'string' ? INSTANCE.exec(text.trim())?.[1] : undefined

/**
 * The instances that a file names: an id or an ARN on each line, CSV with or without a header, a JSON list of ids, or
 * what `aws inspector2 list-coverage` prints.
 */
export function idsFrom(file: string, text: string): readonly string[] {
  const ids = /^\s*[[{]/.test(text) ? idsInJson(file, parseJson(file, text)) : idsInLines(file, text)
  if (ids.length === 0) throw usageError(`${file}: names no instance.`)
  return ids
}

interface Row {
  readonly resourceId?: string
  readonly resourceType?: string
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null

/** Coverage also lists images and functions, which are ignored. */
function idsInJson(file: string, json: unknown): readonly string[] {
  const covered = isRow(json) ? (json as {readonly coveredResources?: unknown}).coveredResources : undefined
  const items = Array.isArray(json) ? json : covered
  if (!Array.isArray(items)) throw notAList(file)
  return items.flatMap((item: unknown) => {
    if (isRow(item) && item.resourceType !== undefined && !isEc2Row(item)) return []
    const text = isRow(item) ? item.resourceId : item
    if (text === undefined) throw notAList(file)
    const id = idOf(text)
    if (id === undefined) throw notAnId(file, String(text))
    return [id]
  })
}

const notAList = (file: string) => usageError(`${file}: expected a list of instance ids, or coveredResources.`)

const notAnId = (file: string, found: string) =>
  usageError(`${file}: expected an instance id or its ARN on each line, found "${found}".`)

/** The names of the column in exports, such as those of Amazon Inspector, Security Hub and the EC2 console. */
const COLUMNS = ['instance id', 'instanceid', 'resource id', 'resourceid', 'resource arn', 'arn', 'id']

const columnIn = (cells: readonly string[]): number => {
  const names = cells.map((cell) =>
    cell
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, ' ')
      .trim(),
  )
  return COLUMNS.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1
}

function idsInLines(file: string, text: string): readonly string[] {
  const rows = rowsIn(text)
  const column = columnIn(rows[0] ?? [])
  return (column < 0 ? rows : rows.slice(1)).map((cells) => {
    const id = column < 0 ? cells.map(idOf).find((one) => one !== undefined) : idOf(cells[column])
    if (id === undefined) throw notAnId(file, cells[Math.max(column, 0)] ?? '')
    return id
  })
}

const rowsIn = (text: string): readonly (readonly string[])[] =>
  text
    .split(/\r?\n/)
    .map(cellsIn)
    .filter((cells) => cells.some((cell) => cell !== ''))

const CELL = /\s*(?:"((?:[^"]|"")*)"\s*|([^",;\t#]*))([,;\t#]|$)/g

/** Quotes keep commas; what follows a # outside of them is a comment. */
function cellsIn(line: string): readonly string[] {
  const cells: string[] = []
  for (const [, quoted, plain = '', end] of line.matchAll(CELL)) {
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'))
    if (end === '#' || end === '') break
  }
  return cells
}
