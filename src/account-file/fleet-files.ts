import {stat} from 'node:fs/promises'
import {type Account, itemsOf} from '../model/account.ts'
import {usageError} from '../util/usage-error.ts'
import {filesOf, readAccounts, readFile} from './account-file.ts'
import {viewFor} from './fleet.ts'
import {type AccountFile, accountOf, contentOf, isEmpty, leftAside} from './parse-accounts.ts'
import type {Source} from './sources.ts'
import {type Outline, outlineOf, unanswered} from './summary.ts'

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
  return {
    homes: good.map((look) => homeOf(look, fleet, options)),
    notes: [...looks.flatMap((look) => ('notes' in look ? look.notes : [])), ...listedTwice(good)],
    damaged,
  }
}

const homeOf = ({file, outline}: Look, fleet: readonly Account[], options: Options): Home => ({
  ...placeOf(outline.account),
  read: async () => {
    const home = onlyOf(await readFile(file), options)
    return {account: viewFor(fleet, home), own: home.Instances}
  },
})

const placeOf = ({Caller, Region, ReadAt}: Account) => ({
  account: Caller?.Account ?? null,
  region: Region,
  readAt: ReadAt,
})

function onlyOf(file: AccountFile, options: Options): Account {
  const [account] = accountOf(contentOf(file), options).accounts
  if (!account) throw usageError(`${file.name}: expected an account file.`)
  return account
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
    const look = {account: viewFor(accounts, account), own: account.Instances}
    return {...placeOf(account), read: async () => look}
  })
  return {homes, notes, damaged: []}
}

interface Look {
  readonly file: Source
  readonly outline: Outline
  /** The instances that the file lists. */
  readonly ids: readonly string[]
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
    const account = accounts[0]!
    return {file, outline: outlineOf(account), ids: itemsOf(account.Instances).map(({InstanceId}) => InstanceId), notes}
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
  for (const {file} of looks) again.push(outlineOf(onlyOf(await readFile(file), options), asked))
  return again
}

/** An instance belongs to each file that lists it, and is counted for each: nobody should learn that from the sum. */
function listedTwice(looks: readonly Look[]): readonly string[] {
  const first = new Map<string, string>()
  const again: (readonly [id: string, file: string])[] = []
  for (const {file, ids} of looks)
    for (const id of ids)
      if (first.has(id)) again.push([id, file.name])
      else first.set(id, file.name)
  const [one] = again
  if (!one) return []
  const [id, file] = one
  const files = new Set(again.map(([, name]) => name)).size
  const also = files > 1 ? `, and ${files - 1} more files list some again` : ''
  return [
    `${first.get(id)} and ${file} both list ${id}${also}: each file counts for itself, and of the network that they share the later look holds.`,
  ]
}
