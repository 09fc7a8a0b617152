const OURS: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-v'])

/**
 * `ssm-doctor i-0abc` means `ssm-doctor diagnose i-0abc`, with flags in any position. Whatever is neither a command nor
 * a flag such as --help is treated as an instance; `diagnose` shows what to type if it is not one.
 */
export function routeArgv(argv: readonly string[], commands: readonly string[]): readonly string[] {
  const [first, ...rest] = argv
  if (first === undefined) return ['--help']
  if (first === 'help') return helpFor(rest, commands)
  return OURS.has(first) || commands.includes(first) ? argv : ['diagnose', ...argv]
}

/** `help` of a word that is no command is an error, as the word alone is. */
function helpFor(argv: readonly string[], commands: readonly string[]): readonly string[] {
  const [first] = argv
  if (first === undefined) return ['--help']
  const isKnown = commands.includes(first) || /^(?:-|m?i-|arn:)/.test(first)
  return isKnown ? [...routeArgv(argv, commands), '--help'] : ['diagnose', first]
}
