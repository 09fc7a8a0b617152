import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {getAsset, isSea} from 'node:sea'
import type {Account} from '../../model/account.ts'

/** The included examples: files of the package, or one asset of the single executable. */
const FILE = /\.json$/
const folderOf = (root: string) => join(root, 'examples')
const asset = (): Readonly<Record<string, unknown>> => JSON.parse(getAsset('examples.json', 'utf8'))

export async function exampleNames(root: string): Promise<readonly string[]> {
  const names = isSea() ? Object.keys(asset()) : (await readdir(folderOf(root))).filter((file) => FILE.test(file))
  return names.map((name) => name.replace(FILE, '')).sort()
}

export async function readExample(root: string, name: string): Promise<readonly Account[]> {
  const {parseAccounts} = await import('../../account-file/parse-accounts.ts')
  const json = isSea() ? asset()[name] : JSON.parse(await readFile(join(folderOf(root), `${name}.json`), 'utf8'))
  return parseAccounts([{name, json}]).accounts
}
