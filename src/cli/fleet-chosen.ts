import {readFile} from 'node:fs/promises'
import type {Instance} from '../account/account.ts'
import {usageError} from '../account/usage-error.ts'
import {hasTag} from '../doctor/audit-suppressions.ts'
import type {FleetFlags} from './fleet-flags.ts'

type ChoiceFlags = Pick<FleetFlags, 'include-stopped' | 'tag' | 'vpc' | 'instance-ids-from'>

/** Which instances of an account are examined; terminated ones never are. */
export async function choiceOf(flags: ChoiceFlags): Promise<(instance: Instance) => boolean> {
  const file = flags['instance-ids-from']
  const ids = file === undefined ? undefined : new Set(await idsIn(file))
  const states = new Set(flags['include-stopped'] ? ['running', 'pending', 'stopping', 'stopped'] : ['running'])
  const {tag = [], vpc} = flags
  return (instance) =>
    states.has(instance.State.Name ?? '') &&
    (ids === undefined || ids.has(instance.InstanceId)) &&
    (vpc === undefined || vpc.includes(instance.VpcId ?? '')) &&
    tag.every((one) => hasTag(instance, one))
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
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '')
  } catch (error) {
    throw usageError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function idsIn(file: string): Promise<readonly string[]> {
  const ids = await linesIn(file)
  const wrong = ids.find((id) => !/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
  if (wrong !== undefined) throw usageError(`${file}: expected an instance id on each line, found "${wrong}".`)
  return ids
}
