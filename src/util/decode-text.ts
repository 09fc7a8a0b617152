/**
 * Windows PowerShell writes UTF-16 when output is redirected, with or without a byte order mark.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
 */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : 'utf-8'
}

/**
 * The text of a file, whatever it is encoded in, without its byte order mark. `toString` stores a long text outside of
 * V8's heap, whose garbage collection then starts while the text is parsed.
 */
export const textOf = (bytes: Buffer): string => new TextDecoder(encodingOf(bytes)).decode(bytes)

/** The lines of a text from any system: Windows ends them with CR LF, and serial consoles also with CR alone. */
export const linesIn = (text: string): string[] => text.split(/\r\n|\r|\n/)

/** A line, and where in the text it begins. */
export interface PlacedLine {
  readonly line: string
  readonly place: number
}

/** Lines of a text whose line ends are LF, shortened to so many characters. */
export function placedLines(text: string, longest: number): readonly PlacedLine[] {
  let place = 0
  return text.split('\n').map((whole) => {
    const placed = {line: whole.slice(0, longest), place}
    place += whole.length + 1
    return placed
  })
}
