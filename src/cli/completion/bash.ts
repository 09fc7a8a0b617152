import {type CommandWords, DEFAULT_COMMAND, quoted, type Value, valuePatterns} from './words.ts'

/** Also works in bash 3.2, which macOS includes. */
export const bash = (commands: readonly CommandWords[]): string =>
  [
    '_ssm_doctor() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of bash
    '  local IFS=$\'\\n\' cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" given="${COMP_WORDS[1]}"',
    `  local command=${DEFAULT_COMMAND} words='' files=''`,
    '  if [ "$COMP_CWORD" -gt 1 ]; then',
    `    case "$given" in ${commands.map(({name}) => name).join('|')}) command="$given" ;; esac`,
    '  fi',
    // Bash splits --format=json at the equals sign.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of bash
    '  if [ "$prev" = "=" ]; then prev="${COMP_WORDS[COMP_CWORD-2]}"; elif [ "$cur" = "=" ]; then cur=""; fi',
    '  case "$command $prev" in',
    ...valuePatterns(commands).map(([pattern, value]) => valueCase(pattern, value)),
    '  *)',
    '    case "$command $cur" in',
    ...commands.map(flagCase),
    ...commands
      .filter(({words}) => words.length > 0)
      .map(({name, words}) => `    ${quoted(`${name} `)}*) words=${list(words)} ;;`),
    ...commands.filter(({takesFile}) => takesFile).map(({name}) => `    ${quoted(`${name} `)}*) files=yes ;;`),
    '    esac',
    `    if [ "$COMP_CWORD" -eq 1 ]; then case "$cur" in -*) ;; *) words=${list(commands.map(({name}) => name))} ;; esac; fi`,
    '  ;;',
    '  esac',
    '  if [ -n "$files" ]; then',
    '    compopt -o filenames 2>/dev/null',
    '    COMPREPLY=($(compgen -f -- "$cur"))',
    '  else',
    '    COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '  fi',
    '}',
    'complete -F _ssm_doctor ssm-doctor',
  ].join('\n')

const list = (words: readonly string[]): string => quoted(words.join('\n'))

const valueCase = (pattern: string, value: Value): string =>
  `  ${pattern}) ${value === 'file' ? 'files=yes' : `words=${value === 'text' ? "''" : list(value)}`} ;;`

const flagCase = ({name, flags}: CommandWords): string =>
  `    ${quoted(`${name} -`)}*) words=${list([...flags.map((flag) => `--${flag.name}`), '--help'])} ;;`
