// A Region of 10,000 instances in an AWS that answers every call after 50 ms, against paging through its instances and
// nodes alone: node bench/fleet-live.mjs [instances] [runs]. Needs a build.
import {spawn} from 'node:child_process'
import {performance} from 'node:perf_hooks'
import {fileURLToPath} from 'node:url'
import {at, bundled} from './bundled.mjs'

const DELAY = 50
const BUDGET = 1.3
const REGION = 'eu-west-1'
const self = fileURLToPath(import.meta.url)
const [, , task = '', ...rest] = process.argv

/** Pages as long as the caller asks for, within what AWS gives. */
function pageOf(answer, {service, operation, input}) {
  const list = Object.entries(answer).find(([, value]) => Array.isArray(value))
  if (!list || operation.startsWith('Get') || 'ServiceDetails' in answer) return answer
  const size = Math.min(Number(input.MaxResults ?? 1000), service === 'ssm' ? 50 : 1000)
  const [key, items] = list
  const start = Number(input.NextToken ?? 0)
  const more = start + size < items.length
  return {...answer, [key]: items.slice(start, start + size), ...(more && {NextToken: String(start + size)})}
}

/** AWS in a separate process: writing responses must not take time of the reader. */
async function serve(instances) {
  const {fakeAws, answerTo, fleetAccount, parseAccounts} = await bundled({
    'test/support/fake-aws.ts': 'fakeAws',
    'test/support/serve.ts': 'answerTo',
    'bench/fleet-account.ts': 'fleetAccount',
    'src/account-file/parse-accounts.ts': 'parseAccounts',
  })
  const json = fleetAccount({instances: Number(instances), region: REGION})
  const [account] = parseAccounts([{name: 'fleet', json}]).accounts
  const answers = new Map()
  const fake = fakeAws((call) => {
    const key = JSON.stringify([call.operation, {...call.input, NextToken: undefined, MaxResults: undefined}])
    if (!answers.has(key)) answers.set(key, answerTo(account, call))
    return pageOf(answers.get(key), call)
  })
  const replies = new Map()
  const {reply} = fake
  fake.reply = async (request) => {
    const key = `${request.headers.authorization?.split('/')[3]} ${request.headers['x-amz-target']} ${request.path} ${request.body}`
    if (!replies.has(key)) replies.set(key, reply(request))
    const [answer] = await Promise.all([replies.get(key), new Promise((ready) => setTimeout(ready, DELAY))])
    return answer
  }
  process.send({endpoint: await fake.listen()})
}

/** The minimum: every page of the instances and of the nodes, in parallel. */
async function pages() {
  const [{EC2Client, paginateDescribeInstances}, {SSMClient, paginateDescribeInstanceInformation}] = await Promise.all([
    import('@aws-sdk/client-ec2'),
    import('@aws-sdk/client-ssm'),
  ])
  const config = {region: REGION}
  const read = async (paginator) => {
    let count = 0
    for await (const _ of paginator) count += 1
    return count
  }
  const counts = await Promise.all([
    read(paginateDescribeInstances({client: new EC2Client(config), pageSize: 1000}, {})),
    read(paginateDescribeInstanceInformation({client: new SSMClient(config), pageSize: 50}, {})),
  ])
  process.stdout.write(JSON.stringify({calls: counts[0] + counts[1]}))
}

const {NODE_EXTRA_CA_CERTS, AWS_PROFILE, ...environment} = process.env
function once(argv, endpoint) {
  const keys = {AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_ENDPOINT_URL: endpoint}
  const warnings = {AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true'}
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, argv, {env: {...environment, ...keys, ...warnings}})
    const said = {stdout: '', stderr: ''}
    for (const stream of ['stdout', 'stderr'])
      child[stream].on('data', (chunk) => {
        said[stream] += chunk
      })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 || code === 1 ? resolve({took: performance.now() - started, ...said}) : reject(new Error(said.stderr)),
    )
  })
}

async function main(instances = 10_000, runs = 3) {
  const server = spawn(process.execPath, ['--max-old-space-size=8000', self, 'serve', String(instances)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  try {
    const {endpoint} = await new Promise((ready, fail) => server.once('message', ready).once('exit', fail))
    const audit = [at('bin/run.js'), 'audit', '--region', REGION, '--format', 'csv']
    await once(audit, endpoint)
    const [alone, whole] = [[], []]
    for (let run = 0; run < runs; run++) {
      alone.push(await once([self, 'pages'], endpoint))
      whole.push(await once(audit, endpoint))
    }
    const least = (all) => Math.min(...all.map(({took}) => took))
    const ratio = least(whole) / least(alone)
    const [, counted, calls] = /(\d+) instances, (\d+) calls/.exec(whole[0].stderr) ?? []
    console.log(`Node ${process.version}, minima of ${runs} interleaved runs, ${DELAY} ms an answer\n`)
    console.log('| instances | pages alone: calls | ms | audit: calls | ms | ratio |')
    console.log('|---|---|---|---|---|---|')
    const row = [counted, JSON.parse(alone[0].stdout).calls, least(alone).toFixed(0), calls, least(whole).toFixed(0)]
    console.log(`| ${[...row, ratio.toFixed(2)].join(' | ')} |`)
    console.log(`\nBudget: ratio ${BUDGET}. ${ratio <= BUDGET ? 'Held.' : 'Not held.'}`)
    process.exitCode = ratio <= BUDGET ? 0 : 1
  } finally {
    server.kill()
  }
}

if (task === 'serve') await serve(...rest)
else if (task === 'pages') await pages()
else await main(...[task, ...rest].filter(Boolean).map(Number))
