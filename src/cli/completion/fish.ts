import {type CommandWords, DEFAULT_COMMAND, type FlagWords} from './words.ts'

export const fish = (commands: readonly CommandWords[]): string => {
  const names = commands.map(({name}) => name).join(' ')
  const whereFor = (name: string): string =>
    name === DEFAULT_COMMAND
      ? `not __fish_seen_subcommand_from ${names}; or __fish_seen_subcommand_from ${name}`
      : `__fish_seen_subcommand_from ${name}`
  return [
    'complete -c ssm-doctor -f',
    ...commands.map(
      ({name, summary}) => `complete -c ssm-doctor -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(({name, flags, words, takesFile}) => [
      ...(takesFile ? [`complete -c ssm-doctor -n ${quoted(whereFor(name))} -F`] : []),
      ...(words.length > 0
        ? [`complete -c ssm-doctor -n ${quoted(whereFor(name))} -a ${quoted(words.join(' '))}`]
        : []),
      ...flags.map((flag) => `complete -c ssm-doctor -n ${quoted(whereFor(name))} ${optionsOf(flag)}`),
    ]),
    "complete -c ssm-doctor -l help -d 'Show help'",
  ].join('\n')
}

function optionsOf({name, char, summary, value}: FlagWords): string {
  const takes =
    value === 'none' ? '' : value === 'file' ? ' -r -F' : value === 'text' ? ' -x' : ` -x -a ${quoted(value.join(' '))}`
  return `-l ${name}${char ? ` -s ${char}` : ''}${takes} -d ${quoted(summary)}`
}

/** Single quotes of fish have two escapes. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
