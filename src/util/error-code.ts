/** The code of an error of Node.js or the operating system, such as ENOENT; empty if it has none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** The message of whatever was thrown. */
export const thrownMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))
