import {INSTANCE_TIER} from '../../model/kinds.ts'
import type {Remedy} from '../core/remedy.ts'

/** Only the advanced tier includes Session Manager, for all hybrid nodes of the account in the Region. */
export const activateAdvancedTier = (): Remedy => ({
  title: 'Activate the advanced-instances tier for the hybrid nodes of the account in this Region',
  steps: [
    {
      service: 'ssm',
      operation: 'UpdateServiceSetting',
      input: {SettingId: INSTANCE_TIER, SettingValue: 'advanced'},
    },
  ],
  docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-configure-instance-tiers.html',
  cost: 'Every hybrid node of the account and Region is billed by the hour.',
  effect: 'The tier applies to every hybrid node of the account in this Region.',
  undo: [
    {service: 'ssm', operation: 'UpdateServiceSetting', input: {SettingId: INSTANCE_TIER, SettingValue: 'standard'}},
  ],
})
