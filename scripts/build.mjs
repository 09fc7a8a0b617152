import {build} from 'rolldown'
import config from '../rolldown.config.mjs'
import {writeStartFiles} from './start-files.mjs'
import {writeTypes} from './types.mjs'

/** Without the table of files that rolldown's own command prints before the report of `npm start`. */
await build({...config, logLevel: 'warn'})
writeTypes()
await writeStartFiles()
