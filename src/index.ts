import {fileURLToPath} from 'node:url'
import type {Options} from '@oclif/core/interfaces'
import {run} from '@oclif/core/run'
import {endWith, prepareProcess} from './cli/output/process.ts'
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

/** `from` is where the package is, or the package itself. Without the options oclif would run code of the user's folders. */
export async function main(from: Options = {root: fileURLToPath(import.meta.url)}): Promise<void> {
  // Otherwise the SDK warns on stderr that its releases of 2027 need a newer Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  prepareProcess()
  // oclif reads process.argv itself when it prints usage.
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...routeArgv(process.argv.slice(2), Object.keys(COMMANDS)))
  const options = {...from, userPlugins: false, devPlugins: false, jitPlugins: false}
  await run(process.argv.slice(2), options).catch((error: unknown) => endWith(error))
}
