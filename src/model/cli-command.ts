/**
 * A command that the AWS CLI has in addition to the calls of the API.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-services-s3-commands.html
 */
export interface CliCommand {
  readonly service: 's3' | 'logs'
  readonly command: 'cp' | 'tail'
  /** What it works on, in order. */
  readonly operands: readonly string[]
  /** Options by name; `true` is one without a value. */
  readonly options: Readonly<Record<string, string | true>>
  /** The file that its output goes to. */
  readonly output?: string
}
