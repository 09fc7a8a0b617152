import {hasTag} from '../audit/suppressions.ts'
import type {Choice} from '../inspector/inspector.ts'
import type {Instance} from '../model/account.ts'

/** Which instances are examined. */
interface Selection {
  readonly ids?: ReadonlySet<string> | undefined
  readonly tags?: readonly string[] | undefined
  readonly vpcs?: readonly string[] | undefined
  readonly includeStopped: boolean
}

const EXISTING_STATES: ReadonlySet<string | undefined> = new Set(['running', 'pending', 'stopping', 'stopped'])

/**
 * Which instances of an account are listed: running ones, and stopped ones if they are requested or if Amazon
 * Inspector lists them; terminated ones never are.
 */
export function choiceFor({ids, tags = [], vpcs, includeStopped}: Selection): Choice {
  const isThere = ({Name}: Instance['State'], isCovered: boolean) =>
    Name === 'running' || ((includeStopped || isCovered) && EXISTING_STATES.has(Name))
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
