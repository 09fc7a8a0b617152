import {remembered} from '../util/memo.ts'

/**
 * The AWS CLI's name of a call or a parameter: `CreateVpcEndpoint` → `create-vpc-endpoint`. A fleet prints the same few
 * thousands of times. botocore/__init__.py, xform_name
 */
export const kebab = remembered((name: string): string =>
  name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/^-/, ''),
)

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
