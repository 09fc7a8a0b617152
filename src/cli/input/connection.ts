import type {Connection} from '../../collect/aws.ts'
import type {AccountFlags} from './flags.ts'

export const connectionOf = (flags: AccountFlags): Connection => ({
  region: flags.region,
  profile: flags.profile,
  roleArn: flags['role-arn'],
  externalId: flags['external-id'],
})
