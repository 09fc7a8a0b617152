import {type CliCommand, kebab} from '../../model/cli-command.ts'
import {parsedJson} from '../../util/json.ts'
import {isPlain, plain} from '../../util/plain-text.ts'
import {quote, type Segment, type Shell} from './quote.ts'
import {type Call, ec2, type Input, type Step, type Typed, type Variable, type Wait} from './remedy.ts'

interface CommandContext {
  readonly region: string
}

/** One endpoint for the whole partition; a Region is only needed to say which partition that is. */
const GLOBAL: ReadonlySet<string> = new Set(['iam', 'organizations', 'route53'])
const COMMERCIAL = /^(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d$/

/** Options that have another name in the AWS CLI than in the API. awscli/customizations/argrename.py */
const RENAMED: Readonly<Record<string, string>> = {
  'ec2 --no-egress': '--ingress',
  'ec2 --no-disable-api-termination': '--enable-api-termination',
}

/** A changing call, or a line to type, as one line that is safe to paste into the shell. */
export function commandLine(step: Step, shell: Shell, context: CommandContext): string {
  if ('line' in step) return typedLine(step)
  if ('wait' in step) return waitLine(step, shell, context)
  if ('launch' in step) return launchLine(step.launch, shell)
  const line = callLine(step, shell, context.region)
  return 'command' in line ? line.command : comment(line.comment)
}

/** Whether the step is a command that runs where the change is made; otherwise a person does it. */
export const runsHere = (step: Step, shell: Shell, context: CommandContext): boolean =>
  'line' in step
    ? step.on === 'here'
    : !('launch' in step) && 'command' in callLine('wait' in step ? step.wait : step, shell, context.region)

const typedLine = ({on, line}: Typed): string => (on === 'here' ? plain(line) : `${plain(line)}  # on the ${on}`)

/** Only the options: the rest of the command is the user's. */
function launchLine(options: Call['input'], shell: Shell): string {
  const line = callLine(ec2('RunInstances', options), shell, undefined, 'aws ec2 run-instances …')
  return comment('command' in line ? `at the launch: ${line.command}` : line.comment)
}

/**
 * Repeats the call every ten seconds and fails after 15 minutes, as the waiters of the AWS CLI do at other intervals: what
 * ends in the failed state never becomes available.
 */
function waitLine({wait, until, pause}: Wait, shell: Shell, {region}: CommandContext): string {
  const name = typeof until === 'string' ? `aws ${wait.service} wait ${until}` : nameOf(wait)
  const line = callLine(wait, shell, region, name)
  if ('comment' in line) return comment(line.comment)
  const sleep = (seconds: number) => (shell === 'powershell' ? `Start-Sleep -Seconds ${seconds}` : `sleep ${seconds}`)
  const waiting =
    typeof until === 'string'
      ? line.command
      : repeated(`${line.command} --query ${quote(shell, until.query)} --output text`, until.result)
  return [waiting, ...(pause === undefined ? [] : [sleep(pause)])].join('; ')

  function repeated(command: string, result: string): string {
    return shell === 'powershell'
      ? `for ($n = 0; $n -lt 90 -and "$(${command})" -ne '${result}'; $n++) { ${sleep(10)} }; if ($n -eq 90) { throw 'Timed out' }`
      : `n=0; until [ $n -eq 90 ] || [ "$(${command})" = '${result}' ]; do ${sleep(10)}; n=$((n + 1)); done; [ $n -lt 90 ]`
  }
}

/** A call with a value that AWS would never have is not printed as a command. */
function callLine(
  step: Call,
  shell: Shell,
  region: string | undefined,
  name = nameOf(step),
): {readonly command: string} | {readonly comment: string} {
  const input = Object.fromEntries(Object.entries(step.input).map(([key, value]) => [key, compact(value)]))
  const call = {...step, input}
  const odd = oddValue(input, '')
  if (odd) return {comment: `${name} is not printed: AWS has no ${odd[0]} such as ${JSON.stringify(odd[1])}`}
  return {command: [...prelude(call, shell), assigned(call, shell, invocation(call, name, shell, region))].join('; ')}
}

/** A document on several lines is equivalent on one line. */
function compact(value: Input): Input {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value) || !value.includes('\n')) return value
  const json = parsedJson(value)
  return json === undefined ? value : JSON.stringify(json)
}

