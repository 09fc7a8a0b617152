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
}

interface Flag {
  readonly name: string
  readonly char?: string | undefined
  readonly summary?: string | undefined
  readonly type: string
  readonly options?: readonly string[] | undefined
  readonly helpValue?: string | readonly string[] | undefined
  readonly hidden?: boolean | undefined
  readonly allowNo?: boolean | undefined
}

/** A command as oclif loads it. */
interface Loaded {
  readonly id: string
  readonly summary?: string | undefined
  readonly flags: Readonly<Record<string, unknown>>
  readonly args: Readonly<Record<string, {readonly options?: readonly string[] | undefined}>>
}

/** The command that runs if none is named. */
export const DEFAULT_COMMAND = 'diagnose'

/** Everything that can be completed, from the commands themselves; `more` are words that only the program has. */
export const wordsOf = (
  commands: readonly Loaded[],
  more: Readonly<Record<string, readonly string[]>>,
): readonly CommandWords[] =>
  commands
    .map(
      ({id, summary = '', flags, args}): CommandWords => ({
        name: id,
        summary: firstSentence(summary),
        flags: Object.values(flags as Readonly<Record<string, Flag>>).flatMap(flagWords),
        words: more[id] ?? Object.values(args).flatMap(({options}) => options ?? []),
      }),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

function flagWords({name, char, summary = '', type, options, helpValue, hidden, allowNo}: Flag): readonly FlagWords[] {
  if (hidden) return []
  const words = {name, char, summary: firstSentence(summary)}
  if (type !== 'boolean') return [{...words, value: options ?? (isFile(helpValue) ? 'file' : 'text')}]
  const flag: FlagWords = {...words, value: 'none'}
  return allowNo ? [flag, {name: `no-${name}`, summary: flag.summary, value: 'none'}] : [flag]
}

const isFile = (helpValue: Flag['helpValue']): boolean => /FILE|DIR/.test(String(helpValue ?? ''))

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
