import {commandLine, runsHere} from '../../remedies/core/command-line.ts'
import {quote} from '../../remedies/core/quote.ts'
import type {Remedy, Step} from '../../remedies/core/remedy.ts'
import {plain} from '../../util/plain-text.ts'

interface ScriptContext {
  /** What is fixed: an instance, or how many. */
  readonly subject: string
  /** The only account that the script may change. */
  readonly account?: string | undefined
  readonly region: string
  readonly profile?: string | undefined
}

/**
 * The beginning of every script. Functions are read completely before any of them runs, so a truncated script does
 * nothing.
 */
const PROLOGUE = `set -u
# A pager would wait for input.
AWS_PAGER=''
export AWS_PAGER
did=''

say() { printf '%s\\n' "$1"; }

confirm() {
  printf '%s [y/N] ' "$1"
  read -r reply || reply=''
  case $reply in
    [yY] | [yY][eE][sS]) return 0 ;;
    *) return 1 ;;
  esac
}

kept() { [ -z "$2" ] || say "$1='$2'"; }

end() {
  say ''
  say "$1"
  if [ -z "$did" ]; then
    say 'Nothing was changed.'
  else
    say 'To undo what was done:'
    for step in $did; do "undo_$step"; done
  fi
  exit "$2"
}

trap 'end Interrupted. 130' INT
`

/**
 * A POSIX shell script that shows every step and asks before it, stops at the first error, and prints how to undo the
 * steps that were done.
 */
export function script(remedies: readonly Remedy[], context: ScriptContext): string {
  const steps = remedies.map((remedy, at) => [...stepLines(remedy, at, remedies.length, context), ''])
  const undos = remedies.map((remedy, at) => [...undoLines(remedy, at, context), ''])
  return [
    '#!/bin/sh',
    `# Remediation proposed by ssm-doctor for ${plain(context.subject)} in ${plain(context.region)}, step by step.`,
    PROLOGUE,
    ...(context.profile === undefined ? [] : [`AWS_PROFILE=${quote('sh', context.profile)}`, 'export AWS_PROFILE', '']),
    ...steps.flat(),
    ...undos.flat(),
    'main() {',
    ...(remedies.some(({steps}) => runIn(steps, context).length > 0) ? accountLines(context) : []),
    ...(remedies.length === 0 ? ["  say 'Nothing to change.'"] : remedies.map((_, at) => `  step_${at + 1}`)),
    "  say ''",
    "  say 'Done. To undo:'",
    '  for step in $did; do "undo_$step"; done',
    '}',
    '',
    'main "$@"',
  ].join('\n')
}

/** The names of roles and policies may be the same in another account; what a person does needs no credentials. */
const accountLines = ({account, region}: ScriptContext): readonly string[] =>
  account === undefined
    ? []
    : [
        `  account=$(aws sts get-caller-identity --query Account --output text --region ${quote('sh', region)}) || exit 1`,
        `  if [ "$account" != ${quote('sh', account)} ]; then`,
        `    say "These credentials are of account $account; run this with those of "${quote('sh', account)}.`,
        '    exit 1',
        '  fi',
      ]

const say = (text: string): string => `  say ${quote('sh', plain(text))}`

/** The steps that the script itself does. */
const runIn = (steps: readonly Step[], context: ScriptContext): readonly Step[] =>
  steps.filter((step) => runsHere(step, 'sh', context))

const inShell = (step: Step, {region}: ScriptContext): string => commandLine(step, 'sh', {region})

function stepLines(remedy: Remedy, at: number, of: number, context: ScriptContext): readonly string[] {
  const {title, cost, effect, steps} = remedy
  const shown = [
    say(''),
    say(`Step ${at + 1} of ${of}: ${title}`),
    ...(cost === undefined ? [] : [say(`  Costs: ${cost}`)]),
    ...(effect === undefined ? [] : [say(`  Effect: ${effect}`)]),
    ...steps.map((step) => say(`  ${inShell(step, context)}`)),
  ]
  const runs = runIn(steps, context)
  const question = runs.length > 0 ? 'Run this step?' : 'This is a manual step. Continue?'
  return [
    `step_${at + 1}() {`,
    ...shown,
    `  confirm '${question}' || end 'Step ${at + 1} was not confirmed.' 1`,
    ...runs.flatMap((step, n) => [
      `  ${inShell(step, context)} || end 'Step ${at + 1} failed.' 1`,
      ...(n === 0 ? [`  did="${at + 1} $did"`] : []),
    ]),
    '}',
  ]
}

/** With the values from the responses of the step's own commands, so the lines work in another shell. */
function undoLines({title, steps, undo = []}: Remedy, at: number, context: ScriptContext): readonly string[] {
  const saved = steps.flatMap((step) => ('save' in step && step.save ? [step.save.as] : []))
  const used = saved.filter((name) => undo.some((step) => mentions(step, name)))
  return [
    `undo_${at + 1}() {`,
    say(`# Step ${at + 1}: ${title}`),
    ...used.map((name) => `  kept ${name} "\${${name}-}"`),
    ...(undo.length === 0
      ? [say('# Cannot be undone with a command.')]
      : undo.map((step) => say(inShell(step, context)))),
    '}',
  ]
}

const mentions = (step: Step, name: string): boolean =>
  'line' in step ? step.line.includes(`$${name}`) : JSON.stringify(step).includes(`"variable":"${name}"`)
