import {type CommandWords, DEFAULT_COMMAND, quoted, type Value, valuePatterns} from './words.ts'

export const zsh = (commands: readonly CommandWords[]): string =>
  [
    '#compdef ssm-doctor',
    '_ssm_doctor() {',
    `  local command=${DEFAULT_COMMAND} cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}"`,
    '  local -a found',
    `  if (( CURRENT > 2 )); then case "\${words[2]}" in ${commands.map(({name}) => name).join('|')}) command="\${words[2]}" ;; esac; fi`,
    '  case "$command $prev" in',
    ...valuePatterns(commands).map(([pattern, value]) => valueCase(pattern, value)),
    '  esac',
    '  case "$command $cur" in',
    ...commands.map(
      ({name, flags}) =>
        `  ${quoted(`${name} -`)}*) found=(${[...flags.map((flag) => described(`--${flag.name}`, flag.summary)), described('--help', 'Show help')].join(' ')}); _describe flag found; return ;;`,
    ),
    '  esac',
    `  if (( CURRENT == 2 )); then found=(${commands.map(({name, summary}) => described(name, summary)).join(' ')}); _describe command found; return; fi`,
    '  case "$command" in',
    ...commands
      .filter(({words}) => words.length > 0)
      .map(({name, words}) => `  ${name}) compadd -- ${words.map(quoted).join(' ')} ;;`),
    ...commands.filter(({takesFile}) => takesFile).map(({name}) => `  ${name}) _files ;;`),
    '  esac',
    '}',
    // Read with `source` or `eval`, or found in $fpath.
    'if [ "$funcstack[1]" = _ssm_doctor ] || [ "$funcstack[1]" = _ssm-doctor ]; then _ssm_doctor "$@"; else compdef _ssm_doctor ssm-doctor; fi',
  ].join('\n')

const described = (word: string, summary: string): string => quoted(`${word}:${summary.replaceAll(':', '\\:')}`)

const valueCase = (pattern: string, value: Value): string =>
  `  ${pattern}) ${value === 'file' ? '_files; ' : value === 'text' ? '' : `compadd -- ${value.map(quoted).join(' ')}; `}return ;;`
