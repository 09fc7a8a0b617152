import {type CliCommand, kebab} from '../../model/cli-command.ts'
import {isPlain, plain} from '../../util/plain-text.ts'
import {asJson, compact, wordsOf} from './cli-arguments.ts'
import {oddValue} from './odd-value.ts'
import {quote, type Shell} from './quote.ts'
import {type Call, ec2, type Input, isVariable, type Step, type Typed, type Wait} from './remedy.ts'

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
    return `${name}=${quote(shell, ...(words.length === 1 ? words[0]! : [asJson(value)].flat()))}`
  return [name, ...words.map((word) => quote(shell, ...word))].join(' ')
}

const renamed = ({service}: Call, name: string): string => RENAMED[`${service} ${name}`] ?? name

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
      const text = typeof value === 'string' ? [value] : asJson(value)
      return `Set-Content -Path ${fileOf(parameter)} -Value ${quote(shell, ...text)}`
    })
