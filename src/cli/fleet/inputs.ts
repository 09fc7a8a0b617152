import {sourcesOf} from '../../account-file/sources.ts'
import {choiceFor} from '../../fleet/choice.ts'
import type {Input} from '../../fleet/inputs.ts'
import type {Choice} from '../../inspector/inspector.ts'
import {textIn} from '../input/text-files.ts'
import type {FleetFlags} from './flags.ts'
import {idsFrom} from './instance-ids.ts'

export const inputOf = async (name: string): Promise<Input> => ({name, text: await textIn(name)})

/** What is in each of several files, some of them in folders. */
export async function eachIn<T>(
  sources: readonly string[],
  read: (input: Input) => readonly T[],
): Promise<readonly T[]> {
  const found = (await Promise.all(sources.map((source) => sourcesOf(source)))).flat()
  const lists: (readonly T[])[] = []
  for (const {name, path} of found) lists.push(read({name, text: await textIn(path ?? '-')}))
  return lists.flat()
}

export async function choiceOf(flags: FleetFlags): Promise<Choice> {
  const file = flags['instance-ids-from']
  const ids = file === undefined ? undefined : new Set(idsFrom(file, await textIn(file)))
  return choiceFor({ids, tags: flags.tag, vpcs: flags.vpc, includeStopped: flags['include-stopped'] ?? false})
}
