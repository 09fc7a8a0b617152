/** Commands whose responses form an account file, with instructions above. */
export const commandsText = (commands: readonly string[]): string =>
  [
    '# Saves the responses of AWS to ./account, for: ssm-doctor i-0123456789abcdef0 --account ./account',
    '# Set these first: export AWS_REGION=eu-west-1 INSTANCES="i-0123456789abcdef0"',
    ...commands,
  ].join('\n')
