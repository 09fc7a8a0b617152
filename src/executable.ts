import {dirname} from 'node:path'
import {Plugin} from '@oclif/core/config'
import pjson from '../package.json' with {type: 'json'}
import {COMMANDS, main} from './index.ts'

/** The single executable: package.json and the commands, which oclif looks for in a folder, are part of it. */
async function start(): Promise<void> {
  const root = dirname(process.execPath)
  const plugin = new Plugin({isRoot: true, pjson: pjson as never, root, ignoreManifest: true})
  Reflect.set(plugin, 'commandCache', COMMANDS)
  await plugin.load()
  await main({root, plugins: new Map([[plugin.name, plugin]])})
}

void start()
