import {extname, join, resolve} from 'node:path'
import {usageError} from '../../util/usage-error.ts'
import {mustBeFolder, mustBeWritable, writeAtomically} from './write-file.ts'

/** The destination of one format of a report: a file, `-` for standard output, or a folder if the report is split. */
export interface Output<Format extends string> {
  readonly format: Format
  readonly file: string
}

export const isFolder = ({file}: Output<string>): boolean => /[/\\]$/.test(file)

/** The formats of a command, and the file extensions that stand for them. */
export interface OutputFormats<Format extends string> {
  readonly formats: readonly Format[]
  readonly extensions: Readonly<Record<string, Format>>
}

const STDOUT = '-'

export const writesToStdout = (outputs: readonly Output<string>[]): boolean => outputs.some(({file}) => file === STDOUT)

/** `report.csv`, or `asff=findings.json` where the extension does not determine the format. */
export function outputOf<Format extends string>(
  text: string,
  {formats, extensions}: OutputFormats<Format>,
): Output<Format> {
  const at = text.indexOf('=')
  const named = formats.find((format) => format === text.slice(0, at))
  if (named) return {format: named, file: text.slice(at + 1)}
  const longest = Object.keys(extensions).find((extension) => extension.includes('.', 1) && text.endsWith(extension))
  const format = extensions[longest ?? extname(text)]
  if (format) return {format, file: text}
  throw usageError(`Cannot infer the format of ${text}; use FORMAT=${text}, with FORMAT one of: ${formats.join(', ')}.`)
}

/** Checked before AWS is queried: that a report cannot be written is reported in seconds, not after the examination. */
export async function outputsOf<Format extends string>(
  texts: readonly string[],
  formats: OutputFormats<Format>,
): Promise<readonly Output<Format>[]> {
  const outputs = texts.map((text) => outputOf(text, formats))
  const files = new Set<string>()
  for (const {format, file} of outputs) {
    if (isFolder({format, file})) await mustBeFolder(file)
    else if (file !== STDOUT) await mustBeWritable(file)
    const target = file === STDOUT ? file : resolve(file)
    if (files.has(target))
      throw usageError(`${file === STDOUT ? 'Standard output' : file} cannot take two reports; use another file.`)
    files.add(target)
  }
  return outputs
}

interface Writing<Format extends string> {
  readonly modes?: Readonly<Partial<Record<string, number>>>
  /** The files that a format is split into. */
  readonly split?: (format: Format) => Promise<readonly {readonly name: string; readonly text: string}[]>
}

export async function writeOutputs<Format extends string>(
  outputs: readonly Output<Format>[],
  render: (format: Format) => Promise<string>,
  {modes = {}, split}: Writing<Format> = {},
): Promise<void> {
  for (const output of outputs) {
    const {format, file} = output
    if (split && isFolder(output)) {
      for (const {name, text} of await split(format)) await writeAtomically(join(file, name), [text])
      continue
    }
    const text = await render(format)
    if (file === STDOUT) process.stdout.write(`${text}\n`)
    else await writeAtomically(file, [text], modes[format])
  }
}
