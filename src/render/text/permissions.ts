import {jsonText} from '../formats/json.ts'

/** A policy as IAM takes it. */
export const policyText = (policy: unknown): string => jsonText(policy)

/** Commands whose answers make an account file, with how to use them above. */
export const commandsText = (commands: readonly string[]): string =>
  [
    '# Saves the answers of AWS to ./account, for: ssm-doctor i-0123456789abcdef0 --account ./account',
    '# Set these first: export AWS_REGION=eu-west-1 INSTANCES="i-0123456789abcdef0"',
    ...commands,
  ].join('\n')
