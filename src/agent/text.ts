/**
 * The text of a file, whatever wrote it: PowerShell's `>` writes UTF-16 with a byte order mark, and logs may contain
 * bytes that are not UTF-8.
 */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}
