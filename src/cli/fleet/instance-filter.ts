import {readText} from '../../account-file/account-file.ts'
import {choiceFor} from '../../fleet/choice.ts'
import type {Choice} from '../../inspector/inspector.ts'
import type {FleetFlags} from './flags.ts'
import {idsFrom} from './instance-ids.ts'

type ChoiceFlags = Pick<FleetFlags, 'include-stopped' | 'tag' | 'vpc' | 'instance-ids-from'>

export async function choiceOf(flags: ChoiceFlags): Promise<Choice> {
  const file = flags['instance-ids-from']
  const ids = file === undefined ? undefined : new Set(idsFrom(file, await textIn(file)))
  return choiceFor({ids, tags: flags.tag, vpcs: flags.vpc, includeStopped: flags['include-stopped'] ?? false})
}

/** The lines of a file with content: what follows a # is a comment. */
export async function linesIn(file: string): Promise<readonly string[]> {
  const lines = await textIn(file)
  return lines
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
}

/** The content of a file, or of standard input if it is `-`: Windows has no file of that name. */
export const textIn = (file: string): Promise<string> => readText(file === '-' ? {name: '-'} : {name: file, path: file})