/** A command of the AWS CLI as one line; none with an operand that it would not get unchanged. */
export function cliCommandLine({service, command, operands, options, output}: CliCommand): string | undefined {
  if (!operands.every((operand) => isPlain(operand) && !operand.startsWith('-'))) return undefined
  const words = Object.entries(options).flatMap(([name, value]) => [
    `--${name}`,
    ...(value === true ? [] : [quote('sh', value)]),
  ])
  const into = output === undefined ? [] : ['>', quote('sh', output)]
  return ['aws', service, command, ...operands.map((operand) => quote('sh', operand)), ...words, ...into].join(' ')
}

/** Text that a shell ignores: one line, whatever it contains. */
export const comment = (text: string): string => `# ${plain(text)}`

const nameOf = ({service, operation}: Call): string => `aws ${service} ${kebab(operation)}`

function invocation(call: Call, name: string, shell: Shell, own: string | undefined): string {
  const region = call.region ?? own
  const options = Object.entries(call.input).map(([parameter, value]) => option(call, shell, parameter, value))
  const isImplied = region === undefined || (GLOBAL.has(call.service) && COMMERCIAL.test(region))
  const where = isImplied ? [] : [`--region ${quote(shell, region)}`]
  const keep = call.save ? [`--query ${quote(shell, call.save.query)} --output text`] : []
  return [name, ...options, ...where, ...keep].join(' ')
}

const assigned = ({save}: Call, shell: Shell, line: string): string => {
  if (!save) return line
  return shell === 'powershell' ? `$${save.as} = ${line}` : `${save.as}=$(${line})`
}

function option(call: Call, shell: Shell, parameter: string, value: Input): string {
  const name = `--${kebab(parameter)}`
  if (typeof value === 'boolean') return renamed(call, value ? name : name.replace('--', '--no-'))
  if (isVariable(value)) return `${name} ${quote(shell, value)}`
  if (inFile(shell, value)) return `${name} ${quote(shell, `file://${fileOf(parameter)}`)}`
  const words = wordsOf(value)
  const [leading] = words[0] ?? []
  // What starts with a hyphen would be read as a separate option.
  if (typeof leading === 'string' && leading.startsWith('-'))
    return `${name}=${quote(shell, ...(words.length === 1 ? words[0]! : [json(value)].flat()))}`
  return [name, ...words.map((word) => quote(shell, ...word))].join(' ')
}

const renamed = ({service}: Call, name: string): string => RENAMED[`${service} ${name}`] ?? name

const isVariable = (value: Input): value is Variable =>
  typeof value === 'object' && !Array.isArray(value) && 'variable' in value && typeof value.variable === 'string'
const isList = (value: Input): value is readonly Input[] => Array.isArray(value)
const isScalar = (value: Input): value is string | number | boolean => typeof value !== 'object'

/** The arguments of one option: a list has several, unless one of them has no short form. */
function wordsOf(value: Input): readonly (readonly Segment[])[] {
  if (isScalar(value)) return [[String(value)]]
  if (!isList(value)) return [shorthand(value) ?? json(value)]
  const words = value.map((item) => (isScalar(item) ? [String(item)] : isVariable(item) ? [item] : shorthand(item)))
  return words.length > 0 && words.every((word) => word !== undefined) ? words : [json(value)]
}

/**
 * What the AWS CLI's shorthand accepts without quotes.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
const SHORT = /^[A-Za-z0-9_.:/@+*-]+$/

/** `Key=value,List=[a,b],Structure={Key=value}`, or undefined if only JSON is possible. */
function shorthand(value: Input): readonly Segment[] | undefined {
  if (isList(value) || isScalar(value) || isVariable(value)) return undefined
  const members = Object.entries(value).map(([key, member]) => {
    const inner = nested(member)
    return SHORT.test(key) && inner && ([`${key}=`, ...inner] as const)
  })
  return members.length > 0 && members.every((member) => member !== undefined && member !== false)
    ? merged(members.flatMap((member, at) => (at === 0 ? member : [',', ...member])))
    : undefined
}

function nested(value: Input): readonly Segment[] | undefined {
  if (isVariable(value)) return [value]
  if (isScalar(value)) return SHORT.test(String(value)) ? [String(value)] : undefined
  if (!isList(value)) {
    const structure = shorthand(value)
    return structure && ['{', ...structure, '}']
  }
  const items = value.map(nested)
  if (items.length === 0 || !items.every((item) => item !== undefined)) return undefined
  return ['[', ...items.flatMap((item, at) => (at === 0 ? item : [',', ...item])), ']']
}

