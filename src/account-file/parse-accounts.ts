import {dirname} from 'node:path'
import {
  type Account,
  type Caller,
  isUnreadable,
  itemsOf,
  type Kind,
  notAsked,
  type Readings,
  whyUnreadable,
} from '../model/account.ts'
import {describedBy, KINDS, SESSION_DOCUMENT} from '../model/kinds.ts'
import {partitionOf} from '../model/partition.ts'
import {defined, isObject, type JsonObject} from '../util/json.ts'
import {usageError} from '../util/usage-error.ts'
import {answersIn, type CliAnswers} from './cli-answers.ts'
import type {Content, Raw} from './content.ts'
import {newestTimeIn, partitionIn, regionIn} from './infer-context.ts'
import {ITEMS, SHAPES} from './kinds.ts'
import {merge, simulationsIn, uniqueItems, unmatchedAnswers} from './merge-answers.ts'
import {partsByPlace} from './places.ts'
import {isRefusal, list, listOrWhy, mismatch, NOT_IN_FILE, object, reading, text, time} from './schema.ts'

export const FORMAT = 'ssm-doctor/account/1'

export interface AccountFile {
  readonly name: string
  /** Absent for an empty file, such as the output of a denied AWS CLI call. */
  readonly json?: unknown
}

export interface AccountOptions {
  /** The Region of files that do not name one. */
  readonly region?: string | undefined
  /** ISO time that replaces ReadAt if a file has no time at all. */
  readonly now?: string | undefined
}

export interface Accounts {
  readonly accounts: readonly Account[]
  /** What had to be inferred or could not be used: sentences for the user. */
  readonly notes: readonly string[]
}

/** Without this, a new kind in the format would make the results of older files less certain. */
const ABSENT = {none: [], 'not-asked': notAsked()} as const

function absenceOf(kind: Kind): Raw | undefined {
  const {absent} = describedBy(kind)
  return absent && ABSENT[absent]
}

const isRaw = (value: unknown): value is Raw => Array.isArray(value) || isRefusal(value)

const format = (value: unknown): unknown => {
  if (value !== FORMAT) throw mismatch(`"${FORMAT}"`, value)
  return value
}
const callerShape = object({Account: text}, {Arn: text, UserId: text})
const contextShape = object({}, {Format: format, Partition: text, Region: text, ReadAt: time, Caller: callerShape})

/** What a file says about itself; in the response of `get-caller-identity` the fields of the caller are its own. */
function contextOf(file: JsonObject): Content['context'] {
  const {Partition, Region, ReadAt, Caller} = contextShape(file) as Content['context']
  const isCaller = ['Account', 'Arn', 'UserId'].every((key) => Object.hasOwn(file, key))
  const {Account, Arn, UserId} = (isCaller ? callerShape(file) : {}) as Partial<Caller>
  const own = Account === undefined ? undefined : defined({Account, Arn, UserId})
  return defined({Partition, Region, ReadAt, Caller: Caller ?? own})
}

function contentOfDocument(content: unknown): Raw {
  if (typeof content !== 'string') return [SHAPES.SessionPreferences(content)]
  try {
    return [SHAPES.SessionPreferences(JSON.parse(content))]
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return {unreadable: `the content of ${SESSION_DOCUMENT} is not valid JSON`}
  }
}

/** The document's content, as an object, as its text or in AWS's response; null if the account has none. */
function preferences(value: unknown): Raw {
  if (value === null) return []
  if (Array.isArray(value)) return list(SHAPES.SessionPreferences)(value)
  if (isRefusal(value)) return listOrWhy(SHAPES.SessionPreferences, 'SessionPreferences')(value) as Raw
  return contentOfDocument(isObject(value) && Object.hasOwn(value, 'Content') ? value.Content : value)
}

/** The AWS CLI prints the one item of these without a list. */
const SINGLE: ReadonlySet<Kind> = new Set(['Organization', 'VpcBlockPublicAccessOptions'])
const asListed = (kind: Kind, value: unknown): unknown =>
  SINGLE.has(kind) && isObject(value) && !isRefusal(value) ? [value] : value

function readingOf(kind: Kind, file: JsonObject): Raw | undefined {
  if (!Object.hasOwn(file, kind)) return undefined
  const shape =
    kind === 'SessionPreferences'
      ? preferences
      : (value: unknown) => listOrWhy(ITEMS[kind], kind)(asListed(kind, value))
  const {[kind]: read} = object({[kind]: shape})(file) as JsonObject
  return isRaw(read) ? read : undefined
}

