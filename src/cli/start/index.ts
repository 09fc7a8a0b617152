import {existsSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {MAGIC, noSuchFile} from '../../account-file/no-such-file.ts'
import {isAccountId} from '../../model/ids.ts'
import {type DescribedCheck, explain} from '../../render/text/explain.ts'
import {codeOf} from '../../util/error-code.ts'
import {type Target, targetOf} from '../input/target.ts'
import {endingOfUnknownFlags} from '../output/errors.ts'
import {notice} from '../output/notice.ts'
import {end, endWith, prepareProcess} from '../output/process.ts'
import {terminalOf} from '../output/terminal.ts'
import {cacheFolderIn, loadWithCache} from './code-cache.ts'
import {type KnownFlags, type PlainAuditFlags, type PlainFlags, type PlainRun, plainRunOf} from './plain-run.ts'

export {keepModules} from './code-cache.ts'

/** What the build stores about the commands, in addition to the texts of their help. */
interface Commands {
  /** The name and version of the program. */
  readonly program: string
  readonly flags: KnownFlags
}

/** The built program: the texts that the build wrote, and the function that loads the examination. */
interface Built {
  readonly text: (file: string) => string
  readonly load: (kind: 'audit' | 'examine') => Loaded | Promise<Loaded>
}

interface Loaded extends Readonly<typeof import('./files.ts')> {
  readonly keep?: () => void
}

/** In a folder, what examines files is a separate bundle; the compiled code of each kind of run is stored. */
export const builtIn = (folder: string, require: NodeJS.Require): Built => ({
  text: (file) => readFileSync(join(folder, file), 'utf8'),
  load: (kind) => {
    const {exports, keep} = loadWithCache(join(folder, 'files.cjs'), cacheFolderIn(process.env), require, kind)
    return {...(exports as typeof import('./files.ts')), keep}
  },
})

/** Handles a run in one of the common plain forms; false for any other, which oclif handles. */
export async function answerPlainly(built: Built): Promise<boolean> {
  if (Object.keys(process.env).some(changesForms)) return false
  const commands = jsonIn<Commands>(built, 'commands.json')
  const run = plainRunOf(process.argv.slice(2), commands.flags)
  if (run === undefined || !isAnsweredHere(run)) return false
  prepareProcess()
  try {
    return await answer(run, built, commands)
  } catch (error) {
    endWith(error)
    return true
  }
}

/** Settings that replace flags, and those of oclif. */
const changesForms = (name: string): boolean =>
  name.startsWith('SSM_DOCTOR_') || name.startsWith('OCLIF_') || name === 'CLI_FLAGS_DEBUG'

/** On a terminal, help follows its width and colors; defaults in a file apply to all but help. */
const isAnsweredHere = ({kind}: PlainRun): boolean =>
  kind === 'version' ||
  (kind === 'help' ? !process.stdout.isTTY && !('FORCE_COLOR' in process.env) : !existsSync('.ssm-doctor.json'))

async function answer(run: PlainRun, built: Built, commands: Commands): Promise<boolean> {
  switch (run.kind) {
    case 'version':
      return print(userAgent(commands))
    case 'help':
      return print(built.text(`help/${run.command || 'ssm-doctor'}.txt`).replace(USER_AGENT, userAgent(commands)))
    case 'unknown-flags':
      end(endingOfUnknownFlags(run.flags, commands.flags[run.command] ?? [], run.command))
      return true
    case 'explain': {
      if (run.id === undefined && !process.stdout.isTTY) return print(built.text('explain.txt'))
      const checks = jsonIn<readonly DescribedCheck[]>(built, 'checks.json')
      return print(explain(run.id, checks, terminalOf(process.stdout, !run['no-color'])))
    }
    case 'examine': {
      const targets = run.words.map((word) => targetOf(word, Object.keys(commands.flags)))
      if (run.flags.account.length === 0) return false
      assertThere(run.flags.account)
      await examine(targets, run.flags, built)
      return true
    }
    case 'audit':
      assertThere(run.flags.account)
      await audit(run.flags, built)
      return true
  }
}

async function examine(targets: readonly Target[], flags: PlainFlags, {load}: Built): Promise<void> {
  const {examinePlainly, keep} = await load('examine')
  const {text, code} = await examinePlainly(targets, flags, process.stdout)
  process.exitCode = code
  print(text)
  keep?.()
}

async function audit(flags: PlainAuditFlags, {load}: Built): Promise<void> {
  const {auditPlainly, keep} = await load('audit')
  const {text, summary, code} = await auditPlainly(flags, process.stdout)
  print(text)
  notice(summary)
  process.exitCode = code
  keep?.()
}

/** A mistyped name is detected before the examination is loaded, which reports any other problem with a file. */
function assertThere([source = '', ...others]: readonly string[]): void {
  if (others.length > 0 || MAGIC.test(source) || isAccountId(source)) return
  try {
    statSync(source)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw noSuchFile(source)
  }
}

/** A placeholder for the line on program, machine and Node.js in help that was generated at build time. */
const USER_AGENT = '%userAgent%'

const userAgent = ({program}: Commands): string =>
  `${program} ${process.platform}-${process.arch === 'ia32' ? 'x86' : process.arch} node-${process.version}`

const jsonIn = <T>({text}: Built, file: string): T => JSON.parse(text(file))

function print(text: string): true {
  process.stdout.write(`${text}\n`)
  return true
}
