import {readText} from '../../account-file/account-file.ts'

/** The content of a file, or of standard input if it is `-`: Windows has no file of that name. */
export const textIn = (file: string): Promise<string> => readText(file === '-' ? {name: '-'} : {name: file, path: file})

/** The lines of a file with content: what follows a # is a comment. */
export async function linesIn(file: string): Promise<readonly string[]> {
  const lines = await textIn(file)
  return lines
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
}