/** JSON text, split where the value of a variable is inserted. */
function json(value: Input): readonly Segment[] {
  if (isVariable(value)) return ['"', value, '"']
  if (isScalar(value)) return [JSON.stringify(value)]
  const members = isList(value)
    ? value.map(json)
    : Object.entries(value).map(([key, member]) => [`${JSON.stringify(key)}:`, ...json(member)])
  const [open, close] = isList(value) ? '[]' : '{}'
  return merged([open!, ...members.flatMap((member, at) => (at === 0 ? member : [',', ...member])), close!])
}

function merged(segments: readonly Segment[]): readonly Segment[] {
  const joined: Segment[] = []
  for (const segment of segments) {
    const last = joined.at(-1)
    if (typeof last === 'string' && typeof segment === 'string') joined[joined.length - 1] = last + segment
    else joined.push(segment)
  }
  return joined
}

/**
 * Windows PowerShell drops double quotes in arguments of programs and PowerShell 7.3 keeps them, so no escaping works
 * in both. A file does.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_preference_variables#psnativecommandargumentpassing
 */
const inFile = (shell: Shell, value: Input): boolean =>
  shell === 'powershell' &&
  wordsOf(value).some((word) => word.some((segment) => typeof segment === 'string' && segment.includes('"')))

const fileOf = (parameter: string): string => `${kebab(parameter)}.json`

const prelude = ({input}: Call, shell: Shell): readonly string[] =>
  Object.entries(input)
    .filter(([, value]) => typeof value !== 'boolean' && !isVariable(value) && inFile(shell, value))
    .map(([parameter, value]) => {
      const text = typeof value === 'string' ? [value] : json(value)
      return `Set-Content -Path ${fileOf(parameter)} -Value ${quote(shell, ...text)}`
    })

/** `i-0123456789abcdef0`, `tgw-rtb-…`, `rslvr-frg-…`: 17 hexadecimal digits, 8 in ids from before 2018. */
const RESOURCE_ID = /^[a-z]+(?:-[a-z0-9]+)*-[0-9a-f]{8,17}$/

/** The pattern of the values of a parameter, by the parameter's own name. The first match counts. */
const PATTERNS: readonly (readonly [parameter: RegExp, value: RegExp])[] = [
  [/^CreatorRequestId$/, /^/],
  [/^VersionId$/, /^v\d+$/],
  [/^PolicyId$/, /^p-\w{8,128}$/],
  [/^SettingId$/, /^(?:arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:servicesetting)?\/[\w/-]+$/],
  [/^DhcpOptionsId$/, /^(?:default|dopt-[0-9a-f]{8,17})$/],
  [/^HostedZoneId$/, /^(?:\/hostedzone\/)?[A-Z0-9]{1,32}$/],
  [/^(?:Target|User)Id$|(?:Account|Owner)Ids?$/i, /^\d{12}$/],
  [/^AssociationIds?$/, new RegExp(`${RESOURCE_ID.source}|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)],
  [/Arns?$/i, /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:[\w+=,.@:/*-]+$/],
  [/(?:[a-z]|VPC)Ids?$/, RESOURCE_ID],
]

/** Whether a value matches the pattern of its parameter. Parameters without ids accept anything. */
const fitsParameter = (parameter: string, value: string): boolean =>
  PATTERNS.find(([name]) => name.test(parameter))?.[1].test(value) ?? true

/**
 * The AWS CLI would open a value that looks like this.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
 */
const OPENS_A_FILE = /^(?:fileb?|https?):\/\//

/** The first value that does not match its parameter, or that would not be passed unchanged. */
function oddValue(value: Input, parameter: string): readonly [parameter: string, value: string] | undefined {
  if (typeof value === 'string')
    return fitsParameter(parameter, value) && isPlain(value) && !OPENS_A_FILE.test(value)
      ? undefined
      : [parameter, value]
  if (isScalar(value) || isVariable(value)) return undefined
  const members = isList(value)
    ? value.map((item) => oddValue(item, parameter))
    : Object.entries(value).map(([key, member]) => oddValue(member, key))
  return members.find((member) => member !== undefined)
}