const sessionDocument = (file: JsonObject): Raw | undefined =>
  file.Name === SESSION_DOCUMENT && Object.hasOwn(file, 'Content') ? preferences(file.Content) : undefined

const PAGED = ['NextToken', 'nextToken', 'Marker', 'NextMarker', 'NextRecordName']

/** With `--max-items` or `--no-paginate` the AWS CLI prints one page and the token of the next. */
const isOnePage = (file: JsonObject): boolean =>
  file.IsTruncated === true ||
  PAGED.some((key) => Object.hasOwn(file, key) && typeof file[key] === 'string' && file[key] !== '')

const firstPage = (name: string, items: readonly unknown[]): Raw => ({
  unreadable: `${name} is one page of a paginated response`,
  known: items,
})

export const contentOf = (file: AccountFile): Content => reading(file.name, () => contentIn(file))

function contentIn({name, json}: AccountFile): Content {
  if (json === undefined) return {name, isBlank: true, context: {}, isAccountFile: false, readings: {}, answers: []}
  if (!isObject(json)) throw mismatch('an object', json)
  const isAccountFile = ['Format', 'Partition', 'Region', 'ReadAt', 'Caller'].some((key) => Object.hasOwn(json, key))
  const context = contextOf(json)
  const answers = answersIn(json)
  const page = isOnePage(json)
  const rawsOf = (kind: Kind): readonly Raw[] => {
    const read = [readingOf(kind, json), ...answers.map((answer) => answer[kind])]
    const session = kind === 'SessionPreferences' ? sessionDocument(json) : undefined
    const readings = [...read, session].filter((raw) => raw !== undefined)
    return page ? readings.map((raw) => (isUnreadable(raw) ? raw : firstPage(name, raw))) : readings
  }
  const isReport = typeof json.schema === 'string' && json.schema.startsWith('ssm-doctor/')
  return {name, isReport, context, isAccountFile, readings: present(rawsOf), answers}
}

/** What was read of each kind, without the kinds of which nothing was. */
const present = (rawsOf: (kind: Kind) => readonly Raw[]): Content['readings'] =>
  Object.fromEntries(KINDS.map((kind) => [kind, rawsOf(kind)] as const).filter(([, raws]) => raws.length > 0))

/**
 * One kind from several files: lists are combined and replace a reason why there is none, but with one page of
 * several the kind stays incomplete.
 */
function joined(readings: readonly Raw[]): Raw | undefined {
  if (readings.length < 2) return readings[0]
  const refusals = readings.filter(isUnreadable)
  const page = refusals.find((refusal) => itemsOf<unknown>(refusal).length > 0)
  const items = readings.flatMap(itemsOf<unknown>)
  const why = page ?? (refusals.length === readings.length ? refusals[0] : undefined)
  if (why === undefined) return items
  return items.length === 0 ? whyUnreadable(why) : {...whyUnreadable(why), known: items}
}

export const isEmpty = ({readings, answers, context}: Content): boolean =>
  Object.keys(readings).length === 0 && answers.length === 0 && context.Caller === undefined

/** Two files by name; for more, the folder and their number. */
function nameOfParts(names: readonly string[]): string {
  const folders = [...new Set(names.map(dirname))]
  return names.length < 3 ? names.join(', ') : `${folders.join(', ')} (${names.length} files)`
}

function joinedContent(parts: readonly Content[]): Content {
  return {
    name: nameOfParts(parts.map(({name}) => name)),
    // What an earlier file says counts.
    context: Object.assign({}, ...parts.map(({context}) => context).reverse()),
    isAccountFile: true,
    readings: present((kind) => parts.flatMap(({readings}) => readings[kind] ?? [])),
    answers: parts.flatMap(({answers}) => answers),
  }
}

/** The contents of each account. */
function grouped(contents: readonly Content[]): readonly Content[] {
  const accountFiles = contents.filter(({isAccountFile}) => isAccountFile)
  const parts = contents.filter(({isAccountFile}) => !isAccountFile)
  const [part] = parts
  if (part === undefined) return accountFiles
  if (accountFiles.length > 1)
    throw usageError(
      `${part.name}: cannot determine which of the account files these AWS CLI responses belong to; pass one account at a time.`,
    )
  return partsByPlace([...accountFiles, ...parts]).map(joinedContent)
}

const mapped = (raw: Raw, change: (items: readonly unknown[]) => readonly unknown[]): Raw => {
  if (!isUnreadable(raw)) return change(raw)
  return raw.known === undefined ? raw : {...raw, known: change(raw.known)}
}

