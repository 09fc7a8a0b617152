import type {Command} from '@oclif/core/command'
import {compare} from '../../util/compare.ts'

/** What the value of a flag may be: a file, anything, or one of some words. */
export type Value = 'file' | 'text' | readonly string[]

/** A flag, as a shell completes it. */
export interface FlagWords {
  readonly name: string
  readonly char?: string | undefined
  readonly summary: string
  /** Its possible values: none, words, a file, or anything. */
  readonly value: 'none' | Value
}

/** A command: its flags, and the words that may follow it. */
export interface CommandWords {
  readonly name: string
  readonly summary: string
  readonly flags: readonly FlagWords[]
  readonly words: readonly string[]
  /** A file may follow it. */
  readonly takesFile: boolean
}

/** The command that runs if none is named. */
export const DEFAULT_COMMAND = 'diagnose'

/** Everything that can be completed, from the commands themselves; `more` are words that only the program has. */
export const wordsOf = (
  commands: readonly Command.Loadable[],
  more: Readonly<Record<string, readonly string[]>>,
): readonly CommandWords[] =>
  commands
    .map(
      ({id, summary = '', flags, args}): CommandWords => ({
        name: id,
        summary: firstSentence(summary),
        flags: Object.values(flags).flatMap(flagWords),
        words: more[id] ?? Object.values(args).flatMap(({options}) => options ?? []),
        takesFile: 'file' in args,
      }),
    )
    .toSorted((a, b) => compare(a.name, b.name))

function flagWords(flag: Command.Flag.Cached): readonly FlagWords[] {
  const {name, char, summary = '', hidden} = flag
  if (hidden) return []
  const words = {name, char, summary: firstSentence(summary)}
  if (flag.type !== 'boolean') return [{...words, value: flag.options ?? (isFile(flag.helpValue) ? 'file' : 'text')}]
  const {allowNo} = flag
  return [
    {...words, value: 'none'},
    ...(allowNo ? [{name: `no-${name}`, summary: words.summary, value: 'none'} as const] : []),
  ]
}

const isFile = (helpValue: unknown): boolean => /FILE|DIR/.test(String(helpValue ?? ''))

/** The part before the details, on one line. */
const firstSentence = (text: string): string => text.split(/[.:;](?:\s|$)/, 1)[0]?.replaceAll(/\s+/g, ' ') ?? ''

/** `--format` and `-f`, as they are typed. */
export const spellingsOf = ({name, char}: FlagWords): readonly string[] => [`--${name}`, ...(char ? [`-${char}`] : [])]

/** Text for single quotes of a POSIX shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Every flag with a value, as a pattern of `case` for the command and the flag in front of the cursor. */
export const valuePatterns = (commands: readonly CommandWords[]): readonly (readonly [pattern: string, Value])[] =>
  commands.flatMap(({name, flags}) =>
    flags.flatMap((flag) => {
      if (flag.value === 'none') return []
      const pattern = spellingsOf(flag).map((spelling) => quoted(`${name} ${spelling}`))
      return [[pattern.join('|'), flag.value] as const]
    }),
  )
