import {run} from '@oclif/core/run'
import {endingOf, endingOfOutput} from './cli/output/errors.ts'
import {EXIT} from './cli/output/exit-code.ts'
import {routeArgv} from './cli/route.ts'
import Audit from './commands/audit.ts'
import Completion from './commands/completion.ts'
import Config from './commands/config.ts'
import Demo from './commands/demo.ts'
import Diagnose from './commands/diagnose.ts'
import Explain from './commands/explain.ts'
import Inspector from './commands/inspector.ts'
import Mcp from './commands/mcp.ts'
import Permissions from './commands/permissions.ts'
import Plan from './commands/plan.ts'
import Preflight from './commands/preflight.ts'
import Reach from './commands/reach.ts'
import Render from './commands/render.ts'
import Snapshot from './commands/snapshot.ts'

/** The commands by name, for oclif's strategy `explicit`. */
export const COMMANDS = {
  diagnose: Diagnose,
  audit: Audit,
  config: Config,
  completion: Completion,
  demo: Demo,
  explain: Explain,
  inspector: Inspector,
  mcp: Mcp,
  permissions: Permissions,
  plan: Plan,
  preflight: Preflight,
  reach: Reach,
  render: Render,
  snapshot: Snapshot,
}

export async function main(from: string): Promise<void> {
  // Otherwise the SDK warns on stderr that its releases of 2027 need a newer Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  process.on('SIGINT', interrupt)
  // oclif throws what is not EPIPE.
  process.stdout.removeAllListeners('error').on('error', failedOutput)
  // oclif reads process.argv itself when it prints usage.
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...routeArgv(process.argv.slice(2), Object.keys(COMMANDS)))
  await run(process.argv.slice(2), from).catch(end)
}

/** The progress line is erased, so that the prompt starts on a clean line. */
function interrupt(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  process.exit(EXIT.interrupted)
}

/** As in `ssm-doctor … | head -1`, or `ssm-doctor … > /dev/full`. */
function failedOutput(error: NodeJS.ErrnoException): void {
  const {says, code} = endingOfOutput(error)
  if (says !== undefined) process.stderr.write(`${says}\n`)
  process.exit(code === 0 ? process.exitCode : code)
}

function end(error: unknown): void {
  const {says, code} = endingOf(error, process.env.SSM_DOCTOR_DEBUG === '1')
  if (says !== undefined) process.stderr.write(`${says}\n`)
  process.exitCode = code
}