/** A rule without its VPCs might apply to any. */
function withVpcs(raw: Raw): Raw {
  const items = itemsOf<unknown>(raw) as readonly JsonObject[]
  const complete = items.filter(({VPCIds}) => VPCIds !== undefined)
  return complete.length === items.length
    ? raw
    : {unreadable: 'the VPCs of the resolver rules are not in the account file', known: complete}
}

function mergedReading(kind: Kind, {readings}: Pick<Content, 'readings'>, answers: CliAnswers): Raw {
  const raw = joined(readings[kind] ?? [])
  if (raw === undefined) return kind === 'PolicySimulations' ? simulationsIn(answers) : (absenceOf(kind) ?? NOT_IN_FILE)
  const completed = kind === 'PolicySimulations' ? mapped(raw, (items) => [...items, ...simulationsIn(answers)]) : raw
  const done = mapped(completed, (items) => merge(kind, items, answers))
  return kind === 'ResolverRules' ? withVpcs(done) : done
}

function allAnswers({answers, readings}: Pick<Content, 'answers' | 'readings'>): CliAnswers {
  const all: Record<string, readonly unknown[]> = {}
  for (const answer of answers)
    for (const [name, items] of Object.entries(answer)) all[name] = [...(all[name] ?? []), ...items]
  const roles = (readings.Roles ?? []).flatMap(itemsOf<unknown>)
  return {...all, Roles: uniqueItems('Roles', roles)}
}

/**
 * AWS lists only the caller's own instances.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
function ownerOf({Instances}: Readings): Caller | undefined {
  const owners = new Set(itemsOf(Instances).flatMap(({OwnerId}) => OwnerId ?? []))
  const [Account] = owners
  return Account !== undefined && owners.size === 1 ? {Account} : undefined
}

const inferredContext = (name: string, newest: string | undefined, readAt: string): string =>
  `${name} has no ReadAt; ages are computed up to ${newest === undefined ? 'now' : 'the newest time in it'}, ${readAt}.`

export function accountOf({context, name, ...content}: Content, {region, now}: AccountOptions): Accounts {
  const answers = allAnswers(content)
  const entries = KINDS.map((kind) => [kind, mergedReading(kind, content, answers)] as const)
  const readings = Object.fromEntries(entries) as unknown as Readings
  const Caller = context.Caller ?? ownerOf(readings)
  const Region = context.Region ?? regionIn(readings) ?? region
  if (Region === undefined)
    throw usageError(`${name}: Region is missing and cannot be inferred from an ARN; add --region.`)
  const newest = context.ReadAt ?? newestTimeIn(readings)
  const ReadAt = newest ?? now
  if (ReadAt === undefined) throw usageError(`${name}: ReadAt is missing and cannot be inferred.`)
  const Partition = context.Partition ?? partitionIn(readings, Caller?.Arn) ?? partitionOf(Region)
  return {
    accounts: [{Partition, Region, ReadAt, ...(Caller && {Caller}), ...readings}],
    notes: [
      ...(context.ReadAt === undefined ? [inferredContext(name, newest, ReadAt)] : []),
      ...unmatchedAnswers(answers),
    ],
  }
}

export const ignoredFileNote = ({name, isBlank}: Content): string =>
  isBlank
    ? `${name} is empty, as the AWS CLI leaves it when a call fails: what it was for is not read.`
    : `${name} contains no account data and was ignored.`

function whatIs({isBlank, isReport}: Partial<Content>): string {
  if (isReport) return 'is a report of ssm-doctor. Account files are written by ssm-doctor snapshot'
  return isBlank ? 'is empty' : 'has no recognized keys'
}

/**
 * The accounts in these files: one for each account file, and one for all AWS CLI responses together. Throws one usage
 * error that names the file, the path, and the expected and actual value.
 */
export function parseAccounts(files: readonly AccountFile[], options: AccountOptions = {}): Accounts {
  const contents = files.map(contentOf)
  const ignored = contents.filter(isEmpty)
  const [first] = ignored
  const useful = contents.filter((content) => !isEmpty(content))
  if (useful.length === 0)
    throw usageError(
      `${first?.name ?? 'nothing'}: expected an account file or a response of the AWS CLI; it ${whatIs(first ?? {})}.`,
    )
  const read = grouped(useful).map((content) => accountOf(content, options))
  return {
    accounts: read.flatMap(({accounts}) => accounts),
    notes: [...ignored.map(ignoredFileNote), ...read.flatMap(({notes}) => notes)],
  }
}
