import type {Remedy, Step} from './remedy.ts'

/**
 * Ways into an instance that do not need Systems Manager.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-serial-console.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
 */
const ACCESS_METHODS =
  'Ways to access the instance without Systems Manager: the EC2 serial console, SSH or RDP through an EC2 Instance Connect endpoint, user data at the next boot, or the root volume attached to a rescue instance.'

export const onInstance = (...lines: readonly string[]): readonly Step[] =>
  lines.map((line) => ({on: 'instance', line}))

/** Something to be done on the instance itself, which AWS's API cannot do and the model cannot verify. */
export const runOnInstance = (title: string, lines: readonly string[]): Remedy => ({
  ...runThroughSystemsManager(title, lines),
  effect: ACCESS_METHODS,
})

/** The same on a node that takes commands from Systems Manager. */
export const runThroughSystemsManager = (title: string, lines: readonly string[]): Remedy => ({
  title,
  steps: onInstance(...lines),
})

/** The same on a machine outside EC2, which cannot be accessed through EC2. */
export const runOnMachine = (title: string, lines: readonly string[]): Remedy => ({
  title,
  steps: lines.map((line) => ({on: 'machine', line})),
})
