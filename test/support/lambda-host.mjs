// What AWS Lambda does with a zip, for tests: node lambda-host.mjs FOLDER FILE.HANDLER SECONDS. It prints its port and
// answers invocations one by one as they come, each with a Context.
import {createServer} from 'node:http'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {pathToFileURL} from 'node:url'

const [, , folder, name, seconds] = process.argv
const [file, handler] = name.split('.')
const {[handler]: run} = await import(pathToFileURL(join(folder, `${file}.mjs`)).href)

const server = createServer(async (incoming, outgoing) => {
  const until = Date.now() + Number(seconds) * 1000
  try {
    const result = await run(JSON.parse(await text(incoming)), {getRemainingTimeInMillis: () => until - Date.now()})
    outgoing.end(JSON.stringify(result))
  } catch (error) {
    outgoing.writeHead(200, {'x-amz-function-error': 'Unhandled'})
    outgoing.end(JSON.stringify({errorType: error.name, errorMessage: error.message, trace: error.stack.split('\n')}))
  }
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.on('disconnect', () => process.exit())
