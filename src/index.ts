import {run} from '@oclif/core/run'
import {endingOf} from './cli/output/errors.ts'
import {EXIT} from './cli/output/exit-code.ts'
import {routeArgv} from './cli/route.ts'
import Audit from './commands/audit.ts'
import Demo from './commands/demo.ts'
import Diagnose from './commands/diagnose.ts'
import Explain from './commands/explain.ts'
import Inspector from './commands/inspector.ts'
import Permissions from './commands/permissions.ts'
import Preflight from './commands/preflight.ts'
import Reach from './commands/reach.ts'
import Render from './commands/render.ts'
import Snapshot from './commands/snapshot.ts'

/** What oclif finds by the strategy `explicit`; the names are what a person types. */
export const COMMANDS = {
  diagnose: Diagnose,
  audit: Audit,
  demo: Demo,
  explain: Explain,
  inspector: Inspector,
  permissions: Permissions,
  preflight: Preflight,
  reach: Reach,
  render: Render,
  snapshot: Snapshot,
}

export async function main(from: string): Promise<void> {
  // The SDK would tell on stderr that its releases of 2027 need a newer Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  process.on('SIGINT', () => process.exit(EXIT.interrupted))
  process.stdout.on('error', hangUp)
  // oclif reads process.argv itself when it prints usage.
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...routeArgv(process.argv.slice(2), Object.keys(COMMANDS)))
  await run(process.argv.slice(2), from).catch(end)
}

/** Nobody reads on, as in `ssm-doctor … | head -1`. */
function hangUp(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(process.exitCode)
}

function end(error: unknown): void {
  const {says, code} = endingOf(error, process.env.SSM_DOCTOR_DEBUG === '1')
  if (says !== undefined) process.stderr.write(`${says}\n`)
  process.exitCode = code
}
