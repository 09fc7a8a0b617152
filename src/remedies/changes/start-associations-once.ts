import type {Remedy} from '../core/remedy.ts'

/** Runs associations now instead of at their next interval; whether they succeed shows afterwards. */
export const startAssociationsOnce = (AssociationIds: readonly string[]): Remedy => ({
  title: `Run ${AssociationIds.length === 1 ? 'the inventory association' : 'the inventory associations'} of Amazon Inspector now`,
  steps: [{service: 'ssm', operation: 'StartAssociationsOnce', input: {AssociationIds}}],
  docs: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAssociationsOnce.html',
  effect: 'The associations run on all their targets.',
})
