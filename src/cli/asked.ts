import type {Asked} from '../doctor/examine.ts'
import type {RemedyFlags} from './flags.ts'

/** What the flags ask of an examination. Who writes infrastructure code is loaded only where somebody wants it. */
export async function askedBy({prefer, remedy = 'cli'}: RemedyFlags): Promise<Asked> {
  if (remedy === 'cli') return {prefer}
  const {snippet} = await import('../render/snippet.ts')
  return {prefer, snippet: (steps, place) => snippet(steps, remedy, place)}
}
