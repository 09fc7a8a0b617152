const OURS: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-v'])

/**
 * `ssm-doctor i-0abc` means `ssm-doctor diagnose i-0abc`, wherever its flags stand. Whatever is neither a command nor
 * a question about the tool is taken for an instance; `diagnose` says what to type when it is none.
 */
export function routeArgv(argv: readonly string[], commands: readonly string[]): readonly string[] {
  const [first, ...rest] = argv
  if (first === undefined) return ['--help']
  if (first === 'help') return rest.length === 0 ? ['--help'] : [...routeArgv(rest, commands), '--help']
  return OURS.has(first) || commands.includes(first) ? argv : ['diagnose', ...argv]
}
