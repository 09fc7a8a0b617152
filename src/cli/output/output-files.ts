import {join, resolve} from 'node:path'
import type {ReportFile} from '../../render/formats/report-file.ts'
import {PIPE, type Terminal} from '../../render/text/terminal.ts'
import {usageError} from '../../util/usage-error.ts'
import {terminalOf} from './terminal.ts'
import {isFolder, mustBeFolder, mustBeWritable, writeAtomically} from './write-file.ts'

/** The destination of one format of a report: a file, `-` for standard output, or a folder if the report is split. */
export interface Output<Format extends string> {
  readonly format: Format
  readonly file: string
}

/** How much of a report its text has. */
export interface TextFlags {
  readonly verbose?: boolean | undefined
  readonly brief?: boolean | undefined
  readonly quiet?: boolean | undefined
}

interface Printing extends TextFlags {
  readonly terminal: Terminal
  readonly version: string
}

export interface OutputFlags<Name extends string> extends TextFlags {
  readonly format: Name
  readonly json?: boolean | undefined
  readonly output?: readonly string[] | undefined
  readonly 'no-color'?: boolean | undefined
  /** What is read, and would be lost if a report replaced it. */
  readonly account?: readonly string[] | undefined
}

/** One format of a report; the code that writes it is loaded on demand. */
interface Format<Report> {
  /** The file extensions that stand for it. */
  readonly extensions: readonly string[]
  readonly text: (report: Report, printing: Printing) => string | Promise<string>
  /** The files of a folder, and what the report is split by for them. */
  readonly split?: {readonly by: string; readonly files: (report: Report) => Promise<readonly ReportFile[]>}
  /** The mode of its file, if others than the owner read it. */
  readonly mode?: number
}

/** Every report has its JSON. */
export type Formats<Name extends string, Report> = Readonly<Record<Name, Format<Report>>> & {
  readonly json: Format<Report>
}

export function formatsFor<Report>() {
  return <Name extends string>(formats: Formats<Name, Report>): Formats<Name, Report> => formats
}

export function namesOf<Name extends string>(formats: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(formats) as Name[]
}

const STDOUT = '-'

/** `report.csv`, or `asff=findings.json` where the extension does not determine the format. */
export function outputOf<Name extends string>(text: string, formats: Formats<Name, never>): Output<Name> {
  const at = text.indexOf('=')
  const names = namesOf<Name>(formats)
  const named = names.find((name) => name === text.slice(0, at))
  if (text === '' || (named && text.length === at + 1)) throw usageError(`--output "${text}" has no file name.`)
  if (named) return {format: named, file: text.slice(at + 1)}
  const extensions = names.flatMap((name) => formats[name].extensions.map((extension) => [extension, name] as const))
  const [, format] =
    extensions
      .toSorted(([one], [other]) => other.length - one.length)
      .find(([extension]) => text.endsWith(extension)) ?? []
  if (format) return {format, file: text}
  throw usageError(`Cannot infer the format of ${text}; use FORMAT=${text}, with FORMAT one of: ${names.join(', ')}.`)
}

/**
 * The function that writes a report to files, and prints it, or what is requested instead, unless one of them is standard
 * output. That a file cannot be written is reported before AWS is queried; if it fails only afterwards, the other files
 * and standard output still have the report.
 */
export async function outputFor<Name extends string, Report>(
  formats: Formats<Name, Report>,
  flags: OutputFlags<Name>,
  version: string,
): Promise<(report: Report, instead?: string) => Promise<void>> {
  const outputs = await outputsOf(flags.output ?? [], formats)
  await mustNotReplace(flags.account ?? [], outputs)
  return async (report, instead) => {
    const failures: unknown[] = []
    for (const output of outputs)
      await writeOutput(report, output, formats, version).catch((error: unknown) => failures.push(error))
    if (instead !== undefined || !outputs.some(({file}) => file === STDOUT)) {
      const terminal = terminalOf(process.stdout, !flags['no-color'])
      const {text} = flags.json ? formats.json : formats[flags.format]
      process.stdout.write(lineOf(instead ?? (await text(report, {...flags, terminal, version}))))
    }
    if (failures.length > 0) throw failures[0]
  }
}

async function outputsOf<Name extends string>(
  texts: readonly string[],
  formats: Formats<Name, never>,
): Promise<readonly Output<Name>[]> {
  const outputs = texts.map((text) => outputOf(text, formats))
  const files = new Set<string>()
  for (const {format, file} of outputs) {
    if (formats[format].split && isFolder(file)) await mustBeFolder(file)
    else if (file !== STDOUT) await mustBeWritable(file)
    const target = file === STDOUT ? file : resolve(file)
    if (files.has(target))
      throw usageError(`${file === STDOUT ? 'Standard output' : file} cannot take two reports; use another file.`)
    files.add(target)
  }
  return outputs
}

/** An earlier report in a folder of account files may be replaced. */
async function mustNotReplace(accountFiles: readonly string[], outputs: readonly Output<string>[]): Promise<void> {
  const named = accountFiles.filter((file) => file !== STDOUT)
  const files = outputs.map(({file}) => file).filter((file) => file !== STDOUT)
  const rejection = (file: string) =>
    usageError(`The report would replace account file ${file}; write it to another file.`)
  const given = files.find((file) => named.some((one) => resolve(one) === resolve(file)))
  if (given !== undefined) throw rejection(given)
  if (named.length === 0 || files.length === 0) return
  const {filesOf, holdsAccount} = await import('../../account-file/account-file.ts')
  for (const source of await filesOf(named)) {
    const file = files.find((one) => resolve(one) === resolve(source.name))
    if (file !== undefined && (await holdsAccount(source))) throw rejection(file)
  }
}

async function writeOutput<Name extends string, Report>(
  report: Report,
  output: Output<Name>,
  formats: Formats<Name, Report>,
  version: string,
): Promise<void> {
  const {file} = output
  const {text, split, mode} = formats[output.format]
  if (split && isFolder(file)) {
    for (const part of await split.files(report)) await writeAtomically(join(file, part.name), [part.text])
    return
  }
  const written = await text(report, {terminal: PIPE, version})
  if (file === STDOUT) process.stdout.write(lineOf(written))
  else await writeAtomically(file, written === '' ? [] : [written], mode)
}

/** A report of lines may have none; an empty line is no JSON. */
const lineOf = (text: string): string => (text === '' ? '' : `${text}\n`)
