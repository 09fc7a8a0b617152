import {readFile} from 'node:fs/promises'
import {whyUnreadable} from '../../account-file/sources.ts'
import {hasTag} from '../../audit/suppressions.ts'
import type {Choice} from '../../inspector/inspector.ts'
import type {Instance} from '../../model/account.ts'
import {usageError} from '../../util/usage-error.ts'
import type {FleetFlags} from './flags.ts'
import {idsFrom} from './instance-ids.ts'

type ChoiceFlags = Pick<FleetFlags, 'include-stopped' | 'tag' | 'vpc' | 'instance-ids-from'>

const THERE: ReadonlySet<string | undefined> = new Set(['running', 'pending', 'stopping', 'stopped'])

/**
 * Which instances of an account are told of: running ones, and stopped ones where they are asked for or where Amazon
 * Inspector names them; terminated ones never are.
 */
export async function choiceOf(flags: ChoiceFlags): Promise<Choice> {
  const file = flags['instance-ids-from']
  const ids = file === undefined ? undefined : new Set(idsFrom(file, await textIn(file)))
  const {tag: tags = [], vpc: vpcs} = flags
  const isThere = ({Name}: Instance['State'], isCovered: boolean) =>
    Name === 'running' || ((flags['include-stopped'] || isCovered) && THERE.has(Name))
  return {
    ids,
    tags,
    vpcs,
    instance: (instance, isCovered) =>
      isThere(instance.State, isCovered) &&
      (ids === undefined || ids.has(instance.InstanceId)) &&
      (vpcs === undefined || vpcs.includes(instance.VpcId ?? '')) &&
      tags.every((tag) => hasTag(instance, tag)),
  }
}

/** The lines of a file that say something: what follows a # is for people. */
export async function linesIn(file: string): Promise<readonly string[]> {
  const text = await textIn(file)
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
}

export async function textIn(file: string): Promise<string> {
  try {
    return (await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')).replace(/^\ufeff/, '')
  } catch (error) {
    throw usageError(`${file}: ${whyUnreadable(error)}.`)
  }
}
