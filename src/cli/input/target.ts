import {usageError} from '../../util/usage-error.ts'

/** An instance that was asked for: its id, and the Region when its ARN tells. */
export interface Target {
  readonly id: string
  readonly region?: string
}

const INSTANCE = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/
const HYBRID = /^mi-[0-9a-f]{17}$/
const ARN = /^arn:aws[a-z-]*:(?:ec2|ssm):([a-z0-9-]+):\d{12}:(?:instance|managed-instance)\/(.+)$/

/** An instance id, an ARN of one, or an error that says what to type. */
export function targetOf(text: string): Target {
  const arn = ARN.exec(text)
  const [, region, id = text] = arn ?? []
  if (INSTANCE.test(id)) return region === undefined ? {id} : {id, region}
  if (HYBRID.test(id)) throw usageError(hybrid(id))
  throw usageError(`"${text}" is neither an instance id nor a command. ${hint(text)}`)
}

const hint = (text: string): string =>
  /^m?i-/.test(text)
    ? 'An instance id is i- and 17 hexadecimal digits, 8 for old ones: ssm-doctor i-0123456789abcdef0'
    : 'Type ssm-doctor i-0123456789abcdef0 to examine an instance, or ssm-doctor --help for the commands.'

const hybrid = (id: string): string =>
  [
    `${id} is a hybrid-activated node: EC2 does not know it, so that its network, role and metadata service cannot be examined from AWS.`,
    `What AWS can show is its registration: aws ssm describe-instance-information --filters Key=InstanceIds,Values=${id}.`,
    'What the machine itself can show, typed there: ssm-cli get-diagnostics --output table.',
    'If the machine is an EC2 instance that was registered with an activation, examine it by its i-… id.',
  ].join(' ')
