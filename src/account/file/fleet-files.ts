import {stat} from 'node:fs/promises'
import type {Account} from '../account.ts'
import {usageError} from '../usage-error.ts'
import {filesOf, readAccounts, readFile} from './account-file.ts'
import {viewFor} from './fleet.ts'
import {type Outline, outlineOf, unanswered} from './outline.ts'
import {accountOf, contentOf, isEmpty, leftAside, lookOf, parseAccounts} from './parse-accounts.ts'
import type {Source} from './sources.ts'

/** One account and Region of a fleet of files. */
export interface Home {
  readonly account: string | null
  readonly region: string
  readonly readAt: string
  /** Its instances, and what is known around them; read anew each time, so that it is held only where it is used. */
  readonly read: () => Promise<{readonly account: Account; readonly own: Account['Instances']}>
}

export interface Homes {
  readonly homes: readonly Home[]
  readonly notes: readonly string[]
  /** Files that are damaged or may not be read; they stop nobody else. */
  readonly damaged: readonly string[]
}

export interface HomesOptions {
  /** The Region of files that do not tell theirs. */
  readonly region?: string | undefined
  readonly say?: (what: string) => void
}

/**
 * The accounts and Regions in files, one at a time in memory: a first look takes from each file what others may need,
 * and each is read again when its turn comes. What is alone, or comes as answers of the AWS CLI, is read once.
 */
export async function homesIn(sources: readonly string[], {region, say = () => {}}: HomesOptions): Promise<Homes> {
  const options = {region, now: new Date().toISOString()}
  const files = await filesOf(sources)
  const isOnce = files.length === 1 || !(await Promise.all(files.map(isThereTwice))).every(Boolean)
  const looks = isOnce ? undefined : await looksAt(files, options, say)
  if (looks === undefined) return await inMemory(sources, options)
  const good = looks.flatMap((look) => ('outline' in look ? [look] : []))
  const damaged = looks.flatMap((look) => ('damage' in look ? [look.damage] : []))
  if (good.length === 0) throw usageError(damaged[0] ?? 'The files hold no account.')
  const fleet = (await outlinesOf(good, options)).map(({account}) => account)
  const read = async (parts: readonly Source[]) => {
    const {accounts} = parseAccounts(await Promise.all(parts.map((part) => readFile(part))), options)
    const [home] = accounts
    if (!home) throw usageError(`${parts[0]?.name}: expected an account file.`)
    return {account: viewFor(fleet, home), own: home.Instances}
  }
  const together = partsOf(good)
  return {
    homes: together.map(({parts, ...home}) => ({...home, read: () => read(parts)})),
    notes: [...looks.flatMap((look) => ('notes' in look ? look.notes : [])), ...twice(together)],
    damaged,
  }
}

/** Pipes, such as those of `<(…)` in a shell, are empty when they are read again. */
const isThereTwice = async ({path}: Source): Promise<boolean> =>
  path !== undefined &&
  (await stat(path).then(
    (found) => found.isFile(),
    () => true,
  ))

type Options = {readonly region: string | undefined; readonly now: string}

async function inMemory(sources: readonly string[], options: Options): Promise<Homes> {
  const {accounts, notes} = await readAccounts(sources, options)
  const homes = accounts.map((account): Home => {
    const {Caller, Region, ReadAt} = account
    const look = {account: viewFor(accounts, account), own: account.Instances}
    return {account: Caller?.Account ?? null, region: Region, readAt: ReadAt, read: async () => look}
  })
  return {homes, notes, damaged: []}
}

interface Look {
  readonly file: Source
  readonly outline: Outline
  /** Which files are parts of one. */
  readonly key: string
  readonly notes: readonly string[]
}
type Aside = {readonly notes: readonly string[]} | {readonly damage: string}

/** What each file is; undefined where one is no account file, so that all belong together. */
async function looksAt(
  files: readonly Source[],
  options: Options,
  say: (what: string) => void,
): Promise<readonly (Look | Aside)[] | undefined> {
  const looks: (Look | Aside)[] = []
  for (const [at, file] of files.entries()) {
    say(`Looking at file ${at + 1} of ${files.length}: ${file.name}`)
    const look = await lookAt(file, options)
    if (look === undefined) return undefined
    looks.push(look)
  }
  return looks
}

async function lookAt(file: Source, options: Options): Promise<Look | Aside | undefined> {
  try {
    const content = contentOf(await readFile(file))
    if (isEmpty(content)) return {notes: [leftAside(content)]}
    if (!content.whole) return undefined
    const {accounts, notes} = accountOf(content, options)
    return {file, outline: outlineOf(accounts[0]!), key: lookOf(content) ?? file.name, notes}
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UsageError') throw error
    return {damage: error.message}
  }
}

/** Where files name what others left out, all are looked at once more. */
async function outlinesOf(looks: readonly Look[], options: Options): Promise<readonly Outline[]> {
  const outlines = looks.map(({outline}) => outline)
  const asked = unanswered(outlines)
  if (asked.size === 0) return outlines
  const again: Outline[] = []
  for (const {file} of looks) {
    const {accounts} = accountOf(contentOf(await readFile(file)), options)
    again.push(outlineOf(accounts[0]!, asked))
  }
  return again
}

interface Parts extends Omit<Home, 'read'> {
  readonly parts: readonly Source[]
}

function partsOf(looks: readonly Look[]): readonly Parts[] {
  const found = new Map<string, Parts>()
  for (const {file, key, outline} of looks) {
    const {Caller, Region, ReadAt} = outline.account
    const parts = [...(found.get(key)?.parts ?? []), file]
    found.set(key, {account: Caller?.Account ?? null, region: Region, readAt: ReadAt, parts})
  }
  return [...found.values()]
}

/** Two looks at one account would count its instances twice: nobody is told in silence. */
function twice(homes: readonly Parts[]): readonly string[] {
  const found = new Map<string, Parts>()
  return homes.flatMap((home) => {
    const {account, region, parts} = home
    const key = `${account} ${region}`
    const first = found.get(key)
    if (!first) found.set(key, home)
    return first && account !== null
      ? [
          `${first.parts[0]?.name} and ${parts[0]?.name} are of the same account and Region (${key}), read at different times; both are counted.`,
        ]
      : []
  })
}
