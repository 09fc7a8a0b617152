import {type CommandWords, DEFAULT_COMMAND, spellingsOf} from './words.ts'

/** Files are completed by PowerShell itself where nothing is offered. */
export const powershell = (commands: readonly CommandWords[]): string =>
  [
    'Register-ArgumentCompleter -Native -CommandName ssm-doctor -ScriptBlock {',
    '  param($word, $ast, $position)',
    '  $flags = @{',
    ...commands.map(
      ({name, flags}) => `    ${quoted(name)} = ${list([...flags.map((flag) => `--${flag.name}`), '--help'])}`,
    ),
    '  }',
    '  $words = @{',
    ...commands.filter(({words}) => words.length > 0).map(({name, words}) => `    ${quoted(name)} = ${list(words)}`),
    '  }',
    '  $values = @{',
    ...commands.flatMap(valuesOf),
    '  }',
    '  $typed = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.ToString() })',
    `  $command = if ($typed.Count -gt 1 -and $flags.ContainsKey($typed[1])) { $typed[1] } else { ${quoted(DEFAULT_COMMAND)} }`,
    '  $key = "$command $($typed[-1])"',
    '  $found = if ($values.ContainsKey($key)) { $values[$key] }',
    "    elseif ($word.StartsWith('-')) { $flags[$command] }",
    '    elseif ($typed.Count -le 1) { $flags.Keys | Sort-Object }',
    '    else { $words[$command] }',
    '  $found | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }',
    '}',
  ].join('\n')

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const list = (words: readonly string[]): string => `@(${words.map(quoted).join(', ')})`

const valuesOf = ({name, flags}: CommandWords): readonly string[] =>
  flags.flatMap((flag) => {
    const {value} = flag
    if (typeof value === 'string') return []
    return spellingsOf(flag).map((spelling) => `    ${quoted(`${name} ${spelling}`)} = ${list(value)}`)
  })
