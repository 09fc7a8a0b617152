import {dirname} from 'node:path'
import {getAsset} from 'node:sea'
import {answerPlainly} from './cli/start/index.ts'

const text = (file: string): string => getAsset(file, 'utf8')

/** The single executable: package.json and the commands, which oclif looks for in a folder, are part of it. */
async function start(): Promise<void> {
  if (await answerPlainly({text, load: () => import('./cli/start/files.ts')})) return
  const [{Plugin}, {COMMANDS, main}] = await Promise.all([import('@oclif/core/config'), import('./index.ts')])
  const root = dirname(process.execPath)
  const pjson = JSON.parse(text('package.json'))
  const plugin = new Plugin({isRoot: true, pjson, root, ignoreManifest: true})
  Reflect.set(plugin, 'commandCache', COMMANDS)
  await plugin.load()
  await main({root, plugins: new Map([[plugin.name, plugin]])})
}

void start()
